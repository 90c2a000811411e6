using System.Net;
using System.Text.Json;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class ErrorTests
{
    internal static void MapBoom(IEndpointRouteBuilder r)
    {
        r.MapGet("/boom", void () => throw new InvalidOperationException("secret-in-message"));
        r.MapGet("/parse", void () => throw new ApiException(ApiError.BadRequest("The field /x must be a string.")));
        r.MapGet("/busy", void () => throw new BusyException());
        r.MapGet("/conflict", ApiError () => ApiError.Conflict("Taken.", "taken") with { Details = new() { ["hint"] = "a<b&c" }, TopLevel = new() { ["redirect_browser_to"] = "https://x.example/?a=1&b=2" } });
        r.MapGet("/odd-status", ApiError () => ApiError.BadRequest() with { HttpStatus = 403 });
        r.MapGet("/typed", (int number) => number);
        r.MapGet("/half", async (HttpContext http) =>
        {
            await http.Response.WriteAsync("half");
            await http.Response.Body.FlushAsync();
            throw new InvalidOperationException();
        });
    }

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage answer)
    {
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldEndWith("}\n");
        return JsonDocument.Parse(text).RootElement.GetProperty("error");
    }

    [Fact]
    public async Task An_error_has_the_shape_of_the_contract()
    {
        await using var server = await TestServer.StartAsync(map: MapBoom);
        using var answer = await server.SendAsync("GET", "/conflict", false, null, ("X-Request-Id", "request-17"));
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        answer.Headers.GetValues("Ory-Error-Id").ShouldBe(["taken"]);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldContain("a\\u003Cb\\u0026c");
        var error = await ErrorAsync(answer);
        error.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "code", "status", "request", "reason", "details", "message"]);
        error.GetProperty("code").GetInt32().ShouldBe(409);
        error.GetProperty("status").GetString().ShouldBe("Conflict");
        error.GetProperty("request").GetString().ShouldBe("request-17");
        JsonDocument.Parse(text).RootElement.GetProperty("redirect_browser_to").GetString().ShouldBe("https://x.example/?a=1&b=2");
    }

    [Theory]
    [InlineData("has blank")]
    [InlineData("<script>")]
    [InlineData("")]
    public async Task A_request_id_that_could_do_harm_is_not_echoed(string id)
    {
        await using var server = await TestServer.StartAsync(map: MapBoom);
        foreach (var sent in (string[])[id, new string('a', 129)])
        {
            using var answer = await server.SendAsync("GET", "/parse", false, null, ("X-Request-Id", sent));
            (await ErrorAsync(answer)).TryGetProperty("request", out _).ShouldBeFalse();
        }
        using var without = await server.SendAsync("GET", "/parse");
        without.Headers.GetValues("Ory-Error-Id").ShouldBe([""]);
        (await ErrorAsync(without)).TryGetProperty("request", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Expected_exceptions_carry_their_own_answer()
    {
        await using var server = await TestServer.StartAsync(map: MapBoom);
        using var parse = await server.SendAsync("GET", "/parse");
        (await ErrorAsync(parse)).GetProperty("reason").GetString().ShouldBe("The field /x must be a string.");
        using var busy = await server.SendAsync("GET", "/busy");
        busy.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        busy.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(2));
        using var odd = await server.SendAsync("GET", "/odd-status");
        odd.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ErrorAsync(odd)).GetProperty("code").GetInt32().ShouldBe(400);
        using var typed = await server.SendAsync("GET", "/typed?number=x");
        typed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ErrorAsync(typed)).GetProperty("code").GetInt32().ShouldBe(400);
        server.Log.Entries.ShouldNotContain(e => e.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task An_unforeseen_exception_tells_the_log_everything_and_the_client_nothing()
    {
        await using var server = await TestServer.StartAsync(map: MapBoom);
        using var answer = await server.SendAsync("GET", "/boom");
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldNotContain("secret");
        text.ShouldNotContain("InvalidOperation");
        (await ErrorAsync(answer)).TryGetProperty("debug", out _).ShouldBeFalse();
        server.Log.Entries.ShouldContain(e => e.Level == LogLevel.Error && e.Exception is InvalidOperationException);

        await using var dev = await TestServer.StartAsync(TestServer.Settings(dev: true), MapBoom);
        using var more = await dev.SendAsync("GET", "/boom");
        var shown = await more.Content.ReadAsStringAsync();
        shown.ShouldContain("InvalidOperationException");
        shown.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Half_an_answer_ends_with_the_connection()
    {
        await using var server = await TestServer.StartAsync(map: MapBoom);
        await Should.ThrowAsync<HttpRequestException>(async () => await (await server.SendAsync("GET", "/half")).Content.ReadAsStringAsync());
        using var next = await server.SendAsync("GET", "/schemas");
        next.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void The_inner_object_can_be_had_alone()
    {
        var json = (ApiError.Gone("Over.", "self_service_flow_expired") with { Details = new() { ["a"] = 1 } }).ToJson("r");
        json.ToJsonString().ShouldBe("""{"id":"self_service_flow_expired","code":410,"status":"Gone","request":"r","reason":"Over.","details":{"a":1},"message":"The resource is no longer available"}""");
    }

    private sealed class BusyException : Exception, IHasApiError
    {
        public ApiError ToApiError() => ApiError.TooManyRequests(TimeSpan.FromSeconds(1.2));
    }
}
