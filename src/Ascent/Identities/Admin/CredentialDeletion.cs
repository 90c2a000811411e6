using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Events;
using Ascent.Http;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Ascent.Identities.Admin;

/// <summary>Takes a credential away, as far as an identity may lose it: the last way to sign in stays.</summary>
internal static class CredentialDeletion
{
    public static async Task<IResult> DeleteAsync(HttpContext http, string id, string type, Tenant tenant, IdentityWriter writer, ConfigStore config, CancellationToken ct)
    {
        if (IdentityAnswers.ParseId(id) is not { } known) return ApiError.NotFound();
        var identifier = http.Request.Query["identifier"].ToString();
        var (settings, actor) = (config.Current, AdminCaller.Of(http));
        var write = await writer.UpdateAsync(tenant.Nid, known, state => Edit(state, type, identifier, settings, actor), actor, ct);
        return write is IdentityWrite.Updated ? TypedResults.NoContent() : IdentityAnswers.Error(write);
    }

    private static IdentityEdit Edit(IdentityState state, string type, string identifier, AscentConfig settings, string actor)
    {
        if (!state.Credentials.TryGetValue(type, out var credential))
            return Missing($"The identity has no credential of the type {Pointer.Escape(type)}.");
        var draft = IdentityDraft.From(state) with { ReadTraits = false };
        return type switch
        {
            CredentialTypes.Totp or CredentialTypes.LookupSecret => Apply(state, draft.Without(type), type, actor),
            CredentialTypes.WebAuthn => Apply(state, draft.With(type, WithoutSecondFactors(credential.Config, state.Identity.Id)), type, actor),
            CredentialTypes.Password => IsLast(state, settings) ? Last() : Apply(state, draft.With(type, "{}"), type, actor),
            CredentialTypes.Oidc or CredentialTypes.Saml => Unlink(state, draft, credential, identifier, settings, actor),
            _ => new IdentityEdit.Refuse(ApiError.BadRequest($"Credentials of the type {Pointer.Escape(type)} cannot be deleted.")),
        };
    }

    private static IdentityEdit Unlink(IdentityState state, IdentityDraft draft, Credential credential, string identifier, AscentConfig settings, string actor)
    {
        if (identifier.Length == 0) return new IdentityEdit.Refuse(ApiError.BadRequest("The parameter identifier must name the link, as provider:subject."));
        var root = (JsonObject)JsonNode.Parse(credential.Config)!;
        var providers = root["providers"] as JsonArray ?? [];
        var link = providers.FirstOrDefault(p => $"{p?["provider"]}:{p?["subject"]}" == identifier);
        if (link is null) return Missing("The identity has no link with this identifier.");
        if (IsLast(state, settings)) return Last();
        providers.Remove(link);
        return Apply(state, providers.Count == 0 ? draft.Without(credential.Type) : draft.With(credential.Type, root.ToJsonString()), credential.Type, actor);
    }

    /// <summary>Keys that sign in without a password stay; without any the handle becomes that of the identity, for keys to come.</summary>
    private static string WithoutSecondFactors(string config, Guid identity)
    {
        var root = (JsonObject)JsonNode.Parse(config)!;
        var kept = (root["credentials"] as JsonArray ?? []).Where(k => k?["is_passwordless"]?.GetValue<bool>() is true).Select(k => k!.DeepClone()).ToArray();
        root.Remove("credentials");
        if (kept.Length > 0) root["credentials"] = new JsonArray(kept);
        else root["user_handle"] = Convert.ToBase64String(identity.ToByteArray(bigEndian: true));
        return root.ToJsonString();
    }

    private static bool IsLast(IdentityState state, AscentConfig settings) => AvailableAal.FirstFactors(state.Credentials.Values, settings) < 2;

    private static IdentityEdit.Apply Apply(IdentityState state, IdentityDraft draft, string type, string actor) => new(draft)
    {
        Event = new Event("identity.credential_deleted") { Actor = actor, IdentityId = state.Identity.Id, Data = new JsonObject { ["type"] = type } },
    };

    private static IdentityEdit.Refuse Last() => new(ApiError.BadRequest("This is the last way in which the identity can sign in; it cannot be deleted."));

    private static IdentityEdit.Refuse Missing(string reason) => new(ApiError.NotFound(reason));
}
