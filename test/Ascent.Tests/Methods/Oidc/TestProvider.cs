using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Ascent.Jose;
using Ascent.Tests.Jose;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Tests.Methods.Oidc;

/// <summary>A small OpenID provider on a port of its own, with keys of its own. It checks what providers check; tests bend what it answers.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    public const string ClientId = "ascent", ClientSecret = "a secret of ours";

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, (JsonObject Query, JsonObject User)> codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonObject> tokens = new(StringComparer.Ordinal);

    private TestProvider(WebApplication app) => this.app = app;

    public string Url => app.Urls.First();
    public JsonObject Key { get; set; } = Keys.New("ES256");

    /// <summary>The claims of who is signed in at the provider.</summary>
    public JsonObject User { get; set; } = new() { ["sub"] = "subject-1", ["email"] = "ada@example.org", ["email_verified"] = true };

    /// <summary>Userinfo of somebody else than the id token's.</summary>
    public JsonObject? Userinfo { get; set; }

    /// <summary>Bends the claims of the next id tokens.</summary>
    public Action<JsonObject>? Bend { get; set; }

    /// <summary>Makes the whole id token.</summary>
    public Func<JsonObject, string>? Sign { get; set; }
    public IResult? TokenAnswer { get; set; }
    public bool NoIdToken { get; set; }
    public string? Deny { get; set; }
    public bool Pkce { get; set; } = true;

    /// <summary>It lists auth_time among its claims.</summary>
    public bool TellsWhen { get; set; }
    public ConcurrentQueue<JsonObject> Authorizations { get; } = new();
    public ConcurrentQueue<(string? Authorization, IReadOnlyDictionary<string, string> Form)> TokenRequests { get; } = new();
    public int Discoveries => discoveries;
    private int discoveries;

    public static async Task<TestProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var site = builder.Build();
        site.Urls.Add("http://127.0.0.1:0");
        var self = new TestProvider(site);
        site.MapGet("/.well-known/openid-configuration", self.Discovery);
        site.MapGet("/jwks", () => Json(new JsonObject { ["keys"] = new JsonArray(Keys.PublicOf(self.Key)) }));
        site.MapPost("/token", (Delegate)self.TokenAsync);
        site.MapGet("/userinfo", self.Who);
        // As GitHub has them.
        site.MapPost("/login/oauth/access_token", (Delegate)self.TokenAsync);
        site.MapGet("/api/v3/user", self.Who);
        site.MapGet("/api/v3/user/emails", () => Json(new JsonArray(
            new JsonObject { ["email"] = "old@example.org", ["primary"] = false, ["verified"] = true }, new JsonObject { ["email"] = "octo@example.org", ["primary"] = true, ["verified"] = true })));
        // As GitLab has them.
        site.MapPost("/oauth/token", (Delegate)self.TokenAsync);
        site.MapGet("/oauth/userinfo", self.Who);
        await site.StartAsync();
        return self;
    }

    /// <summary>What a browser does at the provider: the person agrees at once. Gives the way back, as a path of ours.</summary>
    public string Visit(string location)
    {
        var query = HttpUtility.ParseQueryString(new Uri(location).Query);
        var asked = new JsonObject();
        foreach (string name in query) asked[name] = query[name];
        Authorizations.Enqueue(asked);
        var back = new Uri(query["redirect_uri"]!).AbsolutePath + "?state=" + Uri.EscapeDataString(query["state"]!);
        if (Deny is { } error) return $"{back}&error={error}&error_description=The+person+said+no";
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        codes[code] = (asked, (JsonObject)User.DeepClone());
        return $"{back}&code={code}";
    }

    /// <summary>An id token as a provider's library hands it to a native app.</summary>
    public string IdToken(JsonObject user, string? nonce, string audience = ClientId)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Url, ["aud"] = audience, ["iat"] = now, ["exp"] = now + 600 };
        if (nonce is not null) claims["nonce"] = nonce;
        foreach (var (name, value) in user) claims[name] = value?.DeepClone();
        Bend?.Invoke(claims);
        return Sign?.Invoke(claims) ?? SignedBy(Key, claims);
    }

    public static string SignedBy(JsonObject key, JsonObject claims, string typ = "JWT") => Jws.Sign(Keys.Parsed(key), Encoding.UTF8.GetBytes(claims.ToJsonString()), typ);

    /// <summary>A token with any header and signature.</summary>
    public static string Raw(string header, JsonObject claims, string signature = "") =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{signature}";

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IResult Discovery()
    {
        Interlocked.Increment(ref discoveries);
        var json = new JsonObject { ["issuer"] = Url, ["authorization_endpoint"] = Url + "/authorize", ["token_endpoint"] = Url + "/token", ["jwks_uri"] = Url + "/jwks", ["userinfo_endpoint"] = Url + "/userinfo" };
        if (TellsWhen) json["claims_supported"] = new JsonArray("sub", "auth_time");
        if (Pkce) json["code_challenge_methods_supported"] = new JsonArray("plain", "S256");
        return Json(json);
    }

    private async Task<IResult> TokenAsync(HttpContext http)
    {
        var form = (await http.Request.ReadFormAsync()).ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
        TokenRequests.Enqueue((http.Request.Headers.Authorization.FirstOrDefault(), form));
        if (TokenAnswer is not null) return TokenAnswer;
        if (!codes.TryRemove(form["code"], out var grant)) return Refuse("invalid_grant");
        var challenge = (string?)grant.Query["code_challenge"];
        if (challenge is not null && Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form.GetValueOrDefault("code_verifier", "")))) != challenge) return Refuse("invalid_grant");
        if (form["redirect_uri"] != (string?)grant.Query["redirect_uri"]) return Refuse("invalid_grant");
        var access = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        tokens[access] = grant.User;
        var answer = new JsonObject { ["access_token"] = access, ["refresh_token"] = "refresh-" + access, ["token_type"] = "Bearer" };
        if (!NoIdToken) answer["id_token"] = IdToken(grant.User, (string?)grant.Query["nonce"]);
        return Json(answer);
    }

    private IResult Who(HttpContext http) =>
        tokens.TryGetValue(http.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal), out var user) ? Json(Userinfo ?? user) : Results.Json(new { error = "invalid_token" }, statusCode: 401);

    private static IResult Refuse(string error) => Results.Text($$"""{"error":"{{error}}"}""", "application/json", statusCode: 400);

    private static IResult Json(JsonNode json) => Results.Text(json.ToJsonString(), "application/json");
}
