using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Ascent.Http;
using Ascent.Http.Telemetry;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>
/// A body takes time in proportion to its size, whatever is in it: every route of the public listener is fed the largest one in many shapes, and
/// beside it a plain one of the same size in the same run. The ratio has room for noise; what grows with the square is far beyond it.
/// </summary>
[Collection(nameof(LargeBodyTests))]
[CollectionDefinition(nameof(LargeBodyTests), DisableParallelization = true)]
public sealed class LargeBodyTests
{
    private const int Size = FlowBody.Limit, Rounds = 5;
    private const double MostRatio = 40;

    public static TheoryData<string> Flows => ["login", "registration", "settings", "recovery", "verification"];

    /// <summary>Name, content type, body.</summary>
    private static readonly (string Name, string Type, byte[] Body)[] Shapes =
    [
        Json("many names with dots", Filled("{", i => $"\"a.b{i}\":1,", "\"z\":1}")),
        Json("as many names with dots as may be", Padded(Names(i => $"\"traits.b{i}\""))),
        Json("as many names with many dots as may be", Padded(Names(i => $"\"traits{string.Concat(Enumerable.Repeat(".a", 28))}.b{i}\""))),
        Json("many names", Filled("{", i => $"\"b{i}\":1,", "\"z\":1}")),
        Json("many names among the traits", Filled("{\"method\":\"password\",\"traits\":{", i => $"\"b{i}\":1,", "\"z\":1}}")),
        Json("as many traits as may be", Padded($"{{\"method\":\"password\",\"traits\":{Names(i => $"\"b{i}\"", 400)}}}")),
        Json("the same name again and again", Filled("{", _ => "\"a\":1,", "\"z\":1}")),
        Json("a long array", Filled("{\"method\":\"password\",\"traits\":{\"email\":[", _ => "0,", "0]}}")),
        Json("an array of arrays", Filled("{\"method\":\"password\",\"traits\":{\"email\":[", _ => "[],", "0]}}")),
        Json("an array of objects", Filled("{\"traits\":[", _ => "{\"a\":1},", "0]}")),
        Json("nested too deeply", Encoding.ASCII.GetBytes(new string('[', Size))),
        Json("nested objects", Filled("", _ => "{\"a\":", "")),
        Json("deep nesting, many times", Filled("{\"a\":[", _ => new string('[', 60) + new string(']', 60) + ",", "0]}")),
        Json("a long text as identifier", Padded("{\"method\":\"password\",\"password\":\"x\",\"identifier\":\"*\"}")),
        Json("a long text as password", Padded("{\"method\":\"password\",\"identifier\":\"a@example.org\",\"password\":\"*\",\"traits\":{\"email\":\"a@example.org\"}}")),
        Json("a long address", Padded("{\"method\":\"code\",\"email\":\"*@example.org\",\"identifier\":\"*\",\"traits\":{\"email\":\"a@example.org\"}}")),
        Json("escapes", Filled("{\"method\":\"password\",\"password\":\"", _ => "\\u0041", "\"}")),
        Json("escaped halves of pairs", Filled("{\"method\":\"password\",\"identifier\":\"", _ => "\\ud83d\\ude00", "\\ud83d\"}")),
        Json("marks that combine", Filled("{\"method\":\"password\",\"identifier\":\"a", _ => "\\u0301", "\",\"password\":\"x\"}")),
        Json("a huge number", Padded("{\"method\":\"password\",\"age\":1*}", with: '0')),
        Json("many huge numbers", Filled("{\"traits\":{\"age\":[", _ => "1e99999,", "0]}}")),
        Json("blanks", Padded("{\"method\":\"password\"*}", with: ' ')),
        Json("broken at the end", Filled("{\"a\":[", _ => "{\"b\":\"\\n\"},", "")),
        Form("many fields", Filled("", i => $"b{i}=1&", "z=1")),
        Form("the same field again and again", Filled("", _ => "a=1&", "z=1")),
        Form("as many fields as may be", Padded(string.Concat(Enumerable.Range(0, 500).Select(i => $"traits.b{i}=1&")) + "z=*")),
        Form("fields with many dots", Filled("", i => $"a{i}{new string('.', 200)}=1&", "z=1")),
        Form("escapes of a form", Filled("a=", _ => "%41", "")),
        Form("nothing but separators", Encoding.ASCII.GetBytes(new string('&', Size))),
        Multipart("many parts", Filled("", i => $"--b\r\nContent-Disposition: form-data; name=\"f{i}\"\r\n\r\n1\r\n", "--b--\r\n")),
        Multipart("parts without a name", Filled("", _ => "--b\r\nX: 1\r\n\r\n1\r\n", "--b--\r\n")),
        Multipart("nearly a boundary", Filled("--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n", _ => "\r\n--", "\r\n--b--\r\n")),
    ];

    [Fact]
    public async Task Every_public_route_takes_no_longer_for_any_body_than_its_size_explains()
    {
        await using var server = await RunningServer.StartAsync("sqlite", With);
        var routes = server.Services.GetRequiredService<MetricsEndpoint>().Dispatcher!.Routes.Where(r => !r.Template.StartsWith("/admin/", StringComparison.Ordinal))
            .SelectMany(r => Methods(r).Select(method => (Method: method, Path: r.Template.Replace("{id}", Guid.Empty.ToString()).Replace("{provider}", "acme")))).Distinct().ToArray();
        routes.Length.ShouldBeGreaterThan(20);
        foreach (var (method, path) in routes) await HoldAsync(server, $"{method} {path}", method, path);
    }

    /// <summary>Past everything that stops a request without a flow.</summary>
    [Theory, MemberData(nameof(Flows))]
    public async Task Every_flow_takes_no_longer_for_any_form_than_its_size_explains(string flow)
    {
        await using var server = await RunningServer.StartAsync("sqlite", With);
        await SignIn.PersonAsync(server, "ada@example.org");
        var token = flow == "settings" ? await SignIn.NativelyAsync(server, "ada@example.org") : null;
        await HoldAsync(server, flow, "POST", await SignIn.BeginAsync(server, flow, token: token), token);
    }

    [Fact]
    public async Task A_form_that_is_larger_is_told_the_limit()
    {
        await using var server = await RunningServer.StartAsync("sqlite", With);
        using var answer = await SendAsync(server, "POST", await SignIn.BeginAsync(server), ("", "application/json", new byte[Size + 1]), null);
        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("at most 131072 bytes");
    }

    private static async Task HoldAsync(RunningServer server, string what, string method, string path, string? token = null)
    {
        var plain = Json("plain", Padded("{\"method\":\"nothing\",\"note\":\"*\"}"));
        var faults = new List<string>();
        foreach (var shape in Shapes)
        {
            shape.Body.Length.ShouldBeLessThanOrEqualTo(Size, shape.Name);
            if (await RatioAsync() <= MostRatio) continue;
            // Something else may have run meanwhile; what grows with the square is as slow again.
            if (await RatioAsync() is > MostRatio and var ratio) faults.Add($"{what}, {shape.Name}: {ratio:0} times a plain body");
            async Task<double> RatioAsync()
            {
                var (odd, even) = (new List<double>(), new List<double>());
                for (var i = 0; i < Rounds; i++)
                {
                    even.Add(await TimeAsync(plain));
                    odd.Add(await TimeAsync(shape));
                    // One that is as quick as the plain one needs no further proof.
                    if (odd[^1] < 5 * even.Min()) break;
                }
                return Median(odd) / Median(even);
            }
        }
        faults.ShouldBeEmpty();

        async Task<double> TimeAsync((string, string, byte[]) shape)
        {
            var clock = Stopwatch.StartNew();
            using var answer = await SendAsync(server, method, path, shape, token);
            await answer.Content.ReadAsByteArrayAsync();
            ((int)answer.StatusCode).ShouldBeLessThan(500, what);
            return clock.Elapsed.TotalMilliseconds;
        }
    }

    private static double Median(List<double> all) => all.Order().ElementAt(all.Count / 2);

    private static string With(string config) => $$"""
        {{config.Replace("password: {", "code: { enabled: true, passwordless_enabled: true }, link: { enabled: true }, password: {", StringComparison.Ordinal)}}
          flows: { registration: { enable_legacy_one_step: true }, recovery: { enabled: true }, verification: { enabled: true }, settings: { required_aal: aal1 } }
        security: { throttle: { enabled: false }, message_limits: { enabled: false } }
        """;

    private static IEnumerable<string> Methods(Ascent.Http.Routing.Route route) => route.Endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "PUT", "DELETE"];

    private static async Task<HttpResponseMessage> SendAsync(RunningServer server, string method, string path, (string Name, string Type, byte[] Body) shape, string? token)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(shape.Body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(shape.Type);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (token is not null) request.Headers.Add("X-Session-Token", token);
        return await server.Public.SendAsync(request);
    }

    private static (string, string, byte[]) Json(string name, byte[] body) => (name, "application/json", body);

    private static (string, string, byte[]) Form(string name, byte[] body) => (name, "application/x-www-form-urlencoded", body);

    private static (string, string, byte[]) Multipart(string name, byte[] body) => (name, "multipart/form-data; boundary=b", body);

    private static string Names(Func<int, string> name, int count = 500) => $"{{{string.Join(',', Enumerable.Range(0, count).Select(i => name(i) + ":1"))},\"pad\":\"*\"}}";

    /// <summary>As many pieces as fit.</summary>
    private static byte[] Filled(string begin, Func<int, string> piece, string end)
    {
        var text = new StringBuilder(begin);
        for (var i = 0; ; i++)
        {
            var next = piece(i);
            if (text.Length + next.Length + end.Length > Size) return Encoding.ASCII.GetBytes(text.Append(end).ToString());
            text.Append(next);
        }
    }

    /// <summary>The star grows until the body has its size.</summary>
    private static byte[] Padded(string text, char with = 'x')
    {
        var stars = text.Count(c => c == '*');
        return Encoding.ASCII.GetBytes(text.Replace("*", new string(with, (Size - text.Length) / stars), StringComparison.Ordinal));
    }
}
