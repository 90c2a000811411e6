using System.Net;
using System.Net.Sockets;
using System.Text;
using Ascent.Http;
using Ascent.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Http;

/// <summary>What bodies take together while they come in is bounded, and none comes in for ever.</summary>
public sealed class BodyBudgetTests
{
    [Fact]
    public async Task Beyond_the_budget_large_bodies_are_put_off_and_small_ones_are_read()
    {
        var (server, budget) = await StartAsync();
        await using var ends = server;
        var slow = new List<TcpClient>();
        try
        {
            // Six of almost five megabytes; the budget has no room for a seventh.
            var piece = new byte[JsonBody.DefaultLimit - 1024];
            for (var i = 0; i < 6; i++) slow.Add(await BeginAsync(server, $"Content-Length: {JsonBody.DefaultLimit}", piece));
            await Poll.UntilAsync("the budget is used up", TimeSpan.FromSeconds(30), () => Task.FromResult(budget.Held == 6L * piece.Length));
            using var large = await PostAsync(server, piece.Length);
            large.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            large.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
            (await large.Content.ReadAsStringAsync()).ShouldContain("security_too_many_bodies");
            using var small = await PostAsync(server, BodyBudget.Small - 2);
            small.StatusCode.ShouldBe(HttpStatusCode.OK);
            budget.Held.ShouldBeLessThanOrEqualTo(BodyBudget.Most);
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
        await Poll.UntilAsync("all is given back", TimeSpan.FromSeconds(30), () => Task.FromResult(budget.Held == 0));
        using var then = await PostAsync(server, 1024 * 1024);
        then.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Poll.UntilAsync("that, too", TimeSpan.FromSeconds(30), () => Task.FromResult(budget.Held == 0));
    }

    [Fact]
    public async Task A_body_that_is_not_there_in_time_is_not_waited_for()
    {
        var time = new ManualTime();
        var (server, budget) = await StartAsync(time);
        await using var ends = server;
        using var client = await BeginAsync(server, "Transfer-Encoding: chunked", Encoding.ASCII.GetBytes($"3000\r\n{new string('x', 0x3000)}\r\n"));
        await Poll.UntilAsync("the piece is there", TimeSpan.FromSeconds(30), () => Task.FromResult(budget.Held > 0));
        time.Advance(BodyBudget.Deadline + TimeSpan.FromSeconds(1));
        await ShouldEndAsync(client);
    }

    [Fact]
    public async Task A_body_that_says_it_is_large_has_to_come_fast()
    {
        var (server, _) = await StartAsync();
        await using var ends = server;
        // Ten kilobytes in five seconds would do for a small one.
        using var client = await BeginAsync(server, $"Content-Length: {JsonBody.DefaultLimit}", new byte[10 * 1024]);
        await ShouldEndAsync(client);
    }

    private static async Task ShouldEndAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[512];
        var read = await client.GetStream().ReadAsync(buffer, limit.Token);
        Encoding.ASCII.GetString(buffer, 0, read).ShouldStartWith("HTTP/1.1 408 ");
    }

    private static async Task<(TestServer Server, BodyBudget Budget)> StartAsync(TimeProvider? time = null)
    {
        BodyBudget? budget = null;
        var server = await TestServer.StartAsync(
            map: r =>
            {
                r.MapPost("/echo", (RequestDelegate)(async http => await JsonBody.ReadAsync(http)));
                r.MapGet("/budget", (RequestDelegate)(http =>
                {
                    budget = Listener.Of(http)!.Bodies;
                    return Task.CompletedTask;
                }));
            },
            change: o => time is null ? o : o with { Time = time });
        (await server.SendAsync("GET", "/budget")).Dispose();
        return (server, budget!);
    }

    private static async Task<TcpClient> BeginAsync(TestServer server, string header, byte[] beginning)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Web.PublicAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{header}\r\n\r\n"));
        await client.GetStream().WriteAsync(beginning);
        return client;
    }

    private static Task<HttpResponseMessage> PostAsync(TestServer server, int length) =>
        server.SendAsync("POST", "/echo", content: new StringContent($"\"{new string('x', length)}\"", Encoding.UTF8, "application/json"));
}
