using Ascent.Http;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData(null, null, false, false)]
    [InlineData("*/*", null, false, false)]
    [InlineData("text/html", null, false, false)]
    [InlineData("application/json", null, true, true)]
    [InlineData("application/json, text/plain, */*", null, true, true)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", null, false, false)]
    [InlineData("text/html;q=0.5, application/json", null, true, true)]
    [InlineData("application/json;q=0.5, text/html", null, false, false)]
    [InlineData("application/json, text/html", null, false, false)]
    [InlineData("application/*", null, true, true)]
    [InlineData("application/*, text/*", null, false, false)]
    [InlineData("application/json, text/*", null, true, true)]
    [InlineData("application/json;q=0", null, false, false)]
    [InlineData("application/json;charset=utf-8", null, true, true)]
    [InlineData("application/json;q=0.9, */*;q=0.8", null, true, true)]
    [InlineData("application/json;q=0.8, */*;q=0.9", null, false, false)]
    [InlineData("application/json;q=x, text/html;q=0.1", null, false, false)]
    [InlineData("image/png", null, false, false)]
    [InlineData("*/*", "application/json", true, false)]
    [InlineData("text/html", "application/json", true, false)]
    [InlineData("*/*", "application/json; charset=utf-8", false, false)]
    [InlineData("*/*", "application/x-www-form-urlencoded", false, false)]
    [InlineData("application/json", "application/x-www-form-urlencoded", true, true)]
    public void Page_or_data(string? accept, string? contentType, bool isJson, bool prefersJson)
    {
        var http = new DefaultHttpContext();
        if (accept is not null) http.Request.Headers.Accept = accept;
        if (contentType is not null) http.Request.Headers.ContentType = contentType;
        Negotiation.IsJsonRequest(http).ShouldBe(isJson);
        Negotiation.PrefersJson(http).ShouldBe(prefersJson);
    }

    [Fact]
    public void Several_accept_headers_are_one_list()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Accept = new(["text/html;q=0.4", "application/json;q=0.6"]);
        Negotiation.PrefersJson(http).ShouldBeTrue();
    }
}
