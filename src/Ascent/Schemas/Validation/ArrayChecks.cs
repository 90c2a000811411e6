using System.Text.Json;

namespace Ascent.Schemas.Validation;

internal static class ArrayChecks
{
    public static void Run(Evaluator evaluator, SchemaNode node, ArrayRule rule, JsonElement value, List<SchemaError> errors)
    {
        var count = value.GetArrayLength();
        if (count < rule.MinItems) evaluator.Fail(node, "minItems", new SchemaFault.TooFewItems(rule.MinItems.Value, count), errors);
        if (count > rule.MaxItems) evaluator.Fail(node, "maxItems", new SchemaFault.TooManyItems(rule.MaxItems.Value, count), errors);
        if (rule.UniqueItems && count > 1) Unique(evaluator, node, value, count, errors);
        Items(evaluator, node, rule, value, count, errors);
        if (rule.Contains is not null) Contains(evaluator, node, rule.Contains, value, errors);
    }

    private static void Items(Evaluator evaluator, SchemaNode node, ArrayRule rule, JsonElement value, int count, List<SchemaError> errors)
    {
        if (rule.Items is null && rule.Tuple is null) return;
        if (rule.Tuple is { } shape && rule.AdditionalItems?.Always is false && count > shape.Length)
            evaluator.Fail(node, "additionalItems", new SchemaFault.TooManyItems(shape.Length, count), errors);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var schema = rule.Items
                ?? (index < rule.Tuple!.Length ? rule.Tuple[index] : rule.AdditionalItems?.Always is false ? null : rule.AdditionalItems);
            if (schema is not null) evaluator.CheckChild(schema, item, index, errors);
            index++;
        }
    }

    private static void Unique(Evaluator evaluator, SchemaNode node, JsonElement value, int count, List<SchemaError> errors)
    {
        var seen = new Dictionary<JsonElement, int>(count, JsonEquality.Instance);
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (!seen.TryAdd(item, index))
            {
                evaluator.Fail(node, "uniqueItems", new SchemaFault.EqualItems(seen[item], index), errors);
                return;
            }
            index++;
        }
    }

    private static void Contains(Evaluator evaluator, SchemaNode node, SchemaNode wanted, JsonElement value, List<SchemaError> errors)
    {
        var found = false;
        foreach (var item in value.EnumerateArray()) found |= evaluator.Holds(wanted, item);
        if (!found) evaluator.Fail(node, "contains", new SchemaFault.NoItemMatches(), errors);
    }
}
