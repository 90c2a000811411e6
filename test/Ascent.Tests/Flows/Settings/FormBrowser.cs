using System.Net;
using System.Text.Json;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.Settings;

/// <summary>A browser without scripts: it sends forms, keeps cookies, and is asked to follow redirects by the test.</summary>
internal sealed class FormBrowser(RunningServer server)
{
    public Dictionary<string, string> Jar { get; } = new(StringComparer.Ordinal);

    public async Task<(HttpStatusCode Status, string Location)> SendAsync(string method, string path, params (string Name, string Value)[] form)
    {
        using var response = await AskAsync(method, path, "text/html", form);
        return (response.StatusCode, response.Headers.Location?.OriginalString ?? "");
    }

    /// <summary>A flow's page fetches its flow.</summary>
    public Task<JsonElement> FetchAsync(string kind, string location) => ReadAsync($"/self-service/{kind}/flows?id={location.Split("flow=")[^1]}");

    /// <summary>A page fetches something as JSON.</summary>
    public async Task<JsonElement> ReadAsync(string path)
    {
        using var response = await AskAsync("GET", path, "application/json", []);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    public async Task SignInAsync(string email, string query = "", string password = SignIn.Password)
    {
        var (_, page) = await SendAsync("GET", $"/self-service/login/browser{query}");
        var flow = await FetchAsync("login", page);
        var (status, location) = await SendAsync("POST", Browser.ActionOf(flow), ("csrf_token", Browser.CsrfOf(flow)), ("method", "password"), ("identifier", email), ("password", password));
        status.ShouldBe(HttpStatusCode.SeeOther);
        location.ShouldNotContain("/login");
    }

    /// <summary>Opens the settings and gives their flow.</summary>
    public async Task<JsonElement> SettingsAsync()
    {
        var (status, page) = await SendAsync("GET", "/self-service/settings/browser");
        status.ShouldBe(HttpStatusCode.SeeOther);
        return await FetchAsync("settings", page);
    }

    private async Task<HttpResponseMessage> AskAsync(string method, string path, string accept, (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (Jar.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Jar.Select(c => $"{c.Key}={c.Value}")));
        if (form.Length > 0) request.Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        var response = await server.Public.SendAsync(request);
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var pair = line.Split(';')[0].Split('=', 2);
            if (line.Contains("Max-Age=0", StringComparison.OrdinalIgnoreCase)) Jar.Remove(pair[0]);
            else Jar[pair[0]] = pair[1];
        }
        return response;
    }
}
