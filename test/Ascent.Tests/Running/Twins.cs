using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Shouldly;

namespace Ascent.Tests.Running;

/// <summary>Two servers, one on each engine, that are asked the same and must answer the same.</summary>
internal sealed partial class Twins(RunningServer sqlite, RunningServer postgres) : IAsyncDisposable
{
    public RunningServer Sqlite => sqlite;
    public RunningServer Postgres => postgres;
    public IReadOnlyList<RunningServer> Both => [sqlite, postgres];

    public static async Task<Twins> StartAsync(Func<string, string>? change = null)
    {
        var postgres = await RunningServer.StartAsync("postgres", change); // skips where there is none
        return new Twins(await RunningServer.StartAsync("sqlite", change), postgres);
    }

    /// <summary>An answer without what may differ: ids, times, tokens.</summary>
    internal sealed record Answer(int Status, string Body)
    {
        public override string ToString() => $"{Status} {Body}";
    }

    /// <summary>Creates an identity on both; the path may hold it as {0} then.</summary>
    public async Task<string[]> CreateAsync(string body) => [await sqlite.CreateAsync(body), await postgres.CreateAsync(body)];

    public Task<Answer> AskAsync(string method, string path, string? body, string[]? ids = null) => AskAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), ids);

    /// <summary>Asks both, checks that nothing of the inside shows and that they agree.</summary>
    public async Task<Answer> AskAsync(string method, string path, byte[]? body, string[]? ids = null)
    {
        var answers = await Task.WhenAll(Both.Select((server, i) => OneAsync(server, method, ids is null ? path : path.Replace("{0}", ids[i], StringComparison.Ordinal), body)));
        return Agreed($"{method} {path} {Shown(body)}", answers);
    }

    /// <summary>The same with bytes on a connection; the request should ask for its end.</summary>
    public async Task<Answer> AskRawAsync(byte[] request, bool admin = true)
    {
        var answers = await Task.WhenAll(Both.Select(async server =>
        {
            var text = await server.RawAsync(request, admin);
            var head = text.Split("\r\n\r\n", 2);
            return new Answer(text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(text.AsSpan(9, 3)) : 0, Plain(head.Length > 1 ? head[1] : ""));
        }));
        return Agreed(Shown(request), answers);
    }

    public async ValueTask DisposeAsync()
    {
        await sqlite.DisposeAsync();
        await postgres.DisposeAsync();
    }

    private static Answer Agreed(string asked, Answer[] answers)
    {
        var (first, second) = (answers[0], answers[1]);
        foreach (var answer in answers)
        {
            if (answer.Status != 505) answer.Status.ShouldBeLessThan(500, $"{asked}\n{answer}"); // 505: no HTTP that we speak
            Inside().IsMatch(answer.Body).ShouldBeFalse($"{asked}\n{answer}");
        }
        first.ShouldBe(second, asked);
        return first;
    }

    private static async Task<Answer> OneAsync(RunningServer server, string method, string path, byte[]? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var response = await server.Admin.SendAsync(request);
        return new Answer((int)response.StatusCode, Plain(await response.Content.ReadAsStringAsync()));
    }

    private static string Plain(string body) => Secret().Replace(Time().Replace(Id().Replace(body, "<id>"), "<time>"), "<hash>");

    private static string Shown(byte[]? bytes) => bytes is null ? "" : Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 600));

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"\$argon2id\$[^""]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Secret();

    [GeneratedRegex(@"sqlite|npgsql|postgres|near ""|syntax error|insert into|violates|constraint|[a-z]Exception|   at |(?-i:System\.[A-Z]|Microsoft\.[A-Z]|Ascent\.[A-Z])", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Inside();
}
