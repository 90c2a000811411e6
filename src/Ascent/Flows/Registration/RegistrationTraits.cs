using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Schemas;

namespace Ascent.Flows.Registration;

/// <summary>The traits of a submission and what the schema says of them.</summary>
/// <param name="Sent">As they came: what the form shows again.</param>
/// <param name="Check">The traits as they will be kept, or what is wrong with them.</param>
internal sealed record RegistrationTraits(JsonObject Sent, TraitsResult Check)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    public bool IsValid => Check.IsValid;

    public string Json => Check.Traits.GetRawText();

    public IReadOnlyList<FieldText> Messages => SchemaMessages.Of(Check.Errors);

    public static RegistrationTraits Read(IdentitySchema schema, JsonObject body) =>
        new(body["traits"] as JsonObject ?? [], schema.Validate(Element(TraitInput.Read(body, schema))));

    public static JsonElement Element(JsonNode node) => JsonElement.Parse(node.ToJsonString(), Deep);
}
