using Ascent.Tests.Courier;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>
/// A server shot down in the midst of its queue loses no mail. Twice can come only what was on its way at a kill: handed to the mail
/// server, and not yet written down as sent. Both bear the same Message-ID.
/// </summary>
public sealed class CourierCrashTests(ITestOutputHelper output)
{
    private const int Rounds = 10, EachRound = 30;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(180);

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Killed_in_the_midst_of_the_queue_ten_times_it_loses_no_mail(string engine)
    {
        await using var mail = await MailServer.StartAsync(0.02);
        await using var workshop = await Workshop.CreateAsync(engine);
        await workshop.Database.Db.DisposeAsync();
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config() + mail.Courier());
        var queued = new HashSet<string>(StringComparer.Ordinal);
        var onTheirWay = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            await using (var outbox = await Outbox.OpenAsync(workshop)) queued.UnionWith((await outbox.QueueAsync($"r{round}", EachRound)).Select(q => q.To));
            var (program, open, admin) = await RunningProgram.ServeAsync(workshop, config => config + mail.Courier(), "--watch-courier");
            await using (program)
            using (open)
            using (admin)
            {
                var before = mail.Mails().Count;
                await Poll.UntilAsync("some mails are out", Soon, () => Task.FromResult(mail.Mails().Count > before + (round * 2)));
                await program.KillAsync();
            }
            await using (var outbox = await Outbox.OpenAsync(workshop))
            {
                await outbox.AloneAsync();
                foreach (var (_, to, _, _) in await outbox.RowsAsync("processing")) onTheirWay[to] = onTheirWay.GetValueOrDefault(to) + 1;
                await outbox.EndLeasesAsync();
            }
        }
        var (last, lastOpen, lastAdmin) = await RunningProgram.ServeAsync(workshop, config => config + mail.Courier(), "--watch-courier");
        await using (last)
        using (lastOpen)
        using (lastAdmin)
        {
            await using var outbox = await Outbox.OpenAsync(workshop);
            await Poll.UntilAsync("the queue is empty", Soon, async () => (await outbox.RowsAsync("sent")).Count == queued.Count);
        }

        var came = mail.Mails().GroupBy(m => m.To, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        came.Keys.Order(StringComparer.Ordinal).ShouldBe(queued.Order(StringComparer.Ordinal));
        foreach (var (to, mails) in came)
        {
            mails.Length.ShouldBeLessThanOrEqualTo(1 + onTheirWay.GetValueOrDefault(to), to);
            mails.Select(m => m.Id).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem(to);
        }
        output.WriteLine($"{queued.Count} mails queued, {Rounds} kills, {onTheirWay.Values.Sum()} on their way at one, {came.Values.Sum(m => m.Length) - queued.Count} came twice.");
        onTheirWay.Values.Sum().ShouldBeGreaterThan(0, "the kills were to hit something");
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_two_nodes_one_is_killed_with_a_mail_in_its_hand_and_the_other_sends_it_long_before_the_lease_ends(string engine)
    {
        await using var mail = await MailServer.StartAsync(4);
        await using var two = await TwoNodes.StartAsync(engine, mail);
        var (id, to) = (await two.Outbox.QueueAsync("one", 1)).Single();
        await (await two.HolderOfAsync(id)).KillAsync();
        await Poll.UntilAsync("the other one sent it", BeforeTheLeaseEnds, async () => (await two.Outbox.RowsAsync("sent")).Count == 1);
        (await two.Outbox.ErrorsAsync()).ShouldHaveSingleItem().ShouldBeNull();
        var came = mail.Mails();
        came.ShouldAllBe(m => m.To == to);
        came.Select(m => m.Id).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
    }

    /// <summary>On PostgreSQL alone: with SQLite the pause could come while the process has the one writer's lock, and nobody could go on.</summary>
    [Fact]
    public async Task A_node_that_comes_back_from_a_pause_settles_nothing_that_another_took()
    {
        await using var mail = await MailServer.StartAsync(4);
        await using var two = await TwoNodes.StartAsync("postgres", mail);
        var id = (await two.Outbox.QueueAsync("one", 1)).Single().Id;
        var holder = await two.HolderOfAsync(id);
        holder.Pause();
        await Poll.UntilAsync("the other one sent it", BeforeTheLeaseEnds, async () => (await two.Outbox.RowsAsync("sent")).Count == 1);
        (await two.Outbox.NodesAsync()).Count.ShouldBe(1);
        holder.Resume();
        await Poll.UntilAsync("it goes on under another name", BeforeTheLeaseEnds, async () => (await two.Outbox.NodesAsync()).Count == 2);
        (await two.Outbox.QueueAsync("another", 4)).Count.ShouldBe(4);
        await Poll.UntilAsync("both are at work", BeforeTheLeaseEnds, async () => (await two.Outbox.RowsAsync("sent")).Count == 5);
        (await two.Outbox.ErrorsAsync()).ShouldBe([null, null, null, null, null]);
    }

    private static readonly TimeSpan BeforeTheLeaseEnds = TimeSpan.FromSeconds(150);

    private sealed class TwoNodes(Workshop workshop, Outbox outbox) : IAsyncDisposable
    {
        private readonly List<(Guid Node, RunningProgram Program)> all = [];

        public Outbox Outbox => outbox;

        public static async Task<TwoNodes> StartAsync(string engine, MailServer mail)
        {
            var workshop = await Workshop.CreateAsync(engine);
            await workshop.Database.Db.DisposeAsync();
            await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config() + mail.Courier());
            var two = new TwoNodes(workshop, await Outbox.OpenAsync(workshop));
            for (var n = 1; n <= 2; n++)
            {
                var (program, open, admin) = await RunningProgram.ServeAsync(workshop, config => config + mail.Courier(), "--watch-courier");
                open.Dispose();
                admin.Dispose();
                await Poll.UntilAsync("it has a name", Soon, async () => (await two.Outbox.NodesAsync()).Count == n);
                two.all.Add(((await two.Outbox.NodesAsync()).Except(two.all.Select(a => a.Node)).Single(), program));
            }
            return two;
        }

        public async Task<RunningProgram> HolderOfAsync(Guid message)
        {
            Guid? holder = null;
            await Poll.UntilAsync("somebody holds it", Soon, async () => (holder = await outbox.HolderAsync(message)) is not null);
            return all.Single(a => a.Node == holder).Program;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (_, program) in all) await program.DisposeAsync();
            await outbox.DisposeAsync();
            await workshop.DisposeAsync();
        }
    }
}
