using System.Net;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class RedirectTests
{
    [Fact]
    public async Task A_get_is_sent_on_with_a_link_and_a_post_without()
    {
        await using var server = await TestServer.StartAsync(map: r => r.MapMethods("/go", ["GET", "POST"], (RequestDelegate)new RedirectResult("https://app.example.org/?a=1&b=2").ExecuteAsync));
        using var get = await server.SendAsync("GET", "/go");
        get.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        get.Headers.Location!.OriginalString.ShouldBe("https://app.example.org/?a=1&b=2");
        get.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        (await get.Content.ReadAsStringAsync()).ShouldBe("<a href=\"https://app.example.org/?a=1&amp;b=2\">See Other</a>.\n\n");
        using var post = await server.SendAsync("POST", "/go");
        post.Content.Headers.ContentLength.ShouldBe(0);
        post.Content.Headers.ContentType.ShouldBeNull();
    }

    [Fact]
    public async Task An_address_cannot_end_the_header_or_leave_the_link()
    {
        await using var server = await TestServer.StartAsync(map: r => r.MapGet("/go", (RequestDelegate)new RedirectResult("https://x.example/ü \"><script>\r\nSet-Cookie: a=b", 302).ExecuteAsync));
        var answer = await server.RawAsync("GET /go HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        answer.ShouldContain("\r\nLocation: https://x.example/%C3%BC%20\"><script>Set-Cookie:%20a=b\r\n");
        answer.ShouldNotContain("\r\nSet-Cookie");
        answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].ShouldNotContain("<script>");
    }
}
