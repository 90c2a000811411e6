using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Schemas;

namespace Ascent.Flows.Registration;

/// <summary>
/// The traits of a submission. Nested objects that were not sent become empty ones, as forms cannot send them; where the schema
/// wants them filled or not at all, and the rest is valid, they stay away.
/// </summary>
/// <param name="Sent">As they came: what the form shows again.</param>
/// <param name="Check">The traits as they will be kept, or what is wrong with them.</param>
internal sealed record RegistrationTraits(JsonObject Sent, TraitsResult Check)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    public bool IsValid => Check.IsValid;

    public string Json => Check.Traits.GetRawText();

    public IReadOnlyList<FieldText> Messages => SchemaMessages.Of(Check.Errors);

    public static RegistrationTraits Read(IdentitySchema schema, JsonObject body)
    {
        var sent = body["traits"] as JsonObject ?? [];
        var whole = schema.Validate(Element(TraitInput.Read(body, schema)));
        if (whole.IsValid || body["traits"] is not (null or JsonObject)) return new RegistrationTraits(sent, whole);
        var bare = schema.Validate(Element(sent));
        return new RegistrationTraits(sent, bare.IsValid ? bare : whole);
    }

    public static JsonElement Element(JsonNode node) => JsonElement.Parse(node.ToJsonString(), Deep);

    /// <summary>The group of the fields: <c>default</c>, or as old pages want it.</summary>
    public static string GroupOf(AscentConfig config) =>
        config.FeatureFlags.PasswordProfileRegistrationNodeGroup == ProfileNodeGroup.Password ? NodeGroups.Password : NodeGroups.Default;
}
