using System.Net;
using Ascent.Methods.Totp;
using Ascent.Storage;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Methods.Totp;

public sealed class TotpLoginTests
{
    private const int Many = 20;
    private const string SecretText = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    private const string Credential = $$$"""
        "totp":{"config":{"totp_url":"otpauth://totp/Old:ada?secret={{{SecretText}}}"}}
        """;

    private static readonly TotpKey Key = TotpKey.FromText(SecretText)!;

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_raises_the_session_it_is_sent_with(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        await host.AddAsync(Credential);
        var token = await host.SignInAsync();
        var flow = await host.BeginStepUpAsync(token);
        flow.Nodes().ShouldBe(["default/csrf_token", "totp/totp_code", "totp/method"]);

        var wrong = await host.SubmitAsync("login", flow, token, Body(Code(host, 3)));
        wrong.ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000008]);
        (await host.SubmitAsync("login", flow, token, """{"method":"totp"}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000002]);
        (await host.SubmitAsync("login", flow, token, Body("12345"))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000003]);
        (await host.AalAsync(token)).ShouldBe("aal1");

        var done = await host.SubmitAsync("login", flow, token, Body(Code(host)));
        done.ShouldBe(HttpStatusCode.OK).Json.At("session/authenticator_assurance_level").GetString().ShouldBe("aal2");
        (await host.AalAsync(token)).ShouldBe("aal2");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_is_accepted_once_also_by_another_session_and_in_the_next_step(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        await host.AddAsync(Credential);
        var (first, second) = (await host.SignInAsync(), await host.SignInAsync());
        var code = Code(host);
        (await SendAsync(host, first, code)).ShouldBe(HttpStatusCode.OK);
        (await SendAsync(host, second, code)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000008]);
        (await SendAsync(host, first, code, refresh: true)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000008]);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        (await SendAsync(host, second, code)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000008]);
        // A code older than one that was used is no better than a used one.
        (await SendAsync(host, second, Code(host, -1))).ShouldBe(HttpStatusCode.BadRequest);
        (await host.AalAsync(second)).ShouldBe("aal1");
        (await SendAsync(host, second, Code(host))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_code_sent_by_many_sessions_at_once_raises_exactly_one(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        await host.AddAsync(Credential);
        var tokens = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => host.SignInAsync()));
        var flows = await Task.WhenAll(tokens.Select(t => host.BeginStepUpAsync(t)));
        var answers = await Task.WhenAll(tokens.Zip(flows, (t, f) => host.SubmitAsync("login", f, t, Body(Code(host)))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Status == HttpStatusCode.BadRequest && a.Messages().SequenceEqual(new[] { 4000008 }));
        (await Task.WhenAll(tokens.Select(host.AalAsync))).Count(aal => aal == "aal2").ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_code_sent_many_times_by_one_session_counts_once(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        await host.AddAsync(Credential);
        var token = await host.SignInAsync();
        var flows = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => host.BeginStepUpAsync(token)));
        // The same flow twice, too.
        var answers = await Task.WhenAll(flows.Append(flows[0]).Select(f => host.SubmitAsync("login", f, token, Body(Code(host)))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.BadRequest);
        var whoami = (await host.PublicAsync("GET", "/sessions/whoami", token)).Json;
        whoami.GetProperty("authentication_methods").EnumerateArray().Count(m => m.GetProperty("method").GetString() == "totp").ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_was_used_is_forgotten_with_the_credential(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync(Credential);
        var token = await host.SignInAsync();
        (await SendAsync(host, token, Code(host))).ShouldBe(HttpStatusCode.OK);
        (await StepsAsync(host)).ShouldBe(1);
        (await host.AdminAsync("DELETE", $"/admin/identities/{id}/credentials/totp")).ShouldBe(HttpStatusCode.NoContent);
        (await StepsAsync(host)).ShouldBe(0);
        (await SendAsync(host, token, Code(host, 1), refresh: true)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000011]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_step_cannot_be_used_of_a_credential_that_is_gone(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync();
        var nid = host.Get<Tenancy.Tenant>().Nid;
        (await host.Db.WriteAsync((tx, ct) => TotpSteps.UseAsync(tx, nid, id, 7, ct), CancellationToken.None)).ShouldBeFalse();
        (await StepsAsync(host)).ShouldBe(0);
    }

    [Fact]
    public async Task Guessing_is_counted_over_all_flows_and_sessions()
    {
        await using var host = await FactorsHost.StartAsync("sqlite", "security: { throttle: { factor: { max_failures: 3 } } }");
        await host.AddAsync(Credential);
        var tokens = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => host.SignInAsync()));
        foreach (var token in tokens.Take(3)) (await SendAsync(host, token, "000000")).ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(host, tokens[3], Code(host))).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await host.AalAsync(tokens[3])).ShouldBe("aal1");
    }

    private static string Body(string code) => $$"""{"method":"totp","totp_code":"{{code}}"}""";

    private static string Code(FactorsHost host, int off = 0) => Key.Code(TotpKey.StepAt(host.Time.GetUtcNow()) + off);

    private static async Task<Answer> SendAsync(FactorsHost host, string token, string code, bool refresh = false) =>
        await host.SubmitAsync("login", await host.BeginStepUpAsync(token, refresh), token, Body(code));

    private static async Task<long> StepsAsync(FactorsHost host) => (await host.Db.ReadValueAsync(new Sql("select count(*) from totp_step"), r => r.Long(0), CancellationToken.None))!.Value;
}
