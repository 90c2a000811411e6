using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;
using Ascent.Sessions;
using Ascent.Storage;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Sessions;

public sealed class WhoamiTests
{
    private const string Unknown = "ory_st_unknownunknownunknownunknown0000";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task It_shows_the_session_in_the_shape_that_clients_know(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync(metadataPublic: """{"tier":"gold"}""", externalId: "crm-77");
        var (session, token) = await host.SignInAsync(ada);

        var reply = await host.WhoamiAsync(token);

        reply.Code.ShouldBe(200);
        reply.Header("Content-Type").ShouldBe("application/json; charset=utf-8");
        reply.Header("Cache-Control")!.ShouldContain("no-store");
        reply.Header("X-Kratos-Authenticated-Identity-Id").ShouldBe(ada.ToString());
        reply.Header("Vary").ShouldBe("Cookie");
        reply.Header("Ory-Session-Cache-For").ShouldBeNull();
        reply.Text.ShouldEndWith("}\n");
        reply.Text.ShouldNotContain(token);
        reply.Text.ShouldNotContain("risk");
        var device = session.Devices.Single().Id;
        reply.Text.TrimEnd('\n').ShouldBe($$"""
            {"id":"{{session.Id}}","active":true,"expires_at":"2026-01-03T03:04:05.002Z","authenticated_at":"2026-01-02T03:04:05.002Z",
            "authenticator_assurance_level":"aal1","authentication_methods":[{"method":"password","aal":"aal1","completed_at":"2026-01-02T03:04:05.002Z"}],
            "issued_at":"2026-01-02T03:04:05.002Z","identity":{"id":"{{ada}}","external_id":"crm-77","schema_id":"default",
            "schema_url":"https://id.example.org/schemas/ZGVmYXVsdA","state":"active","state_changed_at":"2026-01-02T03:04:05Z","traits":{"email":"ada@example.org"},
            "verifiable_addresses":[{"id":"{{ada}}","value":"ada@example.org","verified":false,"via":"email","status":"pending","created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z"}],
            "metadata_public":{"tier":"gold"},"created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z","organization_id":null},
            "devices":[{"id":"{{device}}","ip_address":"192.0.2.1","user_agent":"test/1","location":""}]}
            """.ReplaceLineEndings(""));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_token_header_wins_over_the_cookie_and_the_cookie_over_bearer(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var bob = await host.AddIdentityAsync("bob@example.org");
        var (_, bobs) = await host.SignInAsync(bob);
        var cookie = ("Cookie", (await host.SendAsync("GET", $"/issue-cookie/{ada}")).Cookies.Single().Split(';')[0]);
        async Task<string> Who(string? token, params (string, string)[] headers)
        {
            var reply = await host.SendAsync("GET", "/sessions/whoami", token, headers);
            return reply.Code == 200 ? (string)reply.Json["identity"]!["traits"]!["email"]! : reply.Code.ToString();
        }

        (await Who(null, cookie)).ShouldBe("ada@example.org");
        (await Who(bobs, cookie)).ShouldBe("bob@example.org");
        (await Who(Unknown, cookie)).ShouldBe("401");
        (await Who(null, cookie, ("Authorization", $"Bearer {bobs}"))).ShouldBe("ada@example.org");
        (await Who(null, ("Authorization", $"bearer {bobs}"))).ShouldBe("bob@example.org");
        (await Who(null, ("Cookie", "ory_kratos_session=broken"), ("Authorization", $"Bearer {bobs}"))).ShouldBe("bob@example.org");
        (await Who(null, ("Cookie", $"ory_kratos_session=broken; x=y; {cookie.Item2}"))).ShouldBe("ada@example.org");
        (await Who(null, ("Cookie", cookie.Item2[..^3] + "AAA"))).ShouldBe("401");
        (await Who(null, ("Authorization", "Basic YWRhOnB3"))).ShouldBe("401");
        (await Who(null, ("X-Session-Cookie", cookie.Item2.Split('=', 2)[1]))).ShouldBe("401");
        (await Who(null)).ShouldBe("401");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_session_that_is_over_is_refused_at_once(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var (revoked, revokedToken) = await host.SignInAsync(ada);
        var (_, token) = await host.SignInAsync(ada);
        (await host.WhoamiAsync(revokedToken)).Code.ShouldBe(200);
        (await host.AdminAsync("DELETE", $"/admin/sessions/{revoked.Id}")).Code.ShouldBe(204);
        (await host.WhoamiAsync(revokedToken)).Code.ShouldBe(401);

        await host.SetStateAsync(ada, "inactive");
        (await host.WhoamiAsync(token)).Code.ShouldBe(401);
        await host.SetStateAsync(ada, "active");
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);

        host.Time.Advance(TimeSpan.FromHours(24));
        var reply = await host.WhoamiAsync(token);
        reply.Code.ShouldBe(401);
        reply.Header("Content-Type").ShouldBe("application/json");
        reply.Header("Ory-Error-Id").ShouldBe("session_inactive");
        ((string)reply.Json["error"]!["id"]!).ShouldBe("session_inactive");
        ((string)reply.Json["error"]!["message"]!).ShouldBe("The request could not be authorized");
    }

    [Fact]
    public async Task Every_method_is_whoami_and_only_GET_forbids_caching()
    {
        await using var host = await SessionsHost.StartAsync("sqlite");
        var (_, token) = await host.SignInAsync(await host.AddIdentityAsync());
        foreach (var method in new[] { "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD" })
        {
            var reply = await host.SendAsync(method, "/sessions/whoami", token);
            reply.Code.ShouldBe(200, method);
            reply.Header("Cache-Control").ShouldBeNull(method);
            (reply.Text.Length > 0).ShouldBe(method != "HEAD", method);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_level_that_the_identity_can_reach_is_asked_for_by_default(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync(availableAal: "aal2");
        var (session, token) = await host.SignInAsync(ada);

        var reply = await host.WhoamiAsync(token);
        reply.Code.ShouldBe(403);
        reply.Header("X-Kratos-Authenticated-Identity-Id").ShouldBeNull();
        const string Url = "https://id.example.org/self-service/login/browser?aal=aal2";
        ((string)reply.Json["redirect_browser_to"]!).ShouldBe(Url);
        ((string)reply.Json["error"]!["details"]!["redirect_browser_to"]!).ShouldBe(Url);
        ((string)reply.Json["error"]!["id"]!).ShouldBe("session_aal2_required");

        await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", CancellationToken.None);
        reply = await host.WhoamiAsync(token);
        reply.Code.ShouldBe(200);
        ((string)reply.Json["authenticator_assurance_level"]!).ShouldBe("aal2");

        host.Config.Replace(host.Config.Current with { Session = new SessionConfig { Whoami = new WhoamiConfig { RequiredAal = RequiredAal.Aal1 } } });
        var (_, other) = await host.SignInAsync(ada);
        (await host.WhoamiAsync(other)).Code.ShouldBe(200);
    }

    [Fact]
    public async Task Callers_may_ask_for_more_strength_and_freshness()
    {
        await using var host = await SessionsHost.StartAsync("sqlite");
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        (await host.WhoamiAsync(token, "?aal=")).Code.ShouldBe(200);
        (await host.WhoamiAsync(token, "?aal=aal1&max_age=60")).Code.ShouldBe(200);
        ((string)(await host.WhoamiAsync(token, "?aal=aal2")).Json["error"]!["id"]!).ShouldBe("session_aal2_required");
        ((string)(await host.WhoamiAsync(token, "?aal=aal3")).Json["redirect_browser_to"]!).ShouldEndWith("?aal=aal3");
        (await host.WhoamiAsync(token, "?aal=aal4")).Code.ShouldBe(400);
        (await host.WhoamiAsync(token, "?max_age=-1")).Code.ShouldBe(400);

        await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", CancellationToken.None);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        (await host.WhoamiAsync(token, "?aal=aal2")).Code.ShouldBe(200);
        (await host.WhoamiAsync(token, "?aal=aal2&max_age=61")).Code.ShouldBe(200);
        var stale = await host.WhoamiAsync(token, "?aal=aal2&max_age=60");
        stale.Code.ShouldBe(403);
        ((string)stale.Json["error"]!["id"]!).ShouldBe("session_refresh_required");
        ((string)stale.Json["redirect_browser_to"]!).ShouldEndWith("?aal=aal2&refresh=true");
        await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Password(host.Time), null, "self", CancellationToken.None);
        (await host.WhoamiAsync(token, "?max_age=60")).Code.ShouldBe(200);
        (await host.WhoamiAsync(token, "?aal=aal2&max_age=60")).Code.ShouldBe(403); // the password is no news of the second factor
    }

    [Fact]
    public async Task It_says_how_long_it_may_be_kept_where_that_is_switched_on()
    {
        await using var host = await SessionsHost.StartAsync("sqlite", c => c with { FeatureFlags = new FeatureFlagsConfig { CacheableSessions = true } });
        var (_, token) = await host.SignInAsync(await host.AddIdentityAsync());
        (await host.WhoamiAsync(token)).Header("Ory-Session-Cache-For").ShouldBe("86400");
        (await host.WhoamiAsync(null)).Header("Ory-Session-Cache-For").ShouldBe("60");
        (await host.SendAsync("GET", "/sessions/whoami", null, ("Cookie", "ory_kratos_session=void"))).Header("Ory-Session-Cache-For").ShouldBe("60");
        (await host.WhoamiAsync(Unknown)).Header("Ory-Session-Cache-For").ShouldBeNull();
        host.Config.Replace(host.Config.Current with { FeatureFlags = new FeatureFlagsConfig { CacheableSessions = true, CacheableSessionsMaxAge = TimeSpan.FromMinutes(5) } });
        (await host.WhoamiAsync(token)).Header("Ory-Session-Cache-For").ShouldBe("300");
    }

    [Fact]
    public async Task Tokens_come_from_the_tokenizer_and_its_refusals_are_answered()
    {
        await using var host = await SessionsHost.StartAsync("sqlite", c => c with { FeatureFlags = new FeatureFlagsConfig { CacheableSessions = true } }, s => s.AddSingleton<ISessionTokenizer, Echo>());
        var (_, token) = await host.SignInAsync(await host.AddIdentityAsync());
        var reply = await host.WhoamiAsync(token, "?tokenize_as=mine");
        var email = (string)JsonNode.Parse((string)reply.Json["tokenized"]!)!["identity"]!["traits"]!["email"]!;
        email.ShouldBe("ada@example.org");
        reply.Header("Ory-Session-Cache-For").ShouldBeNull();
        (await host.WhoamiAsync(token, "?tokenize_as=other")).Code.ShouldBe(400);
        var plain = await host.WhoamiAsync(token, "?tokenize_as=");
        plain.Json["tokenized"].ShouldBeNull();
        plain.Header("Ory-Session-Cache-For").ShouldNotBeNull();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Sliding_sessions_are_written_once_a_minute_at_most(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine, c => c with { Session = new SessionConfig { Sliding = true, Lifespan = TimeSpan.FromHours(1) } });
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        async Task<DateTimeOffset> EndAsync() => (await host.Get<SessionStore>().FindAsync(host.Nid, session.Id, false, CancellationToken.None))!.ExpiresAt;
        host.Time.Advance(TimeSpan.FromSeconds(59));
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
        (await EndAsync()).ShouldBe(session.ExpiresAt);

        host.Time.Advance(TimeSpan.FromSeconds(1));
        var used = host.Time.GetUtcNow();
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
        await SessionsHost.UntilAsync(async () => await EndAsync() == Instant.Truncate(used) + TimeSpan.FromHours(1));
    }

    private sealed class Echo : ISessionTokenizer
    {
        public Task<TokenizeResult> TokenizeAsync(string template, ReadOnlyMemory<byte> sessionJson, Session session, CancellationToken ct) => Task.FromResult<TokenizeResult>(
            template == "mine" ? new TokenizeResult.Tokenized(System.Text.Encoding.UTF8.GetString(sessionJson.Span)) : new TokenizeResult.Refused(ApiError.BadRequest("No such template.")));
    }
}
