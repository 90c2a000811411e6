using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Sessions;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>Who signed in at a provider, by its word, which was checked.</summary>
/// <param name="Claims">What mappers see.</param>
internal sealed record UpstreamUser(OidcProvider Provider, string Subject, JsonObject Claims)
{
    public string? Acr { get; init; }
    public IReadOnlyList<string> Amr { get; init; } = [];

    /// <summary>When they signed in there (<c>auth_time</c>); null where the provider does not say.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The provider says that it can tell.</summary>
    public bool TellsWhen { get; init; }
    public string IdToken { get; init; } = "";
    public string AccessToken { get; init; } = "";
    public string RefreshToken { get; init; } = "";

    /// <summary>As in the credential's identifiers.</summary>
    public string Identifier => $"{Provider.Id}:{Subject}";

    /// <summary>
    /// Whether they proved themselves at the provider after <paramref name="asked"/>, not only some time before. A provider that could
    /// tell and does not was not asked to: somebody changed the address on the way.
    /// </summary>
    public bool ProvedSince(DateTimeOffset asked) => SignedInAt is { } at ? at >= asked - IdTokens.Skew : Provider.HonoursPrompt ?? !TellsWhen;

    /// <summary>The proof, which is worth two factors where the provider says so in the words that the configuration has.</summary>
    public AuthenticationMethod Method(DateTimeOffset now) => Linked(now) with
    {
        Aal = Provider.Aal2AcrValues.Contains(Acr, StringComparer.Ordinal) || Amr.Any(a => Provider.Aal2AmrValues.Contains(a, StringComparer.Ordinal)) ? SessionAal.Aal2 : SessionAal.Aal1,
    };

    /// <summary>The proof that comes with a link: one factor, since who links chooses the account.</summary>
    public AuthenticationMethod Linked(DateTimeOffset now) => new()
    {
        Method = OidcNodes.Name, Aal = SessionAal.Aal1, CompletedAt = now, Provider = Provider.Id, Organization = Provider.OrganizationId, UpstreamAcr = Acr, UpstreamAmr = Amr.Count > 0 ? Amr : null,
    };

    public override string ToString() => $"{Provider.Id}:…";
}
