using System.Net;
using Ascent.Storage;
using Ascent.Tests.Methods;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Flows.Login;

/// <summary>An identity that was written under another configuration keeps that one's level until somebody signs in.</summary>
public sealed class AvailableAalTests
{
    private const string HighestAvailable = """{ "session": { "whoami": { "required_aal": "highest_available" } } }""";
    private const string Totp = """ "totp": { "config": { "totp_url": "otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP" } } """;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_level_that_is_no_longer_to_be_had_locks_nobody_out(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine, HighestAvailable);
        var ada = await host.AddAsync();
        await KeepAsync(host, ada, "aal2");

        var token = await host.SignInAsync();

        (await host.PublicAsync("GET", "/sessions/whoami", token)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_level_that_has_become_possible_is_asked_for(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine, HighestAvailable);
        var ada = await host.AddAsync(Totp);
        await KeepAsync(host, ada, "aal1");

        var token = await host.SignInAsync();

        (await host.PublicAsync("GET", "/sessions/whoami", token)).ShouldBe(HttpStatusCode.Forbidden).Text.ShouldContain("session_aal2_required");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_level_that_has_become_possible_is_asked_for_by_the_login_itself(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, config => config.Replace("methods: {", "methods: { totp: { enabled: true },", StringComparison.Ordinal));
        await server.CreateAsync($$$"""{"schema_id":"default","traits":{"email":"ada@example.org"},"credentials":{"password":{"config":{"password":"{{{SignIn.Password}}}"}},{{{Totp}}}}}""");
        await server.Services.GetRequiredService<Db>().ExecuteAsync(new Sql("update identity set available_aal = 'aal1'"), CancellationToken.None);
        var browser = new Browser(server);
        var flow = await browser.BeginAsync();

        var (status, body) = await browser.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "password", identifier = "ada@example.org", password = SignIn.Password });

        status.ShouldBe(HttpStatusCode.UnprocessableEntity, body.GetRawText());
        body.GetProperty("redirect_browser_to").GetString()!.ShouldContain("aal=aal2");
    }

    private static Task<int> KeepAsync(FactorsHost host, Guid identity, string aal) => host.Db.WriteAsync((tx, ct) =>
        tx.ExecuteAsync(new Sql("update identity set available_aal = @aal where id = @id", ("aal", aal), ("id", identity)), ct), CancellationToken.None);
}
