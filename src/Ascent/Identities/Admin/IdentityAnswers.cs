using System.Diagnostics;
using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Identities.Admin;

/// <summary>What administrators are told of identities and of writes.</summary>
internal sealed class IdentityAnswers(IdentityJson json, ConfigStore config)
{
    /// <summary>An id as people write it: with or without hyphens, in any case. Null for anything else.</summary>
    public static Guid? ParseId(string text) => Guid.TryParseExact(text, "D", out var id) || Guid.TryParseExact(text, "N", out id) ? id : null;

    /// <summary>Whether identities come with their ids and times, as <c>GET</c> gives them.</summary>
    /// <exception cref="ApiException">Another import than that is asked for.</exception>
    public static bool IsExact(IQueryCollection query) => query["import"].ToString() switch
    {
        "" => false,
        "exact" => true,
        _ => throw new ApiException(ApiError.BadRequest("The parameter import must be exact, or left out.")),
    };

    /// <exception cref="ApiException">One is no credential type.</exception>
    public static IReadOnlyList<string> IncludedCredentials(IQueryCollection query)
    {
        if (!query.TryGetValue("include_credential", out var values)) return [];
        var wanted = values.Select(v => v ?? "").ToArray();
        if (Array.Find(wanted, v => !CredentialTypes.IsKnown(v)) is not null)
            throw new ApiException(ApiError.BadRequest("The parameter include_credential must be a credential type as password, oidc, saml, totp, lookup_secret, webauthn, passkey or code; it may be given several times."));
        return wanted;
    }

    public IResult Identity(IdentityState state, AdminView view, int status = StatusCodes.Status200OK) =>
        new JsonResult<IdentityState>(state, (w, s) => json.WriteAdmin(w, s.Identity, s.Credentials.Values, view), status);

    public IResult Created(HttpContext http, IdentityState state)
    {
        http.Response.Headers.Location = $"{config.Current.Serve.Admin.BaseUrl}identities/{state.Identity.Id}";
        return Identity(state, new AdminView { JustCreated = true }, StatusCodes.Status201Created);
    }

    /// <summary>After an update: the schema's URL is that of the schema the identity had before, as clients of the wire contract see it.</summary>
    public IResult Updated(IdentityWrite.Updated update) =>
        Identity(update.State, new AdminView { SchemaUrl = json.SchemaUrl(update.Before.Identity.SchemaId) });

    /// <summary>The error for a write that did not come to be.</summary>
    public static ApiError Error(IdentityWrite write) => write switch
    {
        IdentityWrite.Refused refused => refused.Error,
        IdentityWrite.UnknownSchema unknown => ApiError.BadRequest($"There is no identity schema with the id {Shown(unknown.SchemaId)}."),
        IdentityWrite.InvalidTraits invalid => ApiError.BadRequest(invalid.Check.Reason),
        IdentityWrite.Conflict conflict => ApiError.Conflict(conflict.With.What switch
        {
            "external_id" => "Another identity has this external_id.",
            "id" => "There is an identity with this id already.",
            "address_id" => "Another identity has an address with one of these ids.",
            "address" => $"Another identity has one of the {conflict.With.Kind} addresses.",
            _ => $"Another identity has one of the identifiers of its {conflict.With.Kind} credential.",
        }),
        IdentityWrite.NotFound => ApiError.NotFound(),
        IdentityWrite.Contended => ApiError.Unavailable(TimeSpan.FromSeconds(1), "The identity was changed by others again and again meanwhile; nothing was written."),
        _ => throw new UnreachableException(),
    };

    private static string Shown(string id) => id.Length <= 64 ? id : id[..64] + "…";
}
