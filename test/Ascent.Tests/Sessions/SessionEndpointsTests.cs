using System.Text.RegularExpressions;
using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Sessions;

public sealed partial class SessionEndpointsTests
{
    private const string Nobody = "00000000-0000-4000-8000-000000000000";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task People_list_and_end_their_other_sessions(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var (phone, token) = await host.SignInAsync(ada);
        var (laptop, _) = await host.SignInAsync(ada);
        var (tv, tvToken) = await host.SignInAsync(ada);
        var (bobs, bobsToken) = await host.SignInAsync(await host.AddIdentityAsync("bob@example.org"));
        foreach (var (method, path) in new[] { ("GET", "/sessions"), ("DELETE", "/sessions"), ("DELETE", $"/sessions/{Nobody}") })
            (await host.SendAsync(method, path)).Code.ShouldBe(401);

        var list = await host.SendAsync("GET", "/sessions", token);
        list.Code.ShouldBe(200);
        list.Header("X-Total-Count").ShouldBe("2");
        Plain(list.Header("Link")).ShouldBe("</sessions?page=0&page_size=2&page_token=T&per_page=2>; rel=\"first\"");
        list.Json.AsArray().Select(s => (string)s!["id"]!).ShouldBe([tv.Id.ToString(), laptop.Id.ToString()]);
        var identity = list.Json[0]!["identity"]!.AsObject();
        ((string)identity["schema_url"]!).ShouldBe("");
        identity.ContainsKey("verifiable_addresses").ShouldBeFalse();
        identity.ContainsKey("metadata_admin").ShouldBeFalse();
        list.Json[0]!["devices"]!.AsArray().Count.ShouldBe(1);

        var self = await host.SendAsync("DELETE", $"/sessions/{phone.Id}", token);
        self.Code.ShouldBe(400);
        (await host.SendAsync("DELETE", "/sessions/nonsense", token)).Code.ShouldBe(400);
        (await host.SendAsync("DELETE", $"/sessions/{Nobody}", token)).Code.ShouldBe(204);
        (await host.SendAsync("DELETE", $"/sessions/{bobs.Id}", token)).Code.ShouldBe(204);
        (await host.WhoamiAsync(bobsToken)).Code.ShouldBe(200);
        var gone = await host.SendAsync("DELETE", $"/sessions/{tv.Id}", token);
        gone.Code.ShouldBe(204);
        gone.Header("Content-Type").ShouldBe("application/json; charset=utf-8");
        (await host.WhoamiAsync(tvToken)).Code.ShouldBe(401);
        (await host.SendAsync("DELETE", "/sessions", token)).Text.ShouldBe("{\"count\":2}\n");
        (await host.SendAsync("DELETE", "/sessions", token)).Text.ShouldBe("{\"count\":2}\n");
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
        (await host.SendAsync("GET", "/sessions", token)).Text.ShouldBe("[]\n");
    }

