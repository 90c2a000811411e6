using Ascent.Http;
using Ascent.Schemas;

namespace Ascent.Identities;

/// <summary>What became of a write.</summary>
internal abstract record IdentityWrite
{
    private IdentityWrite() { }

    public sealed record Created(IdentityState State) : IdentityWrite;

    public sealed record Updated(IdentityState State, IdentityState Before) : IdentityWrite;

    /// <summary>The caller's own function said no.</summary>
    public sealed record Refused(ApiError Error) : IdentityWrite;

    public sealed record UnknownSchema(string SchemaId) : IdentityWrite;

    /// <summary>The traits break the schema; <paramref name="Check"/> says where.</summary>
    public sealed record InvalidTraits(TraitsResult Check) : IdentityWrite;

    public sealed record Conflict(IdentityConflict With) : IdentityWrite;

    public sealed record NotFound : IdentityWrite;

    /// <summary>Others changed it again and again meanwhile; nothing was written.</summary>
    public sealed record Contended : IdentityWrite;
}

/// <summary>
/// Whose value it is already. <paramref name="What"/> is <c>external_id</c>, <c>identifier</c> or <c>address</c>, of an import that brings ids <c>id</c> or <c>address_id</c>;
/// <paramref name="Kind"/> the credential type or the kind of address.
/// </summary>
internal sealed record IdentityConflict(string What, string Kind, string Value, Guid Owner);
