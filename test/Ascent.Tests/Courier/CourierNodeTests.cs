using Ascent.Courier;
using Shouldly;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Courier;

/// <summary>Who lives keeps what it holds; what the dead hold is free.</summary>
public sealed class CourierNodeTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task What_a_node_holds_is_its_own_while_it_lives_and_another_s_soon_after(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        var (other, living) = bench.AnotherLiving();
        (await bench.Node.TickAsync(None)).ShouldBeTrue();
        (await living.TickAsync(None)).ShouldBeTrue();
        var id = await bench.QueueAsync(CourierBench.LoginCode());
        var held = (await ClaimAsync(bench, bench.Node)).ShouldHaveSingleItem();

        for (var n = 0; n < 60; n++) await BeatAsync(bench, bench.Node, living);
        (await other.SendDueAsync(10, None)).ShouldBe(0);

        for (var silent = TimeSpan.Zero; silent < CourierNode.Silence + CourierNode.Beat; silent += CourierNode.Beat) await BeatAsync(bench, living);
        (await other.SendDueAsync(10, None)).ShouldBe(1);
        (await bench.Store.FinishAsync(bench.Nid, held, new AttemptOutcome(MessageStatus.Abandoned, null, "late", false), bench.Time.GetUtcNow(), None)).ShouldBeFalse();
        await bench.Store.ReleaseAsync(bench.Nid, held, bench.Time.GetUtcNow(), None);
        (await bench.FindAsync(id)).Status.ShouldBe(MessageStatus.Sent);
        server.Mails.ShouldHaveSingleItem();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_node_that_was_believed_dead_ends_what_it_does_and_goes_on_under_another_name(string engine)
    {
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings((string?)null));
        var (_, living) = bench.AnotherLiving();
        await bench.Node.TickAsync(None);
        var (name, alive) = (bench.Node.Id, bench.Node.Alive);
        for (var n = 0; n < 10; n++) await BeatAsync(bench, living);
        alive.IsCancellationRequested.ShouldBeFalse("it does not know yet");
        await bench.Node.TickAsync(None);
        alive.IsCancellationRequested.ShouldBeTrue();
        bench.Node.Alive.IsCancellationRequested.ShouldBeFalse();
        bench.Node.Id.ShouldNotBe(name);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task While_nobody_could_look_nobody_is_believed_dead(string engine)
    {
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings((string?)null));
        var (_, living) = bench.AnotherLiving();
        await bench.Node.TickAsync(None);
        await living.TickAsync(None);
        await bench.QueueAsync(CourierBench.LoginCode());
        (await ClaimAsync(bench, bench.Node)).ShouldHaveSingleItem();
        bench.Advance(TimeSpan.FromMinutes(2));
        await living.TickAsync(None);
        (await ClaimAsync(bench, living)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_that_cannot_count_ends_what_it_does_before_others_take_it(string engine)
    {
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings((string?)null));
        var (_, node) = bench.AnotherLiving();
        using var stop = new CancellationTokenSource();
        await node.TickAsync(None);
        var life = node.LiveAsync(stop.Token);
        var alive = node.Alive;
        await bench.Db.ExecuteScriptAsync("alter table courier_node rename to courier_node_away", None);
        CourierNode.Fence.ShouldBeLessThan(CourierNode.Silence);
        await Running.Poll.UntilAsync("it has given up", TimeSpan.FromSeconds(60), () =>
        {
            bench.Advance(CourierNode.Beat);
            return Task.FromResult(alive.IsCancellationRequested);
        });
        await stop.CancelAsync();
        await life;
    }

    private static async Task BeatAsync(CourierBench bench, params CourierNode[] nodes)
    {
        bench.Advance(CourierNode.Beat);
        foreach (var node in nodes) (await node.TickAsync(None)).ShouldBeTrue();
    }

    private static Task<List<ClaimedMessage>> ClaimAsync(CourierBench bench, CourierNode node) =>
        bench.Store.ClaimAsync(bench.Nid, 10, node.Id, bench.Time.GetUtcNow(), CourierWorker.Lease, None);
}
