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
}
