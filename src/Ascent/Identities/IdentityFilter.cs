using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>Which identities a list shows: all of them, or those of one condition.</summary>
internal sealed record IdentityFilter
{
    private const string ByIdentifier = "and i.id in (select f.identity_id from credential_identifier f where f.nid = @nid and f.identifier = any(@identifiers))";
    private const string BySimilar = "and i.id in (select f.identity_id from credential_identifier f where f.nid = @nid and lower(f.identifier) like @pattern escape '!')";

    private IdentityFilter(string condition, params (string, SqlValue)[] parameters) => (Condition, Parameters) = (condition, parameters);

    public static IdentityFilter None { get; } = new("");

    /// <summary>SQL behind the condition on the tenant.</summary>
    public string Condition { get; }
    public (string Name, SqlValue Value)[] Parameters { get; }

    public static IdentityFilter Ids(IReadOnlyList<Guid> ids) => new("and i.id = any(@ids)", ("ids", SqlValue.Of(ids)));

    public static IdentityFilter Organization(Guid id) => new("and i.organization_id = @organization", ("organization", id));

    /// <summary>One of these spellings, of any type.</summary>
    public static IdentityFilter Identifier(IReadOnlyList<string> spellings) => new(ByIdentifier, ("identifiers", SqlValue.Of(spellings)));

    /// <summary>The text anywhere in an identifier.</summary>
    public static IdentityFilter Similar(string part) => new(BySimilar, ("pattern", $"%{Escape(part.ToLowerInvariant())}%"));

    private static string Escape(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);
}
