using System.Diagnostics;
using System.Text;
using Ascent.Jsonnet;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Jsonnet;

public sealed class JsonnetPoolTests
{
    private const string Quick = "{ quick: true }";

    /// <summary>Nobody waits long and nothing is slow unless a test says so.</summary>
    private static readonly JsonnetLimits One = new()
    {
        Children = 1, MostSlow = 0, Patience = TimeSpan.FromHours(10), TurnPatience = TimeSpan.FromHours(10), StartPatience = TimeSpan.FromDays(10),
    };

    private readonly ManualTime time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_that_does_not_end_is_ended_and_another_run_of_it_is_not_hurt()
    {
        using var pool = Pool(One with { Children = 2, Patience = TimeSpan.FromSeconds(2) });
        var endless = pool.RunAsync(Request("true"), Ct);
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
        endless.IsCompleted.ShouldBeFalse();
        await AdvanceUntilAsync(endless);
        (await endless).ShouldBe(new JsonnetResult.Overdue("did not end within 2 seconds"));
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
    }

    [Fact]
    public async Task One_that_is_slow_makes_room()
    {
        using var pool = Pool(One with { MostSlow = 1, SlowAfter = TimeSpan.FromSeconds(1) });
        var endless = pool.RunAsync(Request("true"), Ct);
        var quick = pool.RunAsync(Request("false"), Ct);
        await AdvanceUntilAsync(quick);
        (await quick).ShouldBeOfType<JsonnetResult.Ok>();
        endless.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Where_no_room_is_left_callers_are_told_in_time()
    {
        using var pool = Pool(One with { TurnPatience = TimeSpan.FromSeconds(2) });
        var endless = pool.RunAsync(Request("true"), Ct);
        await UnderWayAsync(pool);
        var second = pool.RunAsync(Request("false"), Ct);
        await AdvanceUntilAsync(second);
        (await second).ShouldBe(new JsonnetResult.Overdue("no evaluator became free in time"));
        endless.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task The_queue_has_an_end()
    {
        using var pool = Pool(One with { MostWaiting = 1, Patience = TimeSpan.FromSeconds(2) });
        var first = pool.RunAsync(Request("true"), Ct);
        await UnderWayAsync(pool);
        var second = pool.RunAsync(Request("false"), Ct);
        (await pool.RunAsync(Request("false"), Ct)).ShouldBe(new JsonnetResult.Overdue("too many templates wait for their turn"));
        await AdvanceUntilAsync(first);
        (await second).ShouldBeOfType<JsonnetResult.Ok>();
    }

    [Fact]
    public async Task A_caller_that_leaves_is_not_waited_for()
    {
        using var pool = Pool(One with { Patience = TimeSpan.FromSeconds(2) });
        var first = pool.RunAsync(Request("true"), Ct);
        await UnderWayAsync(pool);
        using var leaving = new CancellationTokenSource();
        var second = pool.RunAsync(Request("true"), leaving.Token);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);
        await AdvanceUntilAsync(first);
        // Had the one that left been run, this would not come about without the clock.
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
    }

    [Fact]
    public async Task A_process_that_is_killed_is_told_to_its_caller_alone()
    {
        using var pool = Pool(One);
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
        var endless = pool.RunAsync(Request("true"), Ct);
        await Poll.UntilAsync("it is told", TimeSpan.FromSeconds(60), () =>
        {
            foreach (var process in pool.Processes) Kill(process);
            return Task.FromResult(endless.IsCompleted);
        });
        (await endless).ShouldBeOfType<JsonnetResult.Lost>().Message.ShouldEndWith("its process was ended from outside, or crashed");
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
    }

    [Fact]
    public async Task A_process_that_ended_while_nobody_used_it_is_replaced_without_a_word()
    {
        using var pool = Pool(One);
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
        var process = pool.Processes.ShouldHaveSingleItem();
        Kill(process);
        await Poll.UntilAsync("it is gone", TimeSpan.FromSeconds(30), () => Task.FromResult(!Directory.Exists($"/proc/{process}")));
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
        pool.Processes.ShouldHaveSingleItem().ShouldNotBe(process);
    }

    [Fact]
    public async Task One_that_has_grown_is_replaced()
    {
        using var pool = Pool(One);
        (await pool.RunAsync(Request("false"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
        var process = pool.Processes.ShouldHaveSingleItem();
        await Poll.UntilAsync("it is another", TimeSpan.FromMinutes(1), async () =>
        {
            (await pool.RunAsync(Snippet("std.map(function(i) { v: i, n: 'k' + i }, std.range(1, 60000))"), Ct)).ShouldBeOfType<JsonnetResult.Ok>();
            return !pool.Processes.Contains(process);
        });
    }

    [Fact]
    public async Task Disposed_it_has_no_processes_and_answers()
    {
        var pool = Pool(One);
        var endless = pool.RunAsync(Request("true"), Ct);
        await UnderWayAsync(pool);
        pool.Dispose();
        (await endless).ShouldBeOfType<JsonnetResult.Lost>();
        (await pool.RunAsync(Request("false"), Ct)).ShouldBe(new JsonnetResult.Lost("the server is being stopped"));
        await Poll.UntilAsync("no process is left", TimeSpan.FromSeconds(30), () => Task.FromResult(pool.Processes.Count == 0));
    }

    private JsonnetPool Pool(JsonnetLimits limits)
    {
        if (JsonnetLibrary.Installed is null) Assert.Skip("libjsonnet is not there: apt-get install libjsonnet0");
        return new JsonnetPool(time, limits);
    }

    /// <summary>One template, that ends or does not as it is told.</summary>
    private static JsonnetRequest Request(string endless) =>
        Snippet($"local f() = f() tailstrict; if std.extVar('endless') then f() else {Quick}") with { Variables = [("endless\0"u8.ToArray(), Encoding.UTF8.GetBytes(endless + "\0"))] };

    private static JsonnetRequest Snippet(string text) => new() { Snippet = Encoding.UTF8.GetBytes(text + "\0"), MaxStack = 500, MaxOutputBytes = 8 * 1024 * 1024 };

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static Task<TimeSpan> UnderWayAsync(JsonnetPool pool) =>
        Poll.UntilAsync("a run is under way", TimeSpan.FromSeconds(60), () => Task.FromResult(pool.Running > 0 && pool.Processes.Count > 0));

    /// <summary>Moves the clock until it has ended: when its time begins is known to the pool alone.</summary>
    private Task<TimeSpan> AdvanceUntilAsync(Task task) => Poll.UntilAsync("it has ended", TimeSpan.FromMinutes(2), () =>
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(task.IsCompleted);
    });
}
