using System.Collections.Immutable;
using Ascent.Config;
using Ascent.Crypto.Hashing;
using Ascent.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Identities.Admin;

/// <summary>Makes drafts of what administrators send.</summary>
internal sealed class IdentityDrafts(PasswordHasher hasher, ConfigStore config, ILogger<IdentityDrafts> log)
{
    /// <summary>Hashes the plain password, if there is one. Before any transaction.</summary>
    /// <exception cref="ApiException">It cannot be hashed.</exception>
    public Task<IReadOnlyList<CredentialImport>> HashAsync(IdentityBody body, CancellationToken ct) => body.Credentials.HashAsync(hasher, log, ct);

    public async Task<IdentityDraft> NewAsync(IdentityBody body, CancellationToken ct) => new()
    {
        SchemaId = body.SchemaId ?? config.Current.Identity.DefaultSchemaId,
        State = body.State ?? IdentityStates.Active,
        Traits = body.Traits ?? "{}",
        MetadataPublic = body.MetadataPublic,
        MetadataAdmin = body.MetadataAdmin,
        ExternalId = body.ExternalId,
        OrganizationId = body.OrganizationId,
        Addresses = body.Addresses,
        Exact = body.Exact,
        Credentials = (await HashAsync(body, ct)).ToImmutableSortedDictionary(c => c.Type, c => c.Over(null), StringComparer.Ordinal),
    };

    /// <summary>What an update leaves: what it does not say is dropped, except schema, state, organization and credentials.</summary>
    public static IdentityDraft Replacing(IdentityState state, IdentityBody body, IReadOnlyList<CredentialImport> credentials) => IdentityDraft.From(state) with
    {
        SchemaId = body.SchemaId ?? state.Identity.SchemaId,
        State = body.State ?? state.Identity.State,
        Traits = body.Traits ?? "{}",
        MetadataPublic = body.MetadataPublic,
        MetadataAdmin = body.MetadataAdmin,
        ExternalId = body.ExternalId,
        Addresses = body.Addresses,
        Credentials = credentials.Aggregate(IdentityDraft.From(state).Credentials, (all, c) => all.SetItem(c.Type, c.Over(all.GetValueOrDefault(c.Type)))),
    };
}
