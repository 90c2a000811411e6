using System.Text.Json;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Running;
using Microsoft.AspNetCore.WebUtilities;

namespace Ascent.Tests.Flows.OAuth2;

/// <summary>As much of Ory Hydra's admin API as a login provider needs, on a port of its own, and a server that is configured for it.</summary>
internal sealed class ProviderStandIn : IAsyncDisposable
{
    public const string Path = "/admin/oauth2/auth/requests/login";

    private readonly HookReceiver receiver;

    private ProviderStandIn(HookReceiver receiver, RunningServer server)
    {
        (this.receiver, Server) = (receiver, server);
        receiver.Answer = Answer;
    }

    public RunningServer Server { get; }

    /// <summary>Members of login requests, as JSON, by their challenge.</summary>
    public Dictionary<string, string> Requests { get; } = new(StringComparer.Ordinal) { ["wish"] = """{"skip":false}""", ["skip"] = """{"skip":true}""" };

    /// <summary>What an acceptance is answered with, in place of the usual.</summary>
    public (int Status, string Body)? Accepted { get; set; }

    /// <summary>What a question is answered with, in place of the usual.</summary>
    public (int Status, string Body)? Found { get; set; }

    public Func<Microsoft.AspNetCore.Http.HttpContext, Task> Before { set => receiver.Before = value; }

    public IReadOnlyList<HookReceiver.Call> Calls => [.. receiver.Calls];
    public IReadOnlyList<JsonElement> Acceptances => [.. receiver.Calls.Where(c => c.Method == "PUT").Select(c => c.Json)];

    public static string To(string challenge) => $"https://provider.example.org/oauth2/auth?login_verifier={challenge}";

    /// <param name="provider">More members of oauth2_provider.</param>
    /// <param name="selfService">More members of selfservice.</param>
    public static async Task<ProviderStandIn> StartAsync(string engine, string provider = "", string selfService = "", string more = "", TimeProvider? time = null)
    {
        var hooks = await HookReceiver.StartAsync();
        var server = await RunningServer.StartAsync(engine, config => config
            .Replace("  methods: { password: { enabled: true,", "  methods: { lookup_secret: { enabled: true }, password: { enabled: true,")
            + $$"""

              {{selfService}}
            oauth2_provider: { url: "{{hooks.Url}}/", headers: { Authorization: "Bearer provider-secret", X-Tenant: acme } {{provider}} }
            {{more}}
            """, time);
        return new ProviderStandIn(hooks, server);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await receiver.DisposeAsync();
    }

    private (int, string)? Answer(HookReceiver.Call call)
    {
        var url = new Uri("http://provider" + call.Path);
        var challenge = QueryHelpers.ParseQuery(url.Query)["login_challenge"].ToString();
        if (!Requests.TryGetValue(challenge, out var members)) return (404, """{"error":"Not Found","error_description":"secret words","error_hint":"Begin at the client again."}""");
        return (call.Method, url.AbsolutePath) switch
        {
            ("GET", Path) => Found ?? (200, $$"""
                { "challenge": "{{challenge}}", "subject": "", "requested_scope": ["openid"],
                  {{(members.Contains("request_url") ? "" : "\"request_url\": \"https://provider.example.org/oauth2/auth?client_id=shop\",")}}
                  "client": { "client_id": "shop", "client_secret": "for-the-shop", "registration_access_token": "for-the-shop" }, {{members.Trim()[1..^1]}} }
                """),
            ("PUT", Path + "/accept") => Accepted ?? (200, $$"""{"redirect_to":"{{To(challenge)}}"}"""),
            _ => (404, "{}"),
        };
    }
}
