using System.Net;
using System.Text.Json;
using Ascent.Storage;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Verification;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Risk;

/// <summary>Nobody is written to without end because somebody else wants it, whichever form it is asked by; and nobody can tell.</summary>
public sealed class MessageLimitTests
{
    private const string Ada = "ada@example.org", Bob = "bob@example.org";

    public static TheoryData<string, string> Flows => new() { { "sqlite", "recovery" }, { "sqlite", "verification" }, { "sqlite", "login" }, { "sqlite", "registration" }, { "postgres", "recovery" }, { "postgres", "verification" }, { "postgres", "login" }, { "postgres", "registration" } };

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Flows))]
    public async Task Five_messages_in_ten_minutes_and_then_the_same_answer_without_one(string engine, string flow)
    {
        var time = new ManualTime();
        await using var server = await StartAsync(engine, time: time);
        if (flow != "registration") await SignIn.PersonAsync(server, Ada);
        var answers = new List<string>();
        for (var i = 0; i < 7; i++) answers.Add(await AskAsync(server, flow, Ada));
        answers.Distinct().ShouldHaveSingleItem();
        (await Verifying.MailsAsync(server)).Count(m => m.To == Ada).ShouldBe(5);
        // Somebody else is written to meanwhile, and she is once the pause is over.
        if (flow != "registration") await SignIn.PersonAsync(server, Bob);
        await AskAsync(server, flow, Bob);
        (await Verifying.MailsAsync(server)).Count(m => m.To == Bob).ShouldBe(1);
        time.Advance(TimeSpan.FromMinutes(11));
        await AskAsync(server, flow, Ada);
        (await Verifying.MailsAsync(server)).Count(m => m.To == Ada).ShouldBe(6);
        // It is no lockout that administrators see.
        (await server.AdminAsync("GET", "/admin/lockouts")).Body.ShouldNotContain("recipient");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_from_before_stays_good_when_no_other_is_sent(string engine)
    {
        await using var server = await StartAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "verification");
        for (var i = 0; i < 7; i++) await Verifying.SubmitAsync(server, action, new { method = "code", email = Ada });
        var (status, body) = await Verifying.SubmitAsync(server, action, new { method = "code", code = (await Verifying.LastMailAsync(server, Ada)).Code });
        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("state").GetString().ShouldBe("passed_challenge", body.GetRawText());
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_client_causes_so_many_messages_and_no_more_whoever_they_are_for(string engine)
    {
        await using var server = await StartAsync(engine, "client: { max_messages: 3 }");
        var answers = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await SignIn.PersonAsync(server, $"p{i}@example.org");
            answers.Add(await AskAsync(server, i % 2 == 0 ? "recovery" : "verification", $"p{i}@example.org"));
        }
        answers[0].ShouldBe(answers[4]);
        (await Verifying.MailsAsync(server)).Count.ShouldBe(3);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_is_asked_for_nobody_is_taken_from_the_queue_and_never_shown(string engine)
    {
        await using var server = await StartAsync(engine);
        await AskAsync(server, "recovery", "nobody@example.org");
        await AskAsync(server, "verification", "nobody@example.org");
        (await server.AdminAsync("GET", "/admin/courier/messages")).Body.Trim().ShouldBe("[]");
        var db = server.Workshop.Database.Db;
        var rows = await db.ReadAsync(new Sql("select recipient from message"), r => r.Text(0), TestContext.Current.CancellationToken);
        rows.ShouldBe(["", ""]);
    }

    private static Task<RunningServer> StartAsync(string engine, string limits = "recipient: { max_messages: 5 }", TimeProvider? time = null) => Verifying.ServerAsync(
        engine, "recovery: { enabled: true, ui_url: \"http://127.0.0.1:4455/recovery\" }\nregistration: { enable_legacy_one_step: true }",
        methods: "code: { enabled: true, passwordless_enabled: true }", more: $"security: {{ message_limits: {{ {limits} }} }}", time: time);

    /// <summary>Asks for a message and gives the answer without what is random.</summary>
    private static async Task<string> AskAsync(RunningServer server, string flow, string address)
    {
        object values = flow switch
        {
            "login" => new { method = "code", identifier = address },
            "registration" => new { method = "code", traits = new { email = address } },
            _ => new { method = "code", email = address },
        };
        // By a proxy of ours, as clients come.
        using var response = await RunningServer.SendAsync(server.Public, "POST", await SignIn.BeginAsync(server, flow), JsonSerializer.Serialize(values), ("Accept", "application/json"), ("X-Forwarded-For", "203.0.113.9"));
        var (status, body) = (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
        return $"{status} {body.GetProperty("state")} {JsonSerializer.Serialize(SignIn.Messages(body))} {body.GetProperty("ui").GetProperty("nodes").GetRawText().Replace(address, "", StringComparison.Ordinal)}";
    }
}
