using Ascent.Jsonnet;
using Shouldly;

namespace Ascent.Tests.Jsonnet;

public sealed class JsonnetWorkersTests
{
    private static readonly JsonnetLimits One = new() { Workers = 1, Patience = TimeSpan.FromSeconds(2) };
    private static readonly JsonnetResult Done = new JsonnetResult.Cancelled();

    private readonly ManualTime time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_template_that_does_not_end_keeps_nobody_else_waiting()
    {
        using var workers = new JsonnetWorkers(time, One);
        using var endless = new Endless();
        var first = workers.RunAsync("endless", endless.Run, Ct);
        endless.WaitUntilEntered();
        first.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(3));
        (await first).ShouldBeOfType<JsonnetResult.Overdue>().Message.ShouldContain("2 seconds");
        (await workers.RunAsync("other", () => Done, Ct)).ShouldBe(Done);
        (await workers.RunAsync("endless", () => Done, Ct)).ShouldBeOfType<JsonnetResult.Overdue>().Message.ShouldContain("not ended yet");
    }

    [Fact]
    public async Task Once_it_has_ended_it_may_run_again()
    {
        using var workers = new JsonnetWorkers(time, One);
        using var endless = new Endless();
        var first = workers.RunAsync("slow", endless.Run, Ct);
        endless.WaitUntilEntered();
        time.Advance(TimeSpan.FromSeconds(3));
        await first;
        endless.End();
        SpinWait.SpinUntil(() => workers.RunAsync("slow", () => Done, Ct).GetAwaiter().GetResult() == Done, TimeSpan.FromSeconds(20)).ShouldBeTrue();
    }

    [Fact]
    public async Task When_all_evaluators_are_lost_callers_are_told_in_time()
    {
        using var workers = new JsonnetWorkers(time, One with { MostReplaced = 0 });
        using var endless = new Endless();
        var first = workers.RunAsync("endless", endless.Run, Ct);
        endless.WaitUntilEntered();
        time.Advance(TimeSpan.FromSeconds(3));
        await first;
        var second = workers.RunAsync("other", () => Done, Ct);
        time.Advance(TimeSpan.FromSeconds(3));
        (await second).ShouldBe(new JsonnetResult.Overdue("no evaluator became free in time"));
    }

    [Fact]
    public async Task The_queue_has_an_end()
    {
        using var workers = new JsonnetWorkers(time, One with { MostWaiting = 1 });
        using var endless = new Endless();
        var first = workers.RunAsync("endless", endless.Run, Ct);
        endless.WaitUntilEntered();
        var second = workers.RunAsync("a", () => Done, Ct);
        (await workers.RunAsync("b", () => Done, Ct)).ShouldBeOfType<JsonnetResult.Overdue>().Message.ShouldContain("too many");
        endless.End();
        (await first).ShouldBe(Done);
        (await second).ShouldBe(Done);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_not_waited_for()
    {
        using var workers = new JsonnetWorkers(time, One);
        using var endless = new Endless();
        var first = workers.RunAsync("endless", endless.Run, Ct);
        endless.WaitUntilEntered();
        using var leaving = new CancellationTokenSource();
        var ran = false;
        var second = workers.RunAsync("second", () => { ran = true; return Done; }, leaving.Token);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);
        endless.End();
        (await first).ShouldBe(Done);
        (await workers.RunAsync("third", () => Done, Ct)).ShouldBe(Done);
        ran.ShouldBeFalse();
    }

    [Fact]
    public async Task A_fault_of_ours_reaches_the_caller_and_ends_no_thread()
    {
        using var workers = new JsonnetWorkers(time, One);
        await Should.ThrowAsync<InvalidTimeZoneException>(() => workers.RunAsync("bug", () => throw new InvalidTimeZoneException(), Ct));
        (await workers.RunAsync("after", () => Done, Ct)).ShouldBe(Done);
    }

    /// <summary>Stands in for native code that nobody can interrupt.</summary>
    private sealed class Endless : IDisposable
    {
        private readonly ManualResetEventSlim entered = new(), end = new();

        public JsonnetResult Run()
        {
            entered.Set();
            end.Wait(TimeSpan.FromSeconds(60));
            return Done;
        }

        public void WaitUntilEntered() => entered.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();

        public void End() => end.Set();

        public void Dispose() => end.Set();
    }
}
