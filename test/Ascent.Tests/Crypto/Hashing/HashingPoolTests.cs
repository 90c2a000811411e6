using System.Runtime.InteropServices;
using Ascent.Crypto.Hashing;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing;

public sealed partial class HashingPoolTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly ManualResetEventSlim release = new();
    private HasherOptions options = new() { MaxConcurrent = 1, MaxQueued = 2, MaxWait = TimeSpan.FromSeconds(5) };
    private readonly HashingPool pool;
    private int running, most;

    public HashingPoolTests() => pool = new HashingPool(() => options, time);

    public void Dispose()
    {
        release.Set();
        pool.Dispose();
        release.Dispose();
    }

    [Fact]
    public async Task No_more_run_at_a_time_than_configured()
    {
        options = options with { MaxConcurrent = 2, MaxQueued = 10 };
        var jobs = Enumerable.Range(0, 6).Select(_ => Block()).ToArray();
        Until(() => running == 2 && pool.Waiting == 4);
        release.Set();
        (await Task.WhenAll(jobs)).Length.ShouldBe(6);
        most.ShouldBe(2);
        pool.Threads.ShouldBe(2);
    }

    [Fact]
    public async Task Beyond_the_queue_the_caller_is_told_when_to_come_back()
    {
        var jobs = Enumerable.Range(0, 3).Select(_ => Block()).ToArray();
        Until(() => pool.Waiting == 2);
        (await Should.ThrowAsync<HashingOverloadedException>(() => Block())).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        release.Set();
        await Task.WhenAll(jobs);
        (await Block()).ShouldBe(1);
    }

    [Fact]
    public async Task Who_waited_too_long_is_let_go_and_who_runs_is_not()
    {
        var first = Block();
        Until(() => running == 1);
        var second = Block();
        time.Advance(TimeSpan.FromSeconds(4));
        second.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));
        await Should.ThrowAsync<HashingOverloadedException>(() => second);
        pool.Waiting.ShouldBe(0);
        release.Set();
        (await first).ShouldBe(1);
    }

    [Fact]
    public async Task Who_would_wait_too_long_is_refused_at_once()
    {
        await Run(() => time.Advance(TimeSpan.FromSeconds(4)));
        var first = Block();
        Until(() => running == 1);
        var second = Block();
        (await Should.ThrowAsync<HashingOverloadedException>(() => Block())).RetryAfter.ShouldBe(TimeSpan.FromSeconds(4));
        release.Set();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Who_is_cancelled_leaves_the_queue()
    {
        using var cancel = new CancellationTokenSource();
        var first = Block();
        Until(() => running == 1);
        var second = pool.RunAsync("test", _ => 2, cancel.Token);
        var third = pool.RunAsync("test", _ => 3, CancellationToken.None);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);
        pool.Waiting.ShouldBe(1);
        release.Set();
        (await first).ShouldBe(1);
        (await third).ShouldBe(3);
    }

    [Fact]
    public async Task A_failure_reaches_its_caller_and_no_other()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync<int>("test", _ => throw new InvalidOperationException("x"), CancellationToken.None));
        (await pool.RunAsync("test", _ => 1, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task The_work_is_done_on_threads_of_its_own_below_the_priority_of_the_others()
    {
        var thread = await pool.RunAsync("test", _ => Thread.CurrentThread, CancellationToken.None);
        thread.IsThreadPoolThread.ShouldBeFalse();
        thread.IsBackground.ShouldBeTrue();
        thread.Priority.ShouldBe(ThreadPriority.BelowNormal);
        if (OperatingSystem.IsLinux())
            (await pool.RunAsync("test", _ => GetPriority(0, 0), CancellationToken.None)).ShouldBeGreaterThan(GetPriority(0, 0));
    }

    [Fact]
    public async Task A_changed_number_of_threads_is_followed()
    {
        options = options with { MaxConcurrent = 3 };
        var jobs = Enumerable.Range(0, 3).Select(_ => Block()).ToArray();
        Until(() => running == 3);
        options = options with { MaxConcurrent = 1 };
        release.Set();
        await Task.WhenAll(jobs);
        Until(() => pool.Threads == 1);
        (await Block()).ShouldBe(1);
    }

    [Fact]
    public async Task Disposing_fails_those_that_wait()
    {
        var first = Block();
        Until(() => running == 1);
        var second = Block();
        pool.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(() => second);
        await Should.ThrowAsync<ObjectDisposedException>(() => Block());
        release.Set();
        (await first).ShouldBe(1);
    }

    [Fact]
    public async Task One_client_has_a_share_of_the_line_and_leaves_the_rest_to_others()
    {
        options = options with { MaxConcurrent = 1, MaxQueued = 8 };
        var (office, other) = (new HashingClient("office", 0.5), new HashingClient("other", 0.5));
        var jobs = new List<Task<int>> { Block(office) };
        Until(() => running == 1);
        for (var i = 0; i < 4; i++) jobs.Add(Block(office));
        await Should.ThrowAsync<HashingOverloadedException>(() => Block(office));
        for (var i = 0; i < 3; i++) jobs.Add(Block(other));
        jobs.Add(Block());
        // The line is full now, for everybody.
        await Should.ThrowAsync<HashingOverloadedException>(() => Block());
        release.Set();
        (await Task.WhenAll(jobs)).Length.ShouldBe(9);
        // What was done gave its place back.
        (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Block(office)))).Length.ShouldBe(4);
    }

    private async Task<int> Block(HashingClient? client = null) => await pool.RunAsync(
        "test",
        _ =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(now);
            release.Wait();
            Interlocked.Decrement(ref running);
            return 1;
        },
        CancellationToken.None, client);

    private Task<int> Run(Action work) => pool.RunAsync("test", _ => { work(); return 0; }, CancellationToken.None);

    private void InterlockedMax(int now)
    {
        for (var seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
    }

    private static void Until(Func<bool> condition) => SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20)).ShouldBeTrue();

    [LibraryImport("libc", EntryPoint = "getpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetPriority(int which, int who);
}
