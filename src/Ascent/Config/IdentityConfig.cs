namespace Ascent.Config;

internal sealed record IdentityConfig
{
    [Key("The schema of identities that name none.")]
    public string DefaultSchemaId { get; init; } = "default";

    [Key("All schemas.", Required = true, Min = 1)]
    public IReadOnlyList<SchemaConfig> Schemas { get; init; } = [];
}

internal sealed record SchemaConfig
{
    [Key("Its id.", Required = true, Min = 1)]
    public string Id { get; init; } = "";

    [Key("The JSON schema.", Required = true, Format = TextFormat.Document)]
    public string Url { get; init; } = "";

    [Key("People may choose it when they register, by ?identity_schema=.")]
    public bool SelfserviceSelectable { get; init; }
}
