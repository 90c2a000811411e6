using System.Text;
using System.Text.Json;

namespace Ascent.Schemas.Validation;

internal static class ScalarChecks
{
    public static void Text(Evaluator evaluator, SchemaNode node, StringRule rule, string value, List<SchemaError> errors)
    {
        if (rule.MinLength is not null || rule.MaxLength is not null)
        {
            var length = Length(value);
            if (length < rule.MinLength) evaluator.Fail(node, "minLength", new SchemaFault.TooShort(rule.MinLength.Value, length), errors);
            if (length > rule.MaxLength) evaluator.Fail(node, "maxLength", new SchemaFault.TooLong(rule.MaxLength.Value, length), errors);
        }
        if (rule.Pattern is not null && !rule.Pattern.Matches(value)) evaluator.Fail(node, "pattern", new SchemaFault.PatternMismatch(rule.Pattern.Text), errors);
        Content(evaluator, node, rule, value, errors);
    }

    public static void Number(Evaluator evaluator, SchemaNode node, NumberRule rule, JsonElement value, List<SchemaError> errors)
    {
        var text = value.GetRawText();
        if (!JsonNumber.TryParse(text, out var n))
        {
            evaluator.Fail(node, "type", new SchemaFault.TooComplex(), errors);
            return;
        }
        if (rule.Minimum is { } min && n < min.Value) evaluator.Fail(node, "minimum", new SchemaFault.BelowMinimum(min.Text, text), errors);
        if (rule.ExclusiveMinimum is { } above && n <= above.Value) evaluator.Fail(node, "exclusiveMinimum", new SchemaFault.NotAboveMinimum(above.Text, text), errors);
        if (rule.Maximum is { } max && n > max.Value) evaluator.Fail(node, "maximum", new SchemaFault.AboveMaximum(max.Text, text), errors);
        if (rule.ExclusiveMaximum is { } below && n >= below.Value) evaluator.Fail(node, "exclusiveMaximum", new SchemaFault.NotBelowMaximum(below.Text, text), errors);
        if (rule.MultipleOf is { } unit && !n.IsMultipleOf(unit.Value)) evaluator.Fail(node, "multipleOf", new SchemaFault.NotMultiple(unit.Text, text), errors);
    }

    private static void Content(Evaluator evaluator, SchemaNode node, StringRule rule, string value, List<SchemaError> errors)
    {
        if (rule.ContentEncoding is null && rule.ContentMediaType is null) return;
        byte[] bytes;
        if (rule.ContentEncoding is null)
        {
            bytes = Encoding.UTF8.GetBytes(value);
        }
        else
        {
            bytes = new byte[value.Length];
            if (!Convert.TryFromBase64String(value, bytes, out var written))
            {
                evaluator.Fail(node, "contentEncoding", new SchemaFault.BadContent("base64"), errors);
                return;
            }
            bytes = bytes[..written];
        }
        if (rule.ContentMediaType is not null && !IsJson(bytes)) evaluator.Fail(node, "contentMediaType", new SchemaFault.BadContent("JSON"), errors);
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>In code points.</summary>
    private static int Length(string value)
    {
        var length = value.Length;
        for (var i = 1; i < value.Length; i++)
            if (char.IsSurrogatePair(value[i - 1], value[i])) length--;
        return length;
    }
}
