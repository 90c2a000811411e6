using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
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
    private const string Prefix = "traits.";
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    public bool IsValid => Check.IsValid;

    public string Json => Check.Traits.GetRawText();

    public IReadOnlyList<FieldText> Messages => SchemaMessages.Of(Check.Errors);

    public static RegistrationTraits Read(IdentitySchema schema, JsonNode? sent)
    {
        if (sent is not (null or JsonObject)) return new RegistrationTraits([], schema.Validate(Element(sent)));
        var plain = sent as JsonObject ?? [];
        var whole = schema.Validate(Element(WithNested(plain, schema.Fields)));
        if (whole.IsValid) return new RegistrationTraits(plain, whole);
        var bare = schema.Validate(Element(plain));
        return new RegistrationTraits(plain, bare.IsValid ? bare : whole);
    }

    public static JsonElement Element(JsonNode node) => JsonElement.Parse(node.ToJsonString(), Deep);

    /// <summary>How the texts of a form are meant. Fields that the schema does not have are left out, as everybody's forms have some.</summary>
    public static Func<string, FormType> TypesOf(IdentitySchema schema) => name =>
    {
        if (name != "traits" && !name.StartsWith(Prefix, StringComparison.Ordinal)) return FormType.Text;
        return schema.Fields.FirstOrDefault(f => f.Name == name) switch
        {
            null => FormType.Drop,
            { JsonType: "number" or "integer" } => FormType.Number,
            { JsonType: "boolean" } => FormType.Boolean,
            { JsonType: "array" } => FormType.TextList,
            _ => FormType.Text,
        };
    };

    /// <summary>The group of the fields: <c>default</c>, or as old pages want it.</summary>
    public static string GroupOf(AscentConfig config) =>
        config.FeatureFlags.PasswordProfileRegistrationNodeGroup == ProfileNodeGroup.Password ? NodeGroups.Password : NodeGroups.Default;

    private static JsonObject WithNested(JsonObject traits, IEnumerable<TraitField> fields)
    {
        var filled = traits.DeepClone().AsObject();
        foreach (var field in fields)
        {
            var at = filled;
            foreach (var part in field.Name[Prefix.Length..].Split('.')[..^1])
            {
                if (!at.ContainsKey(part)) at[part] = new JsonObject();
                if (at[part] is not JsonObject inner) break;
                at = inner;
            }
        }
        return filled;
    }
}
