using System.Net;
using System.Text;
using System.Text.Json;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

/// <summary>A server that people sign in at by a provider of the test's.</summary>
internal sealed class SocialHost : IAsyncDisposable
{
    public const string Mapper = """
        local claims = std.extVar('claims');
        { identity: {
            traits: { [if 'email' in claims then 'email']: claims.email, [if 'nickname' in claims then 'note']: claims.nickname },
            [if 'email_verified' in claims then 'verified_addresses']: [ { via: 'email', value: claims.email } ],
        } }
        """;

    private SocialHost(RunningServer server, TestProvider provider) => (Server, Provider) = (server, provider);

    public RunningServer Server { get; }
    public TestProvider Provider { get; }

    /// <param name="provider">More members of the provider <c>acme</c>, as YAML of one line; <c>{url}</c> is the provider's.</param>
    /// <param name="more">More providers in the list.</param>
    public static async Task<SocialHost> StartAsync(string engine, string provider = "", string more = "", string flows = "", TimeProvider? time = null, string mapper = Mapper)
    {
        var idp = await TestProvider.StartAsync();
        try
        {
            return new SocialHost(await RunningServer.StartAsync(engine, c => Change(c, idp.Url, provider, more, flows, mapper), time), idp);
        }
        catch
        {
            await idp.DisposeAsync();
            throw;
        }
    }

    /// <summary>An entry of the list of providers.</summary>
    public static string Entry(string id, string more = "", string kind = "generic", string issuer = "{url}") =>
        $$"""{ id: {{id}}, provider: {{kind}}, client_id: {{TestProvider.ClientId}}, client_secret: "{{TestProvider.ClientSecret}}", issuer_url: "{{issuer}}", mapper_url: "{mapper}", scope: [ email ]{{(more.Length > 0 ? ", " + more : "")}} }""";

    public FormBrowser Browser() => new(Server);

    /// <summary>To the provider and back; where the browser is sent then.</summary>
    public async Task<(HttpStatusCode Status, string Location)> GoAsync(FormBrowser browser, string kind = "login", string provider = "acme", params (string, string)[] more)
    {
        var back = Provider.Visit(await LeaveAsync(browser, kind, provider, more));
        return await browser.SendAsync("GET", back);
    }

    /// <summary>Begins a flow and presses a provider's button; where the browser is sent.</summary>
    public async Task<string> LeaveAsync(FormBrowser browser, string kind = "login", string provider = "acme", params (string, string)[] more)
    {
        var (_, page) = await browser.SendAsync("GET", $"/self-service/{kind}/browser");
        return await PressAsync(browser, await browser.FetchAsync(kind, page), ("provider", provider), more);
    }

    public async Task<string> PressAsync(FormBrowser browser, JsonElement flow, (string, string) button, params (string, string)[] more)
    {
        var (status, location) = await browser.SendAsync("POST", Flows.Browser.ActionOf(flow), [("csrf_token", Flows.Browser.CsrfOf(flow)), button, .. more]);
        status.ShouldBe(HttpStatusCode.SeeOther, location);
        location.ShouldStartWith(Provider.Url);
        return location;
    }

    /// <summary>Who the browser is signed in as; null for nobody.</summary>
    public async Task<JsonElement?> WhoamiAsync(FormBrowser browser)
    {
        var (status, body) = await JsonAsync("GET", "/sessions/whoami", browser);
        return status == HttpStatusCode.OK ? body : null;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> JsonAsync(string method, string path, FormBrowser? browser = null, string? body = null, string? token = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (browser is { Jar.Count: > 0 }) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", browser.Jar.Select(c => $"{c.Key}={c.Value}")));
        if (token is not null) request.Headers.TryAddWithoutValidation("X-Session-Token", token);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await Server.Public.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonElement.Parse(text) : default);
    }

    /// <summary>The error that an error page shows.</summary>
    public async Task<JsonElement> ErrorAsync(string location)
    {
        location.ShouldContain("?id=");
        return (await JsonAsync("GET", $"/self-service/errors?id={location.Split("id=")[^1]}")).Body.GetProperty("error");
    }

    public Task<int> CountAsync() => Flows.Registration.Registering.CountAsync(Server, "identities");

    public Task<JsonElement> IdentityAsync(string id) => Server.GetAsync(id + "?include_credential=oidc");

    public static string IdOf(JsonElement session) => session.GetProperty("identity").GetProperty("id").GetString()!;

    public static string[] MethodsOf(JsonElement session) => [.. session.GetProperty("authentication_methods").EnumerateArray().Select(m => m.GetProperty("method").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Provider.DisposeAsync();
    }

    private static string Change(string config, string url, string provider, string more, string flows, string mapper)
    {
        var list = string.Join(", ", ((string[])[Entry("acme", provider), more]).Where(e => e.Length > 0))
            .Replace("{url}", url, StringComparison.Ordinal).Replace("{mapper}", "base64://" + Convert.ToBase64String(Encoding.UTF8.GetBytes(mapper)), StringComparison.Ordinal);
        var methods = $$"""methods: { oidc: { enabled: true, config: { providers: [ {{list}} ] } }, """;
        return config.Replace("methods: { ", methods, StringComparison.Ordinal) + $$"""

              allowed_return_urls: [ "myapp://callback" ]
              flows:
                error: { ui_url: "http://127.0.0.1:4455/error" }
                login: { ui_url: "http://127.0.0.1:4455/login" }
                registration: { ui_url: "http://127.0.0.1:4455/registration", style: unified, after: { oidc: { hooks: [ { hook: session } ] } } }
                settings: { ui_url: "http://127.0.0.1:4455/settings", required_aal: aal1 }
            """ + flows;
    }
}
