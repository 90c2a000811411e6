using System.Text.Json;

namespace Ascent.Config;

internal sealed record OidcMethod
{
    [Key("On.")]
    public bool Enabled { get; init; }

    [Key("Its settings.")]
    public OidcSettings Config { get; init; } = new();
}

internal sealed record OidcSettings
{
    [Key("The address providers send browsers back to.", Format = TextFormat.HttpUrl, Default = "serve.public.base_url")]
    public string? BaseRedirectUri { get; init; }

    [Key("Providers.")]
    public IReadOnlyList<OidcProvider> Providers { get; init; } = [];
}

internal sealed record OidcProvider
{
    [Key("Its id, unique.", Required = true, Min = 1)]
    public string Id { get; init; } = "";

    [Key("Which kind.", Required = true)]
    public OidcProviderKind Provider { get; init; } = OidcProviderKind.Generic;

    [Key("Its button's text.", Default = "a text with its id")]
    public string? Label { get; init; }

    [Key("Our client id there.", Required = true)]
    public string ClientId { get; init; } = "";

    [Key("Our client secret there.")]
    public Secret? ClientSecret { get; init; }

    [Key("Its issuer, for discovery.", Format = TextFormat.HttpUrl)]
    public string? IssuerUrl { get; init; }

    [Key("Its authorization endpoint, where it has no discovery.", Format = TextFormat.HttpUrl)]
    public string? AuthUrl { get; init; }

    [Key("Its token endpoint, where it has no discovery.", Format = TextFormat.HttpUrl)]
    public string? TokenUrl { get; init; }

    [Key("A Jsonnet document that maps claims to an identity.", Required = true, Format = TextFormat.Document)]
    public string MapperUrl { get; init; } = "";

    [Key("Scopes to ask for.")]
    public IReadOnlyList<string> Scope { get; init; } = [];

    [Key("Proof key for code exchange.")]
    public PkceMode Pkce { get; init; } = PkceMode.Auto;

    [Key("Where claims come from.")]
    public ClaimsSource ClaimsSource { get; init; } = ClaimsSource.IdToken;

    [Key("The claims parameter, a JSON object.")]
    public JsonElement? RequestedClaims { get; init; }

    [Key("The organization it belongs to.")]
    public string? OrganizationId { get; init; }

    [Key("Audiences accepted in an id token that an app hands in, beside client_id.")]
    public IReadOnlyList<string> AdditionalIdTokenAudiences { get; init; } = [];

    [Key("Whether a confirmation counts that comes back without auth_time, the time of the sign-in at the provider: true says that it always asks anew where prompt=login is sent.",
        Default = "true, unless the provider's own description lists auth_time among its claims")]
    public bool? HonoursPrompt { get; init; }

    [Key("acr values that count as two factors.", Name = "aal2_acr_values")]
    public IReadOnlyList<string> Aal2AcrValues { get; init; } = [];

    [Key("amr values that count as two factors.", Name = "aal2_amr_values")]
    public IReadOnlyList<string> Aal2AmrValues { get; init; } = [];

    [Key("microsoft: where the subject comes from.")]
    public OidcSubjectSource SubjectSource { get; init; } = OidcSubjectSource.Userinfo;

    [Key("microsoft: tenant.")]
    public string? MicrosoftTenant { get; init; }

    [Key("apple: team id.")]
    public string? AppleTeamId { get; init; }

    [Key("apple: private key id.")]
    public string? ApplePrivateKeyId { get; init; }

    [Key("apple: private key, PEM.")]
    public Secret? ApplePrivateKey { get; init; }

    [Key("Its FedCM configuration.", Planned = true, Format = TextFormat.HttpUrl)]
    public string? FedcmConfigUrl { get; init; }

    [Key("netid: the Origin header it wants.", Planned = true, Format = TextFormat.Url)]
    public string? NetIdTokenOriginHeader { get; init; }

    [Key("What happens when its address belongs to an identity already. automatic is not in force: the owner is always asked.", Planned = true)]
    public AccountLinkingMode AccountLinkingMode { get; init; } = AccountLinkingMode.ConfirmWithExistingCredential;

    [Key("Whether each login updates traits.")]
    public UpdateIdentityOnLogin UpdateIdentityOnLogin { get; init; } = UpdateIdentityOnLogin.Never;
}

internal enum OidcProviderKind
{
    Generic,
    Google,
    Github,
    [Key("", Name = "github-app")] GithubApp,
    Gitlab,
    Microsoft,
    Discord,
    Salesforce,
    Slack,
    Facebook,
    Auth0,
    Vk,
    Yandex,
    Apple,
    Spotify,
    Netid,
    Dingtalk,
    Patreon,
    Line,
    Linkedin,
    LinkedinV2,
    Lark,
    X,
    Amazon,
    Jackson,
    Uaepass,
    [Key("", Name = "fedcm-test")] FedcmTest,
}

internal enum PkceMode { Auto, Never, Force }

internal enum ClaimsSource { IdToken, Userinfo }

internal enum OidcSubjectSource { Userinfo, Me, Oid }

internal enum AccountLinkingMode { ConfirmWithExistingCredential, Automatic }

internal enum UpdateIdentityOnLogin { Never, Automatic }
