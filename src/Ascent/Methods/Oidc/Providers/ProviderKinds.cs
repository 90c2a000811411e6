using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Ascent.Config;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>How a kind of provider differs from any other. A kind with an issuer speaks OpenID Connect and tells its endpoints itself.</summary>
internal sealed record ProviderKind
{
    /// <summary>Where discovery is asked unless issuer_url says otherwise; <c>{tenant}</c> stands for microsoft_tenant.</summary>
    public string? Issuer { get; init; }

    /// <summary>Endpoints of a provider without discovery; <c>{base}</c> stands for issuer_url or <see cref="Base"/>.</summary>
    public string AuthUrl { get; init; } = "";
    public string TokenUrl { get; init; } = "";
    public string UserUrl { get; init; } = "";

    /// <summary>The userinfo endpoint where issuer_url is not set, if it lies elsewhere then.</summary>
    public string? PublicUserUrl { get; init; }
    public string Base { get; init; } = "";

    public bool IsOpenId => Issuer is not null;

    /// <summary>Apps may hand in an id token that they got themselves.</summary>
    public bool TakesIdToken { get; init; }

    /// <summary>It puts our nonce in its id token.</summary>
    public bool EchoesNonce { get; init; } = true;

    /// <summary>Claims come from the userinfo endpoint, whatever claims_source says.</summary>
    public bool UsesUserinfo { get; init; }

    /// <summary>The client's secret goes into the form, whatever discovery says.</summary>
    public bool PostsSecret { get; init; }

    /// <summary>More parameters of the authorization request.</summary>
    public Action<Dictionary<string, string>>? Asks { get; init; }

    /// <summary>From the provider's own answer to claims of OpenID Connect; null where they are that already.</summary>
    public Func<JsonObject, JsonObject>? Map { get; init; }
}

/// <summary>The kinds that are there. Others of the configuration's list are refused at the start, with their path.</summary>
internal static class ProviderKinds
{
    private static readonly FrozenDictionary<OidcProviderKind, ProviderKind> All = new Dictionary<OidcProviderKind, ProviderKind>
    {
        [OidcProviderKind.Generic] = new() { Issuer = "" },
        [OidcProviderKind.Auth0] = new() { Issuer = "", UsesUserinfo = true },
        [OidcProviderKind.Google] = new() { Issuer = "https://accounts.google.com", TakesIdToken = true, Asks = Offline },
        [OidcProviderKind.Microsoft] = new() { Issuer = "https://login.microsoftonline.com/{tenant}/v2.0", TakesIdToken = true },
        [OidcProviderKind.Apple] = new() { Issuer = "https://appleid.apple.com", TakesIdToken = true, PostsSecret = true, Asks = FormPost },
        [OidcProviderKind.Slack] = new() { Issuer = "https://slack.com", UsesUserinfo = true, PostsSecret = true },
        [OidcProviderKind.Linkedin] = LinkedIn,
        [OidcProviderKind.LinkedinV2] = LinkedIn,
        [OidcProviderKind.Gitlab] = new()
        {
            Base = "https://gitlab.com", AuthUrl = "{base}/oauth/authorize", TokenUrl = "{base}/oauth/token", UserUrl = "{base}/oauth/userinfo",
        },
        [OidcProviderKind.Github] = GitHub,
        [OidcProviderKind.GithubApp] = GitHub,
        [OidcProviderKind.Discord] = new()
        {
            Base = "https://discord.com", AuthUrl = "{base}/api/oauth2/authorize", TokenUrl = "{base}/api/oauth2/token", UserUrl = "{base}/api/users/@me", Map = OwnClaims.Discord,
        },
        [OidcProviderKind.Facebook] = new()
        {
            Base = "https://graph.facebook.com", AuthUrl = "https://www.facebook.com/dialog/oauth", TokenUrl = "{base}/oauth/access_token", PostsSecret = true,
            UserUrl = "{base}/me?fields=id,name,first_name,last_name,middle_name,email,picture,birthday,gender", Map = OwnClaims.Facebook,
        },
    }.ToFrozenDictionary();

    private static ProviderKind LinkedIn => new() { Issuer = "https://www.linkedin.com/oauth", EchoesNonce = false, UsesUserinfo = true, PostsSecret = true };

    private static ProviderKind GitHub => new()
    {
        Base = "https://github.com", AuthUrl = "{base}/login/oauth/authorize", TokenUrl = "{base}/login/oauth/access_token", UserUrl = "{base}/api/v3/user",
        PublicUserUrl = "https://api.github.com/user", PostsSecret = true, Map = OwnClaims.GitHub,
    };

    public static ProviderKind? Find(OidcProviderKind kind) => All.GetValueOrDefault(kind);

    public static ProviderKind Of(OidcProvider provider) => All[provider.Provider];

    /// <summary>As the configuration spells them.</summary>
    public static string Names { get; } = string.Join(", ", All.Keys.Select(NameOf).Order(StringComparer.Ordinal));

    /// <summary>As the configuration spells it.</summary>
    public static string NameOf(OidcProviderKind kind) => kind switch
    {
        OidcProviderKind.GithubApp => "github-app",
        OidcProviderKind.LinkedinV2 => "linkedin_v2",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>A refresh token is asked for by another parameter than by everybody else's scope.</summary>
    private static void Offline(Dictionary<string, string> parameters)
    {
        var scopes = parameters["scope"].Split(' ');
        if (!scopes.Contains("offline_access")) return;
        parameters["scope"] = string.Join(' ', scopes.Where(s => s != "offline_access"));
        parameters["access_type"] = "offline";
    }

    /// <summary>Who asks for more than the subject is answered by a form instead of a link.</summary>
    private static void FormPost(Dictionary<string, string> parameters)
    {
        if (parameters["scope"].Split(' ').Any(s => s is "name" or "email")) parameters["response_mode"] = "form_post";
    }
}
