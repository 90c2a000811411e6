using System.Collections.Concurrent;
using System.Text;
using Ascent.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Http;

/// <summary>Alone: what listens to spans hears those of every server in the process.</summary>
[Collection(nameof(OtlpTests))]
[CollectionDefinition(nameof(OtlpTests), DisableParallelization = true)]
public sealed class OtlpTests
{
    [Fact]
    public async Task Spans_and_figures_arrive_where_the_configuration_says()
    {
        var got = new ConcurrentQueue<(string Path, string? Authorization, string Body)>();
        await using var receiver = await ReceiverAsync(got);
        var address = receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var config = TestServer.Settings() with
        {
            Tracing = new TracingConfig
            {
                Provider = TracingProvider.Otel,
                ServiceName = "ascent-under-test",
                Providers = new TracingProviders { Otlp = new OtlpConfig { ServerUrl = address["http://".Length..], Insecure = true, AuthorizationHeader = new Secret("Bearer collector") } },
            },
        };
        var server = await TestServer.StartAsync(config, ErrorTests.MapBoom);
        // Raw, since the client's own span would show its URL.
        await server.RawAsync("GET /schemas/secret-id?token=secret-token HTTP/1.1\r\nHost: x\r\nConnection: close\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
        await server.RawAsync("GET /boom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        (await server.RequestsAsync(2))[0].Fields["trace_id"].ShouldBe("0af7651916cd43dd8448eb211c80319c");
        await server.DisposeAsync();

        var traces = string.Concat(got.Where(g => g.Path == "/v1/traces").Select(g => g.Body));
        traces.ShouldContain("ascent-under-test");
        traces.ShouldContain("GET /schemas/{id}");
        traces.ShouldContain("http.route");
        traces.ShouldContain("GET /boom");
        traces.ShouldContain(Encoding.Latin1.GetString(Convert.FromHexString("0af7651916cd43dd8448eb211c80319c")));
        traces.ShouldNotContain("secret");
        var figures = string.Concat(got.Where(g => g.Path == "/v1/metrics").Select(g => g.Body));
        figures.ShouldContain("http.server.request.duration");
        figures.ShouldContain("/schemas/{id}");
        figures.ShouldNotContain("secret");
        got.ShouldAllBe(g => g.Authorization == "Bearer collector");
    }

    [Fact]
    public async Task Without_a_receiver_no_span_is_made()
    {
        await using var server = await TestServer.StartAsync(map: r => r.MapGet("/span", () => System.Diagnostics.Activity.Current is null ? "none" : "some"));
        (await server.Public.GetStringAsync("/span")).ShouldBe("none");
    }

    private static async Task<WebApplication> ReceiverAsync(ConcurrentQueue<(string, string?, string)> got)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            got.Enqueue((http.Request.Path, http.Request.Headers.Authorization, Encoding.Latin1.GetString(body.ToArray())));
            http.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return app;
    }
}
