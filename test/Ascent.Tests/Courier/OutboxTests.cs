using System.Collections.Concurrent;
using Ascent.Courier;
using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>The queue's promises on both engines: nothing lost, nothing twice.</summary>
public sealed class OutboxTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_message_is_sent_and_what_it_said_is_forgotten(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        var (message, error) = await bench.TryAsync(CourierBench.LoginCode());
        (message.Status, message.SendCount, message.Content, error).ShouldBe((MessageStatus.Sent, 1, null, null));
        server.Mails.Single().Part("text/plain").ShouldContain(CourierBench.Code);
        (await bench.Store.DispatchesAsync(bench.Nid, message.Id, CancellationToken.None)).Single().Error.ShouldBeNull();
        (await bench.SendDueAsync()).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task In_development_what_it_said_is_kept(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server) with { Dev = true });
        var (message, _) = await bench.TryAsync(CourierBench.LoginCode());
        bench.Seal.Open(message.Id, message.Content).ShouldNotBeNull().Body.ShouldContain(CourierBench.Code);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_database_holds_no_code_in_the_clear_and_a_content_fits_its_own_row_only(string engine)
    {
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings((string?)null));
        var (one, two) = (await bench.QueueAsync(CourierBench.LoginCode()), await bench.QueueAsync(CourierBench.LoginCode()));
        var content = (await bench.FindAsync(one)).Content.ShouldNotBeNull();
        content.ShouldNotContain(CourierBench.Code);
        bench.Seal.Open(one, content).ShouldNotBeNull();
        bench.Seal.Open(two, content).ShouldBeNull();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_is_rolled_back_is_not_sent(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        await Should.ThrowAsync<InvalidDataException>(() => bench.Db.WriteAsync(async (tx, ct) =>
        {
            await bench.Queue.QueueAsync(tx, bench.Nid, CourierBench.LoginCode(), ct);
            throw new InvalidDataException();
        }, CancellationToken.None));
        (await bench.SendDueAsync()).ShouldBe(0);
        await bench.Db.WriteAsync((tx, ct) => bench.Queue.QueueAsync(tx, bench.Nid, CourierBench.LoginCode(), ct), CancellationToken.None);
        (await bench.SendDueAsync()).ShouldBe(1);
        server.Mails.Count.ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_retry_is_two_attempts_and_then_it_is_abandoned(string engine)
    {
        await using var server = new TestMailServer { Instead = line => line.StartsWith("MAIL", StringComparison.Ordinal) ? "451 later" : null };
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server, c => c with { MessageRetries = 1 }));
        var (message, error) = await bench.TryAsync(CourierBench.LoginCode());
        (message.Status, message.SendCount).ShouldBe((MessageStatus.Queued, 1));
        error.ShouldNotBeNull().ShouldContain("451 later");
        bench.Advance(TimeSpan.FromSeconds(1));
        (await bench.SendDueAsync()).ShouldBe(0, "a failed message waits before it is tried again");
        bench.Advance(TimeSpan.FromSeconds(2));
        (await bench.SendDueAsync()).ShouldBe(1);
        var after = await bench.FindAsync(message.Id);
        (after.Status, after.SendCount, after.Content).ShouldBe((MessageStatus.Abandoned, 2, null));
        bench.Advance(TimeSpan.FromDays(1));
        (await bench.SendDueAsync()).ShouldBe(0);
        (await bench.Store.DispatchesAsync(bench.Nid, message.Id, CancellationToken.None)).Count.ShouldBe(2);
        (await bench.Db.ReadAsync(new Sql("select data from event where nid = @nid and type = 'message.abandoned'", ("nid", bench.Nid)), r => r.Text(0), CancellationToken.None)).Single().ShouldContain(message.Id.ToString());
        bench.Log.Entries.ShouldContain(e => e.Message.Contains("abandoned", StringComparison.Ordinal));
        bench.Log.Entries.ShouldAllBe(e => !e.Message.Contains(CourierBench.Code, StringComparison.Ordinal) && !e.Message.Contains(CourierBench.Ada, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Waits_between_attempts_grow_and_a_server_that_comes_back_gets_the_mail(string engine)
    {
        await using var server = new TestMailServer { Instead = _ => "421 closed" };
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        var id = await bench.QueueAsync(CourierBench.LoginCode());
        foreach (var seconds in (int[])[0, 3, 9, 36])
        {
            bench.Advance(TimeSpan.FromSeconds(seconds));
            (await bench.SendDueAsync()).ShouldBe(1);
            bench.Advance(TimeSpan.FromSeconds(seconds < 3 ? 1 : seconds));
            if (seconds > 0) (await bench.SendDueAsync()).ShouldBe(0);
        }
        server.Instead = null;
        bench.Advance(TimeSpan.FromMinutes(3));
        (await bench.SendDueAsync()).ShouldBe(1);
        var message = await bench.FindAsync(id);
        (message.Status, message.SendCount).ShouldBe((MessageStatus.Sent, 5));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_a_killed_worker_held_is_sent_when_its_lease_is_over_and_not_before(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        for (var i = 0; i < 10; i++) await bench.QueueAsync(CourierBench.LoginCode($"user{i}@example.org"));
        var lost = await bench.Store.ClaimAsync(bench.Nid, 6, null, bench.Time.GetUtcNow(), CourierWorker.Lease, CancellationToken.None);
        lost.Count.ShouldBe(6);
        var other = bench.AnotherNode();
        (await other.SendDueAsync(100, CancellationToken.None)).ShouldBe(4);
        bench.Advance(CourierWorker.Lease - TimeSpan.FromSeconds(1));
        (await other.SendDueAsync(100, CancellationToken.None)).ShouldBe(0);
        bench.Advance(TimeSpan.FromSeconds(1));
        (await other.SendDueAsync(100, CancellationToken.None)).ShouldBe(6);
        server.Mails.Select(m => m.To).Order().ShouldBe(Enumerable.Range(0, 10).Select(i => $"user{i}@example.org"));
        // The killed one was only asleep: what it writes now does not count.
        (await bench.Store.FinishAsync(bench.Nid, lost[0], new AttemptOutcome(MessageStatus.Queued, bench.Time.GetUtcNow(), "late", true), bench.Time.GetUtcNow(), CancellationToken.None)).ShouldBeFalse();
        (await bench.FindAsync(lost[0].Id)).Status.ShouldBe(MessageStatus.Sent);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Several_nodes_at_once_send_each_message_once(string engine)
    {
        const int Messages = 300;
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        for (var i = 0; i < Messages; i++) await bench.QueueAsync(CourierBench.LoginCode($"user{i}@example.org"));
        var taken = new ConcurrentBag<int>();
        await Task.WhenAll(((CourierWorker[])[bench.Worker, bench.AnotherNode(), bench.AnotherNode()]).Select(worker => Task.Run(async () =>
        {
            for (var left = Messages; left > 0;)
            {
                taken.Add(await worker.SendDueAsync(7, CancellationToken.None));
                left = (await bench.Store.ListAsync(bench.Nid, new MessageFilter(MessageStatus.Queued, null), null, 1, CancellationToken.None)).Count;
            }
        })));
        taken.Sum().ShouldBe(Messages);
        server.Mails.Select(m => m.To).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Messages).Select(i => $"user{i}@example.org").Order(StringComparer.Ordinal));
        (await bench.Store.ListAsync(bench.Nid, new MessageFilter(MessageStatus.Sent, null), null, Messages + 1, CancellationToken.None)).ShouldAllBe(m => m.SendCount == 1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_was_encrypted_with_a_lost_secret_is_told_so(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        var id = await bench.QueueAsync(CourierBench.LoginCode());
        bench.Config.Replace(bench.Config.Current with { Secrets = new() { Default = [new("another secret altogether")] } });
        await bench.SendDueAsync();
        (await bench.LastErrorAsync(id)).ShouldNotBeNull().ShouldContain("secrets.cipher");
        bench.Config.Replace(bench.Config.Current with { Secrets = new() { Default = [new("another secret altogether"), CourierBench.Secret] } });
        bench.Advance(TimeSpan.FromSeconds(5));
        await bench.SendDueAsync();
        (await bench.FindAsync(id)).Status.ShouldBe(MessageStatus.Sent);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Without_a_way_to_send_the_attempt_says_which_key_is_missing(string engine)
    {
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings((string?)null));
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("courier.smtp.connection_uri");
        (await bench.TryAsync(CourierBench.LoginCode("+4917612345678") with { Channel = MessageChannel.Sms })).Error.ShouldNotBeNull().ShouldContain("courier.channels");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Old_messages_that_are_over_can_be_removed(string engine)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync(engine, CourierBench.Settings(server));
        await bench.TryAsync(CourierBench.LoginCode());
        bench.Advance(TimeSpan.FromDays(1));
        var (queued, at) = (await bench.QueueAsync(CourierBench.LoginCode()), bench.Time.GetUtcNow() + TimeSpan.FromHours(1));
        (await bench.Store.DeleteFinishedAsync(bench.Nid, at, 10, CancellationToken.None)).ShouldBe(1);
        (await bench.Store.ListAsync(bench.Nid, new MessageFilter(null, null), null, 10, CancellationToken.None)).Single().Id.ShouldBe(queued);
    }
}
