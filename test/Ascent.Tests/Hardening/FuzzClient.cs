using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>What an answer says, without what differs by chance: the status, an error's id and reason, the ids of all messages.</summary>
internal sealed partial record Said(int Status, string What)
{
    public static Said Of(int status, string body)
    {
        body = Inside().IsMatch(body) ? throw new ShouldAssertException($"The inside shows: {status} {body}") : body;
        try
        {
            var json = JsonElement.Parse(body);
            if (json.ValueKind != JsonValueKind.Object) return new Said(status, json.ValueKind.ToString());
            if (json.TryGetProperty("error", out var error)) return new Said(status, Plain($"{Text(error, "id")} {Text(error, "message")} {Text(error, "reason")}"));
            return new Said(status, json.TryGetProperty("ui", out _) ? string.Join(',', SignIn.Messages(json)) : string.Join(',', json.EnumerateObject().Select(p => p.Name)));
        }
        catch (JsonException)
        {
            return new Said(status, Plain(body));
        }
    }

    private static string Text(JsonElement error, string name) => error.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static string Plain(string text) => Id().Replace(text, "<id>");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"sqlite|npgsql|postgres|near ""|syntax error|insert into|violates|[a-z]Exception|   at |(?-i:System\.[A-Z]|Microsoft\.[A-Z]|Ascent\.[A-Z])", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Inside();
}

/// <summary>A client of one server in the midst of a flow, which it begins anew where it has ended.</summary>
internal sealed class FuzzClient(RunningServer server, string kind, bool isNative)
{
    private readonly Dictionary<string, string> jar = new(StringComparer.Ordinal);
    private string? token, action, csrf;
    private int people;

    /// <summary>Sends a body whose <c>@csrf</c> becomes the form's token.</summary>
    public async Task<Said> SendAsync(string body, string? contentType = "application/json", string method = "POST")
    {
        if (action is null) await BeginAsync();
        var sent = body.Replace("@csrf", body.StartsWith("csrf_token=", StringComparison.Ordinal) ? Uri.EscapeDataString(csrf!) : csrf, StringComparison.Ordinal);
        var (status, text) = await AskAsync(method, action!, Encoding.UTF8.GetBytes(sent), contentType);
        // A form that asks again goes on; everything else ended it.
        if (status != 400 || !text.Contains("\"ui\"", StringComparison.Ordinal)) Forget();
        return Said.Of(status, text);
    }

    private void Forget()
    {
        (action, csrf, token) = (null, null, null);
        jar.Clear();
    }

    private async Task BeginAsync()
    {
        if (kind == "settings") await SignInAsync();
        var (status, text) = await AskAsync("GET", $"/self-service/{kind}/{(isNative ? "api" : "browser")}", null, null);
        status.ShouldBe(200, text);
        Take(text);
    }

    private async Task SignInAsync()
    {
        var email = $"{(isNative ? "n" : "p")}{people++}@example.org";
        await SignIn.PersonAsync(server, email);
        if (isNative)
        {
            token = await SignIn.NativelyAsync(server, email);
            return;
        }
        Take((await AskAsync("GET", "/self-service/login/browser", null, null)).Text);
        var values = JsonSerializer.Serialize(new { csrf_token = csrf, method = "password", identifier = email, password = SignIn.Password });
        (await AskAsync("POST", action!, Encoding.UTF8.GetBytes(values), "application/json")).Status.ShouldBe(200);
    }

    private void Take(string text)
    {
        var flow = JsonElement.Parse(text);
        action = Browser.ActionOf(flow);
        csrf = isNative ? "" : Browser.CsrfOf(flow);
    }

    private async Task<(int Status, string Text)> AskAsync(string method, string path, byte[]? body, string? contentType)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (jar.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", jar.Select(c => $"{c.Key}={c.Value}")));
        if (token is not null) request.Headers.Add("X-Session-Token", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        using var response = await server.Public.SendAsync(request);
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var pair = line.Split(';')[0].Split('=', 2);
            jar[pair[0]] = pair[1];
        }
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
