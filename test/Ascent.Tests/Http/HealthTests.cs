using System.Net;
using Ascent.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class HealthTests
{
    private sealed class Probe(string name, Func<CancellationToken, ValueTask<string?>> check) : IReadinessProbe
    {
        public string Name { get; } = name;
        public ValueTask<string?> CheckAsync(CancellationToken ct) => check(ct);
    }

    private static Task<TestServer> StartAsync(params Probe[] probes) => TestServer.StartAsync(change: o => o with
    {
        Services = s =>
        {
            o.Services!(s);
            foreach (var probe in probes) s.AddSingleton<IReadinessProbe>(probe);
        },
    });

    [Fact]
    public async Task Both_doors_say_that_they_live_and_can_serve()
    {
        await using var server = await StartAsync(new Probe("database", _ => ValueTask.FromResult<string?>(null)));
        foreach (var (path, admin) in ((string, bool)[])[("/health/alive", false), ("/health/ready", false), ("/health/alive", true), ("/admin/health/ready", true)])
        {
            using var answer = await server.SendAsync("GET", path, admin);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            (await answer.Content.ReadAsStringAsync()).ShouldBe("{\"status\":\"ok\"}\n");
            answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
            answer.Headers.CacheControl!.ToString().ShouldContain("no-store");
            answer.Headers.Vary.ShouldBeEmpty();
        }
        using var head = await server.SendAsync("HEAD", "/health/alive");
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Headers.CacheControl.ShouldBeNull();
        head.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        (await head.Content.ReadAsStringAsync()).ShouldBe("");
    }

    [Fact]
    public async Task What_is_missing_makes_it_unready_but_not_dead()
    {
        await using var server = await StartAsync(
            new Probe("database", _ => ValueTask.FromResult<string?>("no connection")),
            new Probe("migrations", _ => throw new InvalidOperationException("secret")),
            new Probe("mail", _ => ValueTask.FromResult<string?>(null)));
        using var answer = await server.SendAsync("GET", "/health/ready");
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"errors":{"database":"no connection","migrations":"not reachable"}}""" + "\n");
        (await server.Public.GetAsync("/health/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Version_and_revision_are_the_administrators()
    {
        await using var server = await StartAsync();
        (await server.Admin.GetStringAsync("/version")).ShouldBe($"{{\"version\":\"{HealthEndpoints.Version}\"}}\n");
        (await server.Admin.GetStringAsync("/admin/health/config")).ShouldBe(new string('a', 64));
        server.Config.Replace(TestServer.Settings() with { Revision = "r2" });
        using var answer = await server.Admin.GetAsync("/health/config");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("r2");
    }
}
