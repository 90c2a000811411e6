using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ascent.Http;
using Ascent.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class LimitsTests
{
    [Fact]
    public async Task Slow_callers_do_not_keep_others_waiting()
    {
        await using var server = await TestServer.StartAsync(map: r => r.MapPost("/echo", (RequestDelegate)(async http => await JsonBody.ReadAsync(http))));
        var slow = new List<TcpClient>();
        for (var i = 0; i < 100; i++)
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync("127.0.0.1", server.Web.PublicAddress!.Port);
            // Half of them stop within the headers, half within the body.
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(i % 2 == 0 ? "GET /schemas HTTP/1.1\r\nHost: x\r\nX-" : "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"a\""));
            slow.Add(tcp);
        }
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 50; i++)
            (await server.SendAsync("GET", "/schemas")).StatusCode.ShouldBe(HttpStatusCode.OK);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        // A body that never comes ends with an answer, or at least with the connection.
        var buffer = new byte[512];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var read = await slow[1].GetStream().ReadAsync(buffer, patience.Token);
        if (read > 0) Encoding.ASCII.GetString(buffer, 0, read).ShouldStartWith("HTTP/1.1 408 ");
        foreach (var tcp in slow) tcp.Dispose();
    }

    [Fact]
    public async Task A_request_under_way_is_finished_before_the_server_ends()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var server = await TestServer.StartAsync(map: r => r.MapGet("/long", async () =>
        {
            entered.SetResult();
            await release.Task;
            return "done";
        }));
        var answer = server.Public.GetStringAsync("/long");
        await entered.Task;
        var stop = server.Web.StopAsync(CancellationToken.None);
        stop.IsCompleted.ShouldBeFalse();
        release.SetResult();
        (await answer).ShouldBe("done");
        await stop;
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_left_is_a_499_and_no_error()
    {
        var entered = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(map: r => r.MapGet("/wait", async (CancellationToken ct) =>
        {
            entered.SetResult();
            await Poll.NeverAsync(ct);
        }));
        using var cancel = new CancellationTokenSource();
        var call = server.Public.GetAsync("/wait", cancel.Token);
        await entered.Task;
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
        (await server.RequestsAsync(1)).Single().Fields["status"].ShouldBe(499);
        server.Log.Entries.ShouldNotContain(e => e.Exception != null);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "400")]
    [InlineData("GARBAGE\r\n\r\n", "400")]
    [InlineData("GET /schemas HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n", "400")]
    [InlineData("GET /schemas/%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "404")]
    [InlineData("GET http://other.example/schemas HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n", "200")]
    public async Task Malformed_requests_end_cleanly(string request, string status)
    {
        await using var server = await TestServer.StartAsync();
        (await server.RawAsync(request))[9..12].ShouldBe(status);
    }

    [Fact]
    public async Task Too_long_headers_are_refused()
    {
        await using var server = await TestServer.StartAsync();
        (await server.RawAsync($"GET /schemas HTTP/1.1\r\nHost: x\r\nX-Long: {new string('a', 70_000)}\r\n\r\n"))[9..12].ShouldBe("431");
        (await server.RawAsync($"GET /{new string('a', 33_000)} HTTP/1.1\r\nHost: x\r\n\r\n"))[9..12].ShouldBe("414");
    }
}
