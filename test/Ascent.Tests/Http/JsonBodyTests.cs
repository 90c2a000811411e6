using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class JsonBodyTests
{
    private static Task<TestServer> StartAsync() => TestServer.StartAsync(map: r => r.MapPost("/echo", (RequestDelegate)(async http =>
        await new JsonResult<JsonElement>(await JsonBody.ReadAsync(http), static (w, e) => e.WriteTo(w)).ExecuteAsync(http))));

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(TestServer server, byte[] body)
    {
        using var answer = await server.SendAsync("POST", "/echo", content: new ByteArrayContent(body));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"a":1,"b":[true,null,"x"],"c":{"a":"y"}}""")]
    [InlineData("""{"a":"\ud83e\udd8a \u00e9 \\u0000 \\ud800"}""")]
    [InlineData("7")]
    public async Task Good_json_comes_through(string json)
    {
        await using var server = await StartAsync();
        var (status, text) = await PostAsync(server, Encoding.UTF8.GetBytes(json));
        status.ShouldBe(HttpStatusCode.OK);
        JsonElement.DeepEquals(JsonDocument.Parse(text).RootElement, JsonDocument.Parse(json).RootElement).ShouldBeTrue();
    }

    [Theory]
    [InlineData("", "no body")]
    [InlineData("{\"a\":", "ends too early")]
    [InlineData("{\"a\":\"x", "ends too early")]
    [InlineData("  ", "ends too early")]
    [InlineData("{a:1}", "not valid JSON (line 1, byte 2)")]
    [InlineData("{} x", "not valid JSON")]
    [InlineData("{\n\"a\": 01}", "not valid JSON (line 2")]
    [InlineData("""{"a":{"b":1,"b":2}}""", "/a/b is given twice")]
    [InlineData("""{"a":1,"\u0061":2}""", "/a is given twice")]
    [InlineData("""{"traits":{"list":["ok",{"x/y":"a\u0000b"}]}}""", "/traits/list/1/x~1y holds the character U+0000")]
    [InlineData("""["ok","\ud800"]""", "/1 holds half of a surrogate pair")]
    [InlineData("""{"a":"\udc00\ud800"}""", "/a holds half of a surrogate pair")]
    [InlineData("""{"a":"\ud83e\u0041"}""", "/a holds half of a surrogate pair")]
    [InlineData("""{"a":{"\u0000":1}}""", "name inside /a holds the character U+0000")]
    public async Task Bad_json_is_refused_and_the_place_is_named(string json, string says)
    {
        await using var server = await StartAsync();
        var (status, text) = await PostAsync(server, Encoding.UTF8.GetBytes(json));
        status.ShouldBe(HttpStatusCode.BadRequest, text);
        JsonDocument.Parse(text).RootElement.GetProperty("error").GetProperty("reason").GetString()!.ShouldContain(says);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_and_depths_without_end_are_refused()
    {
        await using var server = await StartAsync();
        (await PostAsync(server, [(byte)'"', 0xff, 0xfe, (byte)'"'])).Text.ShouldContain("not valid UTF-8");
        (await PostAsync(server, [(byte)'"', 0xed, 0xa0, 0x80, (byte)'"'])).Text.ShouldContain("not valid UTF-8");
        (await PostAsync(server, Encoding.ASCII.GetBytes(new string('[', 64) + new string(']', 64)))).Status.ShouldBe(HttpStatusCode.OK);
        foreach (var depth in (int[])[65, 20_000])
        {
            var (status, text) = await PostAsync(server, Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth)));
            status.ShouldBe(HttpStatusCode.BadRequest);
            text.ShouldContain("deeper than 64 levels");
        }
    }

    [Fact]
    public async Task Five_megabytes_are_read_and_one_byte_more_is_refused()
    {
        await using var server = await StartAsync();
        byte[] Text(int length) => Encoding.ASCII.GetBytes("\"" + new string('x', length - 2) + "\"");
        (await PostAsync(server, Text(JsonBody.DefaultLimit))).Status.ShouldBe(HttpStatusCode.OK);
        var (status, text) = await PostAsync(server, Text(JsonBody.DefaultLimit + 1));
        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("too large");
        // Nor by pieces, where nothing says beforehand how much will come.
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new ByteArrayContent(Text(JsonBody.DefaultLimit + 1)) };
        chunked.Headers.TransferEncodingChunked = true;
        using var answer = await server.Public.SendAsync(chunked);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_huge_body_is_refused_before_it_is_sent()
    {
        await using var server = await StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", server.Web.PublicAddress!.Port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n{"));
        var buffer = new byte[1024];
        var read = await tcp.GetStream().ReadAsync(buffer);
        Encoding.ASCII.GetString(buffer, 0, read).ShouldStartWith("HTTP/1.1 400 ");
    }

    [Fact]
    public async Task An_answer_is_one_piece_with_length_and_newline()
    {
        await using var server = await StartAsync();
        using var answer = await server.SendAsync("POST", "/echo", content: new StringContent("""{"a":"<b> & é 🦊"}"""));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        answer.Content.Headers.ContentLength.ShouldBe(bytes.Length);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        bytes[^1].ShouldBe((byte)'\n');
        Encoding.UTF8.GetString(bytes).ShouldContain("""\u003Cb\u003E \u0026 é""");
    }
}