    [Fact]
    public async Task The_half_signed_in_may_not_list_but_end_and_so_may_the_disabled()
    {
        await using var host = await SessionsHost.StartAsync("sqlite");
        var eve = await host.AddIdentityAsync("eve@example.org", availableAal: "aal2");
        var (_, half) = await host.SignInAsync(eve);
        (await host.SendAsync("GET", "/sessions", half)).Code.ShouldBe(403);
        (await host.SendAsync("DELETE", $"/sessions/{Nobody}", half)).Code.ShouldBe(204);
        var ada = await host.AddIdentityAsync();
        var (_, token) = await host.SignInAsync(ada);
        await host.SignInAsync(ada);
        await host.SetStateAsync(ada, "inactive");
        var list = await host.SendAsync("GET", "/sessions", token);
        list.Code.ShouldBe(200);
        ((bool)list.Json[0]!["active"]!).ShouldBeFalse();
        (await host.SendAsync("DELETE", "/sessions", token)).Text.ShouldBe("{\"count\":1}\n");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Numbered_pages_follow_their_links(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var (_, token) = await host.SignInAsync(ada);
        Plain((await host.SendAsync("GET", "/sessions", token)).Header("Link")).ShouldBe(
            "</sessions?page=0&page_size=250&page_token=T&per_page=250>; rel=\"first\",</sessions?page=1&page_size=250&page_token=T&per_page=250>; rel=\"next\",</sessions?page=-1&page_size=250&page_token=T&per_page=250>; rel=\"prev\"");
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Insert(0, (await host.SignInAsync(ada)).Session.Id.ToString());
        async Task<string> First(string path) => (string)(await host.SendAsync("GET", path, token)).Json[0]!["id"]!;
        (await First("/sessions?per_page=1&page=0")).ShouldBe(ids[0]);
        (await First("/sessions?per_page=1&page=1")).ShouldBe(ids[0]);
        (await First("/sessions?per_page=1&page=2")).ShouldBe(ids[1]);
        var seen = new List<string>();
        string? next = "/sessions?page_size=1";
        for (var i = 0; i < 5 && next is not null; i++)
        {
            var reply = await host.SendAsync("GET", next, token);
            seen.Add((string)reply.Json[0]!["id"]!);
            next = Next(reply);
        }
        seen.ShouldBe(ids);
        (await host.SendAsync("GET", "/sessions?page_size=1&page_token=nonsense", token)).Code.ShouldBe(400);
        (await host.SendAsync("GET", "/sessions?per_page=x", token)).Code.ShouldBe(400);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Administrators_page_filter_and_expand_all_sessions(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var empty = await host.AdminAsync("GET", "/admin/sessions");
        empty.Text.ShouldBe("[]\n");
        Plain(empty.Header("Link")).ShouldBe("</admin/sessions?page_size=250&page_token=T>; rel=\"first\"");
        var ada = await host.AddIdentityAsync();
        var bob = await host.AddIdentityAsync("bob@example.org");
        var ids = new List<string>();
        foreach (var who in new[] { ada, ada, bob }) ids.Insert(0, (await host.SignInAsync(who)).Session.Id.ToString());
        async Task<string[]> Ids(string query) => [.. (await host.AdminAsync("GET", "/admin/sessions" + query)).Json.AsArray().Select(s => (string)s!["id"]!)];

        (await Ids("")).ShouldBe(ids);
        (await Ids($"?identity_id={ada}")).ShouldBe(ids[1..]);
        var first = await host.AdminAsync("GET", "/sessions?page_size=2&active=true");
        Plain(first.Header("Link")).ShouldBe("</admin/sessions?active=true&page_size=2&page_token=T>; rel=\"first\",</admin/sessions?active=true&page_size=2&page_token=T>; rel=\"next\"");
        var second = await host.AdminAsync("GET", Next(first)!);
        second.Json.AsArray().Select(s => (string)s!["id"]!).ShouldBe(ids[2..]);
        Next(second).ShouldBeNull();

        var bare = (await host.AdminAsync("GET", "/admin/sessions")).Json[0]!.AsObject();
        (bare["devices"] is null && bare.ContainsKey("devices")).ShouldBeTrue();
        (bare["identity"] is null && bare.ContainsKey("identity")).ShouldBeTrue();
        var full = (await host.AdminAsync("GET", "/admin/sessions?expand=Identity&expand=devices")).Json[0]!.AsObject();
        full["devices"]!.AsArray().Count.ShouldBe(1);
        full["identity"]!.AsObject().ContainsKey("metadata_admin").ShouldBeTrue();
        full["identity"]!.AsObject().ContainsKey("verifiable_addresses").ShouldBeFalse();
        foreach (var query in new[] { "?expand=nothing", "?active=maybe", "?page_token=nonsense", "?identity_id=x" })
            (await host.AdminAsync("GET", "/admin/sessions" + query)).Code.ShouldBe(400, query);

        (await host.AdminAsync("GET", $"/admin/sessions/{ids[0]}")).Json["devices"]!.AsArray().ShouldBeEmpty();
        (await host.AdminAsync("GET", $"/admin/sessions/{ids[0]}?expand=identity")).Json["identity"]!.AsObject().ContainsKey("verifiable_addresses").ShouldBeTrue();
        (await host.AdminAsync("GET", $"/admin/sessions/{Nobody}")).Code.ShouldBe(404);
        (await host.AdminAsync("GET", "/admin/sessions/nonsense")).Code.ShouldBe(400);
        (await host.AdminAsync("DELETE", $"/admin/sessions/{ids[0]}")).Code.ShouldBe(204);
        (await host.AdminAsync("DELETE", $"/admin/sessions/{ids[0]}")).Code.ShouldBe(204);
        (await host.AdminAsync("DELETE", $"/admin/sessions/{Nobody}")).Code.ShouldBe(404);
        (await Ids("?active=false")).ShouldBe(ids[..1]);
        (await Ids("?active=true")).ShouldBe(ids[1..]);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Administrators_see_and_end_an_identity_s_sessions(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var bob = await host.AddIdentityAsync("bob@example.org");
        var (one, _) = await host.SignInAsync(ada);
        await host.SignInAsync(ada);
        var (_, bobsToken) = await host.SignInAsync(bob);
        var list = await host.AdminAsync("GET", $"/admin/identities/{ada}/sessions");
        list.Header("X-Total-Count").ShouldBe("2");
        list.Json[1]!["devices"]!.AsArray().Count.ShouldBe(1);
        ((string)list.Json[1]!["identity"]!["schema_url"]!).ShouldBe("");
        var page = await host.AdminAsync("GET", $"/admin/identities/{ada}/sessions?per_page=1&page=2");
        ((string)page.Json[0]!["id"]!).ShouldBe(one.Id.ToString());
        Plain(page.Header("Link")).ShouldBe($"</admin/identities/{ada}/sessions?page=0&page_size=1&page_token=T&per_page=1>; rel=\"first\",</admin/identities/{ada}/sessions?page=0&page_size=1&page_token=T&per_page=1>; rel=\"prev\"");

        (await host.AdminAsync("DELETE", $"/admin/identities/{bob}/sessions/{one.Id}")).Code.ShouldBe(404);
        (await host.AdminAsync("DELETE", $"/admin/identities/{ada}/sessions/{one.Id}")).Code.ShouldBe(204);
        (await host.AdminAsync("GET", $"/admin/identities/{ada}/sessions?active=true")).Json.AsArray().Count.ShouldBe(1);
        (await host.AdminAsync("DELETE", $"/admin/identities/{ada}/sessions")).Code.ShouldBe(204);
        (await host.AdminAsync("DELETE", $"/admin/identities/{ada}/sessions")).Code.ShouldBe(404);
        (await host.AdminAsync("GET", $"/admin/sessions/{one.Id}")).Code.ShouldBe(404);
        var redirect = await host.AdminAsync("DELETE", "/admin/sessions");
        redirect.Code.ShouldBe(307);
        redirect.Header("Location").ShouldBe("https://id.example.org/sessions");
        (await host.WhoamiAsync(bobsToken)).Code.ShouldBe(200);
        (await host.AdminAsync("DELETE", $"/admin/sessions?identity_id={bob}")).Code.ShouldBe(204);
        (await host.WhoamiAsync(bobsToken)).Code.ShouldBe(401);
        (await host.AdminAsync("DELETE", $"/admin/sessions?identity_id={bob}")).Code.ShouldBe(404);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Sessions_are_ended_in_bulk(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var (one, _) = await host.SignInAsync(ada);
        await host.SignInAsync(ada);
        var (_, bobs) = await host.SignInAsync(await host.AddIdentityAsync("bob@example.org"));
        async Task<string> Bulk(string body)
        {
            var reply = await host.AdminAsync("POST", "/admin/sessions", body);
            return reply.Code == 200 ? reply.Text.TrimEnd() : reply.Code.ToString();
        }

        foreach (var wrong in new[]
        {
            $$"""{"sessions":["{{one.Id}}"]}""", $$"""{"action":"extend","sessions":["{{one.Id}}"]}""", """{"action":"disable"}""", """{"action":"disable","sessions":[]}""", "[]",
            $$"""{"action":"disable","sessions":["{{one.Id}}"],"identities":["{{ada}}"]}""", """{"action":"disable","sessions":["*"]}""", """{"action":"disable","sessions":["x"]}""", """{"action":"disable","sessions":[1]}""",
            $$"""{"action":"disable","identities":["*","{{ada}}"]}""", $$"""{"action":"disable","sessions":[{{string.Join(',', Enumerable.Repeat($"\"{Nobody}\"", 501))}}]}""",
        }) (await Bulk(wrong)).ShouldBe("400", wrong);
        (await Bulk($$"""{"action":"disable","sessions":["{{one.Id}}","{{Nobody}}"]}""")).ShouldBe("""{"processed":1,"more":false}""");
        (await Bulk($$"""{"action":"disable","sessions":["{{one.Id}}"]}""")).ShouldBe("""{"processed":0,"more":false}""");
        (await Bulk($$"""{"action":"disable","identities":["{{ada}}"]}""")).ShouldBe("""{"processed":1,"more":false}""");
        (await Bulk($$"""{"action":"delete","identities":["{{ada}}"]}""")).ShouldBe("""{"processed":2,"more":false}""");
        (await host.WhoamiAsync(bobs)).Code.ShouldBe(200);
        (await Bulk("""{"action":"disable","identities":["*"]}""")).ShouldBe("""{"processed":1,"more":false}""");
        (await host.WhoamiAsync(bobs)).Code.ShouldBe(401);
        (await Bulk("""{"action":"delete","identities":["*"]}""")).ShouldBe("""{"processed":1,"more":false}""");
        (await Bulk("""{"action":"delete","identities":["*"]}""")).ShouldBe("""{"processed":0,"more":false}""");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Extending_counts_from_now_and_renews_the_cookie_once(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine, c => c with { Session = new SessionConfig { EarliestPossibleExtend = TimeSpan.FromHours(1) } });
        var ada = await host.AddIdentityAsync();
        var cookie = ("Cookie", (await host.SendAsync("GET", $"/issue-cookie/{ada}")).Cookies.Single().Split(';')[0]);
        var whoami = await host.SendAsync("GET", "/sessions/whoami", null, cookie);
        whoami.Cookies.ShouldBeEmpty();
        var path = $"/admin/sessions/{whoami.Json["id"]}/extend";
        var before = (string)whoami.Json["expires_at"]!;
        ((string)(await host.AdminAsync("PATCH", path)).Json["expires_at"]!).ShouldBe(before); // too early
        host.Time.Advance(TimeSpan.FromHours(23.5));
        var extended = await host.AdminAsync("PATCH", path);
        ((string)extended.Json["expires_at"]!).ShouldBe("2026-01-04T02:34:05Z");
        extended.Json["devices"]!.AsArray().ShouldBeEmpty();
        extended.Json["identity"]!.AsObject().ContainsKey("metadata_admin").ShouldBeFalse();
        var renewed = await host.SendAsync("GET", "/sessions/whoami", null, cookie);
        var set = renewed.Cookies.ShouldHaveSingleItem();
        set.ShouldContain("Max-Age=86400");
        (await host.SendAsync("GET", "/sessions/whoami", null, ("Cookie", set.Split(';')[0]))).Cookies.ShouldBeEmpty();
        (await host.AdminAsync("PATCH", $"/admin/sessions/{Nobody}/extend")).Code.ShouldBe(404);
        await host.AdminAsync("DELETE", path[..^"/extend".Length]);
        var disabled = await host.AdminAsync("PATCH", path);
        (disabled.Code, (bool)disabled.Json["active"]!).ShouldBe((200, false));
        host.Config.Replace(host.Config.Current with { FeatureFlags = new FeatureFlagsConfig { FasterSessionExtend = true } });
        (await host.AdminAsync("PATCH", path)).Code.ShouldBe(204);
    }

    [Fact]
    public async Task The_cookie_has_the_configured_attributes()
    {
        await using var host = await SessionsHost.StartAsync("sqlite");
        var ada = await host.AddIdentityAsync();
        async Task<string> Issue() => CookieValue().Replace((await host.SendAsync("GET", $"/issue-cookie/{ada}")).Cookies.Single(), "${name}=V");
        (await Issue()).ShouldBe("ory_kratos_session=V; Path=/; Expires=Sat, 03 Jan 2026 03:04:05 GMT; Max-Age=86400; HttpOnly; SameSite=Lax");
        (await host.SendAsync("GET", "/clear-cookie")).Cookies.Single().ShouldBe("ory_kratos_session=ended; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; SameSite=Lax");
        host.Config.Replace(host.Config.Current with
        {
            Dev = false, Cookies = new CookiesConfig { Domain = "example.org", Path = "/auth" },
            Session = new SessionConfig { Cookie = new SessionCookieConfig { Name = "mine", SameSite = SameSiteMode.Strict, Persistent = false } },
        });
        (await Issue()).ShouldBe("mine=V; Path=/auth; Domain=example.org; HttpOnly; Secure; SameSite=Strict");
    }

    private static string? Next(SessionsHost.Reply reply) => NextLink().Match(reply.Header("Link") ?? "") is { Success: true } m ? m.Groups["url"].Value : null;

    private static string? Plain(string? link) => link is null ? null : PageToken().Replace(link, "page_token=T");

    [GeneratedRegex("<(?<url>[^>]*)>; rel=\"next\"", RegexOptions.ExplicitCapture, 1000)] private static partial Regex NextLink();
    [GeneratedRegex("page_token=[^&>]*", RegexOptions.ExplicitCapture, 1000)] private static partial Regex PageToken();
    [GeneratedRegex("^(?<name>[^=]*)=[^;]+", RegexOptions.ExplicitCapture, 1000)] private static partial Regex CookieValue();
}
