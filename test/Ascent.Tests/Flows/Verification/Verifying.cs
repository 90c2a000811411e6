using System.Net;
using System.Text.Json;
using Ascent.Courier;
using Ascent.Storage;
using Ascent.Tenancy;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Flows.Verification;

/// <summary>What was queued for somebody, opened.</summary>
internal sealed record Mail(string To, string Template, string? Code, string? Url, JsonElement Data)
{
    public string Path => new Uri(Url!).PathAndQuery;
    public string FlowId => Url!.Split("flow=")[1].Split('&')[0];
}

/// <summary>A server at which addresses are verified, and what its people do.</summary>
internal static class Verifying
{
    public const string Ada = "ada@example.org", New = "lovelace@example.org";

    /// <param name="flows">More members of selfservice.flows, as YAML of one line.</param>
    /// <param name="verification">More members of selfservice.flows.verification.</param>
    public static Task<RunningServer> ServerAsync(string engine, string flows = "", string verification = "enabled: true", string methods = "", string more = "", TimeProvider? time = null) =>
        RunningServer.StartAsync(engine, config => config.Replace("config: { haveibeenpwned_enabled: false } }", "config: { haveibeenpwned_enabled: false } }" + (methods.Length > 0 ? ", " + methods : "")) + $$"""

              allowed_return_urls: [ "http://127.0.0.1:4455" ]
              flows:
                error: { ui_url: "http://127.0.0.1:4455/error" }
                verification: { ui_url: "http://127.0.0.1:4455/verification", {{verification}} }
                {{(flows.Contains("registration:", StringComparison.Ordinal) ? "" : "registration: { style: unified, after: { password: { hooks: [ { hook: session } ] } } }")}}
                {{flows.Replace("\n", "\n    ")}}
            {{more}}
            """, time);

    /// <summary>Everything that waits to be sent, in its order.</summary>
    public static async Task<IReadOnlyList<Mail>> MailsAsync(RunningServer server)
    {
        var seal = server.Services.GetRequiredService<MessageSeal>();
        var rows = await server.Workshop.Database.Db.ReadAsync(new Sql("select id, recipient, template_type, content from message where nid = @nid and channel <> 'none' order by created_at, id",
            ("nid", server.Services.GetRequiredService<Tenant>().Nid)), r => (Id: r.Guid(0), To: r.Text(1), Template: r.Text(2), Content: r.Text(3)), CancellationToken.None);
        return [.. rows.Select(r => Read(r.To, r.Template, seal.Open(r.Id, r.Content).ShouldNotBeNull()))];
    }

    public static async Task<Mail> LastMailAsync(RunningServer server, string to) => (await MailsAsync(server)).Last(m => m.To == to);

    /// <summary>For tests whose attempts come at once.</summary>
    public const string ManyTries = "code: { config: { max_submissions: 255 } }", NoLimit = "security: { throttle: { identifier: { max_failures: 1000 } } }";

    public static string SubmitPath(string flowId) => $"/self-service/verification?flow={flowId}";

    public static async Task<(HttpStatusCode Status, JsonElement Body)> SubmitAsync(RunningServer server, string action, object values)
    {
        using var response = await RunningServer.SendAsync(server.Public, "POST", action, JsonSerializer.Serialize(values), ("Accept", "application/json"));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    /// <summary>A native app asks for a code to this address and gives where the form goes.</summary>
    public static async Task<string> AskAsync(RunningServer server, string email)
    {
        var action = await SignIn.BeginAsync(server, "verification");
        var (status, body) = await SubmitAsync(server, action, new { method = "code", email });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("state").GetString().ShouldBe("sent_email");
        return action;
    }

    public static async Task<(string Value, bool Verified, string Status)[]> AddressesAsync(RunningServer server, string id) =>
        (await server.GetAsync(id)).TryGetProperty("verifiable_addresses", out var all)
            ? [.. all.EnumerateArray().Select(a => (a.GetProperty("value").GetString()!, a.GetProperty("verified").GetBoolean(), a.GetProperty("status").GetString()!)).OrderBy(a => a.Item1, StringComparer.Ordinal)]
            : [];

    public static JsonElement ShowVerification(JsonElement body) =>
        body.GetProperty("continue_with").EnumerateArray().Single(c => c.GetProperty("action").GetString() == "show_verification_ui").GetProperty("flow");

    /// <summary>Six digits that are not these.</summary>
    public static string Other(string code) => code == "000000" ? "000001" : "000000";

    private static Mail Read(string to, string template, MessageContent content)
    {
        var data = JsonElement.Parse(content.Data.ToJsonString());
        return new Mail(to, template, Text("verification_code") ?? Text("recovery_code") ?? Text("login_code") ?? Text("registration_code"), Text("verification_url"), data);

        string? Text(string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
