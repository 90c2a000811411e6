using System.Net;
using System.Text;
using System.Text.Json;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows;

/// <summary>What clients of the flows do, for tests that are about something else.</summary>
internal static class SignIn
{
    public const string Password = "correct-horse-battery-9";

    public static Task<string> PersonAsync(RunningServer server, string email, string? password = Password) => server.CreateAsync(JsonSerializer.Serialize(new
    {
        schema_id = "default", traits = new { email }, credentials = password is null ? null : new { password = new { config = new { password } } },
    }));

    /// <summary>Begins a native flow and gives where its form goes.</summary>
    public static async Task<string> BeginAsync(RunningServer server, string flow = "login", string query = "", string? token = null)
    {
        using var response = await RunningServer.SendAsync(server.Public, "GET", $"/self-service/{flow}/api{query}", null, Token(token));
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return new Uri(JsonElement.Parse(text).GetProperty("ui").GetProperty("action").GetString()!).PathAndQuery;
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> SubmitAsync(RunningServer server, string action, object values, string? token = null)
    {
        var response = await RunningServer.SendAsync(server.Public, "POST", action, JsonSerializer.Serialize(values), Token(token));
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, JsonElement.Parse(text), response);
    }

    /// <summary>Signs in natively with a password; the session's token.</summary>
    public static async Task<string> NativelyAsync(RunningServer server, string email, string password = Password)
    {
        var (status, body, _) = await SubmitAsync(server, await BeginAsync(server), new { method = "password", identifier = email, password });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        return body.GetProperty("session_token").GetString()!;
    }

    public static async Task<(HttpStatusCode Status, JsonElement Body)> WhoamiAsync(RunningServer server, string token)
    {
        using var response = await RunningServer.SendAsync(server.Public, "GET", "/sessions/whoami", null, Token(token));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>The ids of all messages of a flow, its nodes' included.</summary>
    public static int[] Messages(JsonElement flow)
    {
        var ui = flow.GetProperty("ui");
        var own = ui.TryGetProperty("messages", out var all) ? all.EnumerateArray().ToArray() : [];
        return [.. own.Concat(ui.GetProperty("nodes").EnumerateArray().SelectMany(n => n.GetProperty("messages").EnumerateArray())).Select(m => m.GetProperty("id").GetInt32())];
    }

    public static (string, string)[] Token(string? token) => token is null ? [] : [("X-Session-Token", token)];
}

/// <summary>A browser that keeps cookies and follows nothing; it asks for JSON.</summary>
internal sealed class Browser(RunningServer server)
{
    private readonly Dictionary<string, string> jar = new(StringComparer.Ordinal);

    public string Cookies => string.Join("; ", jar.Select(c => $"{c.Key}={c.Value}"));

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (jar.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", Cookies);
        if (body is not null) request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await server.Public.SendAsync(request);
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : []) Keep(line);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonElement.Parse(text));
    }

    public async Task<JsonElement> BeginAsync(string flow = "login", string query = "")
    {
        var (status, body) = await SendAsync("GET", $"/self-service/{flow}/browser{query}");
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    public static string ActionOf(JsonElement flow) => new Uri(flow.GetProperty("ui").GetProperty("action").GetString()!).PathAndQuery;

    public static string CsrfOf(JsonElement flow) => flow.GetProperty("ui").GetProperty("nodes").EnumerateArray()
        .First(n => n.GetProperty("attributes").GetProperty("name").GetString() == "csrf_token").GetProperty("attributes").GetProperty("value").GetString()!;

    private void Keep(string line)
    {
        var pair = line.Split(';')[0].Split('=', 2);
        if (line.Contains("Max-Age=0", StringComparison.OrdinalIgnoreCase)) jar.Remove(pair[0]);
        else jar[pair[0]] = pair[1];
    }
}
