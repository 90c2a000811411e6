using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>Clients that hold connections open and send next to nothing do not keep the others waiting, and are shown out.</summary>
public sealed class SlowClientTests
{
    private const int Each = 25;

    [Fact]
    public async Task Fifty_slow_connections_keep_nobody_waiting()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < Each; i++)
            {
                slow.Add(await BeginAsync(server, "POST /admin/identities HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
                slow.Add(await BeginAsync(server, "POST /admin/identities HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"traits\":"));
            }
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < 50; i++) await server.CreateAsync($$"""{"traits":{"email":"e{{i}}@example.org"} }""");
            clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var answers = await Task.WhenAll(slow.Select(s => LastWordsAsync(s, limit.Token)));
            answers.ShouldAllBe(a => a.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
        (await server.AdminAsync("GET", "/health/ready")).Status.ShouldBe(HttpStatusCode.OK);
        (await server.AdminAsync("GET", "/admin/identities?page_size=500")).Body.Split("\"schema_id\"").Length.ShouldBe(51);
    }

    private static async Task<TcpClient> BeginAsync(RunningServer server, string beginning)
    {
        var client = await server.ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning));
        return client;
    }

    private static async Task<string> LastWordsAsync(TcpClient client, CancellationToken ct)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync(ct);
    }
}
