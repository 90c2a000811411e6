using System.Diagnostics;
using System.Net;
using Shouldly;

namespace Ascent.Tests.Flows.Recovery;

/// <summary>Whether anybody has an address is told to nobody.</summary>
public sealed class UnknownAddressTests
{
    private const string Stranger = "eve@example.org";

    public static TheoryData<string, string> Cases => new() { { "sqlite", "code" }, { "sqlite", "link" }, { "postgres", "code" }, { "postgres", "link" } };

    [Theory, MemberData(nameof(Cases))]
    public async Task Known_and_unknown_addresses_are_answered_alike(string engine, string method)
    {
        await using var host = await RecoveryHost.StartAsync(engine, $$"""{ selfservice: { flows: { recovery: { use: {{method}} } } } }""");
        await host.AddAsync();
        var known = await AskAsync(host, RecoveryHost.Ada, method);
        var unknown = await AskAsync(host, Stranger, method);
        known.ShouldBe(unknown.Replace(Stranger, RecoveryHost.Ada, StringComparison.Ordinal));
        (await host.MessagesAsync(RecoveryHost.Ada)).Length.ShouldBe(1);
        (await host.MessagesAsync(Stranger)).ShouldBeEmpty();
        (await host.CountAsync("code")).ShouldBe(2);
    }

    [Theory, InlineData("code"), InlineData("link")]
    public async Task The_same_statements_run_for_both(string method)
    {
        await using var host = await RecoveryHost.StartAsync("postgres", $$"""{ selfservice: { flows: { recovery: { use: {{method}} } } } }""");
        await host.AddAsync();
        // Once each beforehand: statements are prepared on their second use.
        await AskAsync(host, RecoveryHost.Ada, method);
        await AskAsync(host, Stranger, method);
        var known = await StatementsAsync(host, () => AskAsync(host, RecoveryHost.Ada, method));
        var unknown = await StatementsAsync(host, () => AskAsync(host, Stranger, method));
        known.ShouldContain(s => s.Contains("insert into message", StringComparison.Ordinal));
        unknown.ShouldBe(known);
    }

    [Theory, InlineData("code"), InlineData("link")]
    public async Task A_stranger_is_told_where_the_configuration_wants_it(string method)
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", $$"""{ selfservice: { flows: { recovery: { use: {{method}}, notify_unknown_recipients: true } } } }""");
        await AskAsync(host, Stranger, method);
        var message = (await host.MessagesAsync(Stranger)).Single();
        message.GetProperty("template_type").GetString().ShouldBe(method == "code" ? "recovery_code_invalid" : "recovery_invalid");
        message.GetProperty("body").GetString()!.ShouldNotContain("/self-service/");
    }

    [Fact]
    public async Task No_code_fits_that_was_sent_to_nobody()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", "{ selfservice: { methods: { code: { config: { max_submissions: 200 } } } } }");
        var native = host.Native();
        var flow = await native.AskAsync(Stranger);
        (await native.ProveAsync(flow, "123456")).ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([4060006]);
        (await native.SubmitAsync(await native.BeginAsync(), ("method", "code"), ("email", "nobody"))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000040]);
    }

    private static async Task<string> AskAsync(RecoveryHost host, string email, string method)
    {
        var native = host.Native();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var flow = await native.BeginAsync();
        var answer = (await native.SubmitAsync(flow, ("method", method), ("email", email))).ShouldBe(HttpStatusCode.OK);
        var text = answer.Text.Replace((string)flow["id"]!, "ID", StringComparison.Ordinal);
        foreach (var time in (string[])["issued_at", "expires_at"]) text = text.Replace((string)flow[time]!, "TIME", StringComparison.Ordinal);
        return text;
    }

    /// <summary>What this test's database is asked, in its order.</summary>
    private static async Task<string[]> StatementsAsync(RecoveryHost host, Func<Task> work)
    {
        var database = new Uri(host.Dsn).AbsolutePath.Trim('/');
        var statements = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(t => t.Value as string == database) && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is string text) statements.Enqueue(text);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await work();
        return [.. statements];
    }
}
