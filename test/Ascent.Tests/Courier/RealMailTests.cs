using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>The courier as a program of its own, with a mail server of another make.</summary>
public sealed class RealMailTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Courier_watch_sends_by_starttls_and_auth_and_ends_well(string engine)
    {
        await using var mail = await MailServer.StartAsync();
        await using var workshop = await Workshop.CreateAsync(engine);
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config() + mail.Courier());
        await using var outbox = await Outbox.OpenAsync(workshop);
        await outbox.QueueAsync("before", 1);
        await using var program = RunningProgram.Run(["courier", "watch", "-c", workshop.ConfigFile]);
        await Poll.UntilAsync("the mail of before is there", Soon, () => Task.FromResult(mail.Mails().Count == 1));
        await outbox.QueueAsync("later", 5);
        await Poll.UntilAsync("the mails of later are there", Soon, () => Task.FromResult(mail.Mails().Count == 6));

        var first = mail.Mails()[0];
        (first.To, first.From, first.Tls, first.User).ShouldBe(("beforen0@example.org", "no-reply@example.org", true, $"PLAIN {MailServer.User}"));
        first.Text.ShouldContain(CourierBench.Code);
        mail.Mails().Select(m => m.Id).Distinct().Count().ShouldBe(6);
        await Poll.UntilAsync("all are written down as sent", Soon, async () => (await outbox.RowsAsync("sent")).Count == 6);
        (await outbox.RowsAsync("sent")).ShouldAllBe(row => row.Content == null);

        program.Terminate();
        var end = await program.EndAsync();
        end.ExitCode.ShouldBe(0, end.All);
        end.All.ShouldNotContain(CourierBench.Code);
        end.All.ShouldNotContain("example.org");
    }

    [Theory]
    [InlineData("a-wrong-password", "?skip_ssl_verify=true", "535")]
    [InlineData(MailServer.Password, "", "certificate")]
    public async Task What_the_server_or_its_certificate_does_not_allow_is_not_sent_and_said_without_secrets(string password, string query, string said)
    {
        await using var mail = await MailServer.StartAsync();
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config() + mail.Courier(password, query));
        await using var outbox = await Outbox.OpenAsync(workshop);
        await outbox.QueueAsync("n", 1);
        await using var program = RunningProgram.Run(["courier", "watch", "-c", workshop.ConfigFile]);
        await Poll.UntilAsync("it was tried", Soon, async () => (await outbox.ErrorsAsync()).Count > 0);
        mail.Mails().ShouldBeEmpty();
        (await outbox.RowsAsync("queued")).ShouldHaveSingleItem();
        var error = (await outbox.ErrorsAsync())[0].ShouldNotBeNull();
        error.ShouldContain(said, Case.Insensitive);
        error.ShouldNotContain(password);
        program.Errors.ShouldNotContain(password);
    }

    /// <summary>Two programs on one PostgreSQL share the work, and no message goes out by both.</summary>
    [Fact]
    public async Task Two_nodes_never_send_the_same_message_while_both_live()
    {
        await using var mail = await MailServer.StartAsync(0.01);
        await using var workshop = await Workshop.CreateAsync("postgres");
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config().Replace("level: error", "level: debug", StringComparison.Ordinal) + mail.Courier(worker: "pull_count: 5, pull_wait: 20ms"));
        await using var outbox = await Outbox.OpenAsync(workshop);
        var queued = await outbox.QueueAsync("early", 100);
        await using var one = RunningProgram.Run(["courier", "watch", "-c", workshop.ConfigFile]);
        await using var other = RunningProgram.Run(["courier", "watch", "-c", workshop.ConfigFile]);
        await Poll.UntilAsync("both work", Soon, async () =>
        {
            // There is always something to send, and never so much that sending it takes long.
            if ((await outbox.RowsAsync("queued")).Count < 50) queued.AddRange(await outbox.QueueAsync($"r{queued.Count}", 10));
            return SentBy(one) > 20 && SentBy(other) > 20;
        });
        await Poll.UntilAsync("all are written down as sent", Soon, async () => (await outbox.RowsAsync("sent")).Count == queued.Count);
        mail.Mails().Select(m => m.To).Order(StringComparer.Ordinal).ShouldBe(queued.Select(q => q.To).Order(StringComparer.Ordinal));
        await Poll.UntilAsync("both have said so", Soon, () => Task.FromResult(SentBy(one) + SentBy(other) == queued.Count));
    }

    private static int SentBy(RunningProgram program) => program.Errors.Split("was sent at attempt").Length - 1;
}
