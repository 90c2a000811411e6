using System.Diagnostics;
using Ascent.Courier;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>The worker as it runs: by the real clock, woken and stopped.</summary>
public sealed class WatchTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Queueing_wakes_it_at_once(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, Patient(server), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var watching = bench.Worker.WatchAsync(stop.Token);
        var clock = Stopwatch.StartNew();
        for (var i = 1; i <= 5; i++)
        {
            await bench.Db.WriteAsync((tx, ct) => bench.Queue.QueueAsync(tx, bench.Nid, CourierBench.LoginCode(), ct), CancellationToken.None);
            await UntilAsync(() => server.Mails.Count == i);
        }
        // It looks by itself every hour alone.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        await stop.CancelAsync();
        await watching.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Another_process_s_messages_are_found_by_looking(string engine)
    {
        await using var server = new TestMailServer();
        var settings = CourierBench.Settings(server, c => c with { Worker = new() { PullWait = TimeSpan.FromMilliseconds(50) } });
        await using var bench = await CourierBench.StartAsync(engine, settings, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var watching = bench.Worker.WatchAsync(stop.Token);
        var elsewhere = new CourierQueue(bench.Db, bench.Part, bench.Seal, new CourierSignal(TimeProvider.System), TimeProvider.System);
        await elsewhere.QueueAsync(bench.Nid, CourierBench.LoginCode(), CancellationToken.None);
        await UntilAsync(() => server.Mails.Count == 1);
        await stop.CancelAsync();
        await watching.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_mail_that_hangs_holds_up_no_other_and_goes_back_to_the_queue_when_the_worker_stops(string engine)
    {
        await using var server = new TestMailServer { Instead = line => line.Contains("<slow@", StringComparison.Ordinal) ? "silence" : null };
        await using var bench = await CourierBench.StartAsync(engine, Patient(server), TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var watching = bench.Worker.WatchAsync(stop.Token);
        var slow = await bench.QueueAsync(CourierBench.LoginCode("slow@example.org"));
        await UntilAsync(() => server.Commands.Any(c => c.Contains("<slow@", StringComparison.Ordinal)));
        for (var i = 0; i < 20; i++) await bench.QueueAsync(CourierBench.LoginCode($"quick{i}@example.org"));
        await UntilAsync(() => server.Mails.Count == 20);
        (await bench.FindAsync(slow)).Status.ShouldBe(MessageStatus.Processing);
        await stop.CancelAsync();
        await watching.WaitAsync(TimeSpan.FromSeconds(20));
        var after = await bench.FindAsync(slow);
        (after.Status, after.SendCount).ShouldBe((MessageStatus.Queued, 0));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_waits_goes_as_soon_as_the_configuration_has_a_better_server(string engine)
    {
        await using var bad = new TestMailServer { Instead = line => line.StartsWith("MAIL", StringComparison.Ordinal) ? "451 later" : null };
        await using var good = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(bad, c => c with { Worker = new() { PullWait = TimeSpan.FromMilliseconds(20) } }));
        // By a clock that stands, what failed once waits for ever.
        (await bench.TryAsync(CourierBench.LoginCode())).Message.Status.ShouldBe(MessageStatus.Queued);
        using var stop = new CancellationTokenSource();
        var watching = bench.Worker.WatchAsync(stop.Token);
        (await bench.Part.PrepareAsync(CourierBench.Settings(good), CancellationToken.None)).TakeIntoForce();
        bench.Signal.Raise();
        await UntilAsync(() => good.Mails.Count == 1);
        await stop.CancelAsync();
        await watching.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static Ascent.Config.AscentConfig Patient(TestMailServer server) =>
        CourierBench.Settings(server, c => c with { Worker = new() { PullWait = TimeSpan.FromHours(1), PullCount = 4 } });

    private static async Task UntilAsync(Func<bool> happened)
    {
        for (var clock = Stopwatch.StartNew(); !happened(); await Task.Yield()) clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
