using System.Text.Json;

namespace Ascent.Schemas.Validation;

internal static class ObjectChecks
{
    public static void Run(Evaluator evaluator, SchemaNode node, ObjectRule rule, JsonElement value, List<SchemaError> errors)
    {
        if (rule.MinProperties is not null || rule.MaxProperties is not null)
        {
            var count = value.GetPropertyCount();
            if (count < rule.MinProperties) evaluator.Fail(node, "minProperties", new SchemaFault.TooFewProperties(rule.MinProperties.Value, count), errors);
            if (count > rule.MaxProperties) evaluator.Fail(node, "maxProperties", new SchemaFault.TooManyProperties(rule.MaxProperties.Value, count), errors);
        }
        if (rule.Required.Count > 0 && Absent(value, rule.Required) is { Count: > 0 } missing)
            evaluator.Fail(node, "required", new SchemaFault.MissingProperties(missing), errors);
        if (rule.LooksIntoProperties) Properties(evaluator, node, rule, value, errors);
        foreach (var dependency in rule.Dependencies)
        {
            if (!value.TryGetProperty(dependency.Property, out _)) continue;
            if (dependency.Schema is not null) evaluator.Check(dependency.Schema, value, errors);
            else if (Absent(value, dependency.Names) is { Count: > 0 } absent)
                evaluator.Fail(node, "dependencies", new SchemaFault.MissingDependencies(dependency.Property, absent), errors);
        }
    }

    private static void Properties(Evaluator evaluator, SchemaNode node, ObjectRule rule, JsonElement value, List<SchemaError> errors)
    {
        List<string>? unknown = null;
        foreach (var property in value.EnumerateObject())
        {
            var name = property.Name;
            if (rule.PropertyNames is not null) evaluator.Check(rule.PropertyNames, NameAsValue(name), errors);
            var known = false;
            if (rule.ByName.TryGetValue(name, out var schema))
            {
                known = true;
                evaluator.CheckChild(schema, property.Value, name, errors);
            }
            foreach (var pattern in rule.PatternProperties)
            {
                if (!pattern.Pattern.Matches(name)) continue;
                known = true;
                evaluator.CheckChild(pattern.Schema, property.Value, name, errors);
            }
            if (known || rule.AdditionalProperties is null) continue;
            if (rule.AdditionalProperties.Always is false) (unknown ??= []).Add(name);
            else evaluator.CheckChild(rule.AdditionalProperties, property.Value, name, errors);
        }
        if (unknown is not null) evaluator.Fail(node, "additionalProperties", new SchemaFault.UnknownProperties(unknown), errors);
    }

    private static List<string>? Absent(JsonElement value, IReadOnlyList<string> names)
    {
        List<string>? absent = null;
        foreach (var name in names)
            if (!value.TryGetProperty(name, out _)) (absent ??= []).Add(name);
        return absent;
    }

    private static JsonElement NameAsValue(string name) => JsonSerializer.SerializeToElement(name, JsonText.Default.String);
}
