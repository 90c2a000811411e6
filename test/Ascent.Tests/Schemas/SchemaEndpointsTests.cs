using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ascent.Http.Routing;
using Ascent.Schemas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Schemas;

public sealed partial class SchemaEndpointsTests
{
    [Theory]
    [InlineData("/schemas/employee", 200)]
    [InlineData("/schemas/ZW1wbG95ZWU", 200)]
    [InlineData("/admin/schemas/employee", 200)]
    [InlineData("/schemas/ZW1wbG95ZWU=", 404)]
    [InlineData("/schemas/bm9ib2R5", 404)]
    [InlineData("/schemas/Employee", 404)]
    public async Task A_schema_is_served_by_its_id(string path, int status)
    {
        var (answer, body) = await GetAsync(path, "");
        answer.StatusCode.ShouldBe(status);
        if (status == 200) body.ShouldBe(Text("employee") + "\n");
        else JsonElement.Parse(body).GetProperty("error").GetProperty("code").GetInt32().ShouldBe(404);
    }

    [Theory]
    [InlineData("", "default employee", "first:0:2")]
    [InlineData("?page_size=1", "default", "next:1:1 last:1:1")]
    [InlineData("?page=0&per_page=1", "default", "next:1:1 last:1:1")]
    [InlineData("?page=1&per_page=1", "employee", "first:0:1 prev:0:1")]
    [InlineData("?page=7&per_page=1", "", "first:0:1 prev:0:1")]
    [InlineData("?page_size=2", "default employee", "first:0:2")]
    [InlineData("?page_size=0", "default", "next:1:1 last:1:1")]
    [InlineData("?page_size=x", "default employee", "first:0:2")]
    [InlineData("?page=2147483647&page_size=1", "", "first:0:1 prev:0:1")]
    public async Task The_list_comes_in_pages_with_links_between_them(string query, string ids, string links)
    {
        var (answer, body) = await GetAsync("/schemas", query);
        answer.StatusCode.ShouldBe(200);
        answer.Headers["X-Total-Count"].ToString().ShouldBe("2");
        string.Join(' ', JsonElement.Parse(body).EnumerateArray().Select(s => s.GetProperty("id").GetString())).ShouldBe(ids);
        string.Join(' ', Link().Matches(answer.Headers.Link.ToString()).Select(m => $"{m.Groups["rel"]}:{m.Groups["page"]}:{m.Groups["size"]}")).ShouldBe(links);
    }

    [Fact]
    public async Task A_link_s_token_alone_names_its_page_and_a_foreign_one_none()
    {
        var (first, _) = await GetAsync("/schemas", "?page_size=1");
        var token = Link().Match(first.Headers.Link.ToString()).Groups["token"].Value;
        var (_, body) = await GetAsync("/schemas", $"?page_size=1&page_token={token}");
        JsonElement.Parse(body)[0].GetProperty("id").GetString().ShouldBe("employee");
        (await GetAsync("/schemas", "?page_token=nonsense")).Answer.StatusCode.ShouldBe(400);
    }

    private static async Task<(HttpResponse Answer, string Body)> GetAsync(string path, string query)
    {
        SchemaSource[] sources = [Source("default"), Source("employee")];
        var (registry, _) = await SchemaRegistry.LoadAsync(sources, "default", new SchemaLoadOptions { WorkingDirectory = "/", Fetch = (_, _) => throw new HttpRequestException() }, TestContext.Current.CancellationToken);
        await using var services = new ServiceCollection().AddSingleton(new SchemaStore(registry!)).BuildServiceProvider();
        var route = RouteCollector.Collect(services, "", SchemaEndpoints.MapSchemas).Find(path, "GET", out var values, out _).ShouldNotBeNull();
        using var body = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = services };
        http.Request.RouteValues = values ?? [];
        http.Request.QueryString = new QueryString(query);
        http.Response.Body = body;
        await route.Run(http);
        await http.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return (http.Response, Encoding.UTF8.GetString(body.ToArray()));
    }

    private static SchemaSource Source(string id) => new(id, $"base64://{Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(id)))}");

    private static string Text(string id) => """{"title":"@","properties":{"traits":{"type":"object","properties":{"ü":{"maxLength":3.0}}}}}""".Replace("@", id, StringComparison.Ordinal);

    [GeneratedRegex("</schemas\\?page=(?<page>\\d+)&page_size=(?<size>\\d+)&page_token=(?<token>[^&]{16,})&per_page=\\d+>; rel=\"(?<rel>\\w+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
