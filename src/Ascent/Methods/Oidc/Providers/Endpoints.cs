using Ascent.Config;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>Where a provider is asked, by its own word or by what is known of its kind.</summary>
/// <param name="KeysUrl">Null for providers without id tokens.</param>
/// <param name="Issuers">What its id tokens name.</param>
internal sealed record Endpoints(string Issuer, string AuthUrl, string TokenUrl, string? UserUrl, string? KeysUrl, IReadOnlyList<string> Issuers, bool HasPkce, bool BasicAuth)
{
    /// <summary>It says that it can tell when somebody signed in there.</summary>
    public bool TellsWhen { get; init; }

    /// <exception cref="ProviderException">The provider does not say.</exception>
    public static async Task<Endpoints> FindAsync(OidcProvider provider, Discovery discovery, CancellationToken ct)
    {
        var kind = ProviderKinds.Of(provider);
        if (!kind.IsOpenId) return Fixed(provider, kind);
        var issuer = provider.IssuerUrl ?? kind.Issuer!.Replace("{tenant}", provider.MicrosoftTenant, StringComparison.Ordinal);
        var said = await discovery.MetadataAsync(issuer, anyIssuer: provider.Provider == OidcProviderKind.Microsoft, ct);
        IReadOnlyList<string> issuers = provider.Provider == OidcProviderKind.Google && said.Issuer == kind.Issuer ? [said.Issuer, "accounts.google.com"] : [said.Issuer];
        var basic = !kind.PostsSecret && (said.TokenAuth.Count == 0 || said.TokenAuth.Contains("client_secret_basic") || !said.TokenAuth.Contains("client_secret_post"));
        return new Endpoints(said.Issuer, provider.AuthUrl ?? said.AuthUrl, provider.TokenUrl ?? said.TokenUrl, said.UserUrl, said.KeysUrl, issuers, said.HasPkce, basic) { TellsWhen = said.TellsWhen };
    }

    private static Endpoints Fixed(OidcProvider provider, ProviderKind kind)
    {
        var root = (provider.IssuerUrl ?? kind.Base).TrimEnd('/');
        var user = provider.IssuerUrl is null && kind.PublicUserUrl is { } open ? open : On(kind.UserUrl);
        return new Endpoints(root, provider.AuthUrl ?? On(kind.AuthUrl), provider.TokenUrl ?? On(kind.TokenUrl), user, null, [], HasPkce: false, BasicAuth: !kind.PostsSecret);

        string On(string url) => url.Replace("{base}", root, StringComparison.Ordinal);
    }
}
