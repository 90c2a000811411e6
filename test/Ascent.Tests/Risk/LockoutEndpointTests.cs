using System.Net;
using System.Text;
using System.Text.Json;
using Ascent.Crypto;
using Ascent.Risk;
using Ascent.Tenancy;
using Ascent.Tests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using static Ascent.Tests.Risk.ThrottleBench;

namespace Ascent.Tests.Risk;

public sealed class LockoutEndpointTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Administrators_see_what_is_locked_and_let_it_go(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await using var server = await ServeAsync(bench);
        var identity = Guid.CreateVersion7();
        for (var i = 0; i < Most; i++) await bench.WrongAsync(await bench.EnterAsync(Ada, Office), identity);
        await bench.FailAsync(Most - 1, Bob);

        var (status, body, _) = await GetAsync(server, "/admin/lockouts");
        status.ShouldBe(HttpStatusCode.OK);
        var lockout = body.EnumerateArray().ShouldHaveSingleItem();
        lockout.GetProperty("kind").GetString().ShouldBe("identifier");
        lockout.GetProperty("identity_id").GetGuid().ShouldBe(identity);
        lockout.GetProperty("address").GetString().ShouldBe("203.0.113.7");
        lockout.GetProperty("failures").GetInt32().ShouldBe(Most);
        lockout.GetProperty("locked_at").GetDateTimeOffset().ShouldBe(bench.Time.GetUtcNow());
        lockout.GetProperty("locked_until").GetDateTimeOffset().ShouldBe(bench.Time.GetUtcNow() + LockTime);
        lockout.ToString().ShouldNotContain("ada");

        (await PostAsync(server, """{"identifier":" ADA@example.org"}""")).ShouldBe(HttpStatusCode.NoContent);
        // The failures are gone with the lock: one more does not lock again.
        await bench.FailAsync(Most - 1, Ada);
        (await bench.EventsAsync()).Where(e => e.Type == "lockout.released").ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Actor.ShouldBe("admin"), e => e.Identity.ShouldBe(identity));
        (await PostAsync(server, """{"identifier":"ada@example.org"}""")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Lockouts_are_released_by_id_account_or_address(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await using var server = await ServeAsync(bench);
        var identity = Guid.CreateVersion7();
        var network = ThrottleSubject.Address(IPAddress.Parse("2001:db8::1"));
        await bench.FailAsync(Most, ThrottleSubject.Factor(identity, "totp"));
        await bench.FailAsync(Most, Ada);
        await bench.FailAsync(MostOfAddress, network);

        var shown = (await GetAsync(server, $"/admin/lockouts?identity_id={identity}")).Body.EnumerateArray().ShouldHaveSingleItem();
        shown.GetProperty("method").GetString().ShouldBe("totp");
        (await PostAsync(server, $$"""{"identity_id":"{{identity}}"}""")).ShouldBe(HttpStatusCode.NoContent);
        var id = (await GetAsync(server, "/admin/lockouts?identifier=ada@example.org")).Body.EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetString();
        (await server.SendAsync("DELETE", $"/admin/lockouts/{id}", admin: true)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await server.SendAsync("DELETE", $"/admin/lockouts/{id}", admin: true)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(server, """{"address":"2001:db8::/64"}""")).ShouldBe(HttpStatusCode.NoContent);
        (await GetAsync(server, "/admin/lockouts")).Body.GetArrayLength().ShouldBe(0);
        (await bench.EventsAsync()).Count(e => e.Type == "lockout.released").ShouldBe(3);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Pages_show_every_lockout_once_and_how_many_there_are(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await using var server = await ServeAsync(bench);
        for (var i = 0; i < 5; i++)
        {
            await bench.FailAsync(Most, ThrottleSubject.Identifier($"user-{i}"));
            if (i % 2 == 0) bench.Time.Advance(TimeSpan.FromSeconds(1));
        }
        var seen = new List<(DateTimeOffset Until, string? Id)>();
        var path = "/admin/lockouts?page_size=2";
        for (var pages = 0; path is not null; pages++)
        {
            pages.ShouldBeLessThan(4);
            var (_, body, response) = await GetAsync(server, path);
            response.Headers.GetValues("X-Total-Count").ShouldBe(["5"]);
            seen.AddRange(body.EnumerateArray().Select(l => (l.GetProperty("locked_until").GetDateTimeOffset(), l.GetProperty("id").GetString())));
            path = response.Headers.TryGetValues("Link", out var links) ? links.Single().Split('>')[0][1..] : null;
        }
        seen.Count.ShouldBe(5);
        seen.ShouldBeUnique();
        seen.Select(s => s.Until).ShouldBe(seen.Select(s => s.Until).OrderDescending());
        bench.Time.Advance(LockTime);
        (await GetAsync(server, "/admin/lockouts")).Body.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_lock_survives_a_new_secret_long_enough_to_be_released()
    {
        await using var bench = await OpenAsync("sqlite");
        await bench.FailAsync(Most, Ada);
        var settings = bench.Config.Current;
        bench.Config.Replace(settings with { Secrets = settings.Secrets with { Default = [new("a new secret in front"), .. settings.Secrets.Default] } });
        (await bench.Lockouts.ReleaseAsync(bench.Nid, new LockoutFilter(bench.Lockouts.IdsOf(bench.Nid, Ada)), "admin", CancellationToken.None)).ShouldBe(1);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"identifier":7}""")]
    [InlineData("""{"identifier":"ada","address":"203.0.113.7"}""")]
    [InlineData("""{"address":"nowhere"}""")]
    [InlineData("""{"identity_id":"ada"}""")]
    public async Task A_body_that_names_nothing_is_refused(string body)
    {
        await using var bench = await OpenAsync("sqlite");
        await using var server = await ServeAsync(bench);
        (await PostAsync(server, body)).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("page_size=0")]
    [InlineData("page_size=many")]
    [InlineData("page_token=abc")]
    [InlineData("identity_id=ada")]
    public async Task A_query_that_makes_no_sense_is_refused(string query)
    {
        await using var bench = await OpenAsync("sqlite");
        await using var server = await ServeAsync(bench);
        (await GetAsync(server, $"/admin/lockouts?{query}")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Who_is_blocked_is_told_when_to_come_back_and_nothing_else()
    {
        await using var bench = await OpenAsync("sqlite");
        await using var server = await ServeAsync(bench, r => r.MapPost("/try", async (string who) => (await bench.AskAsync(ThrottleSubject.Identifier(who))) switch
        {
            ThrottleVerdict.Blocked blocked => blocked.ToApiError(),
            _ => Microsoft.AspNetCore.Http.Results.NoContent(),
        }));
        await bench.FailAsync(Most, ThrottleSubject.Identifier("nobody"));
        var answer = await server.SendAsync("POST", "/try?who=nobody");
        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta.ShouldBe(LockTime);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(ThrottleVerdict.Blocked.ErrorId);
    }

    private static Task<TestServer> ServeAsync(ThrottleBench bench, Action<IEndpointRouteBuilder>? map = null) => TestServer.StartAsync(map: map, change: o => o with
    {
        MapAdmin = r => r.MapAdminLockouts(),
        Services = s =>
        {
            o.Services?.Invoke(s);
            s.AddSingleton(bench.Lockouts).AddSingleton(new Tenant(bench.Nid)).AddSingleton(new Ciphers(new SecretKeys(bench.Config)));
        },
    });

    private static async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> GetAsync(TestServer server, string path)
    {
        var response = await server.SendAsync("GET", path, admin: true);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()), response);
    }

    private static async Task<HttpStatusCode> PostAsync(TestServer server, string body) =>
        (await server.SendAsync("POST", "/admin/lockouts/unlock", admin: true, new StringContent(body, Encoding.UTF8, "application/json"))).StatusCode;
}
