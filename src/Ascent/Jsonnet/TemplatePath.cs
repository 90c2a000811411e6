using System.Globalization;
using System.Text.Json;

namespace Ascent.Jsonnet;

/// <summary>
/// The way to a value: <c>claims.sub</c>, <c>session.devices[0].location</c>, <c>claims['https://example.org/role']</c>. Names
/// between dots hold letters, digits, <c>_ - $ : @ /</c>; any other name is written in brackets and single quotes.
/// </summary>
internal sealed class TemplatePath
{
    private readonly List<(string? Name, int Index)> steps = [];

    /// <summary>Null where the text is no path.</summary>
    public static TemplatePath? Parse(ReadOnlySpan<char> text)
    {
        var path = new TemplatePath();
        while (text.Length > 0)
        {
            if (text[0] == '[' && path.steps.Count > 0)
            {
                if (!path.Bracket(ref text)) return null;
                continue;
            }
            if (path.steps.Count > 0)
            {
                if (text[0] != '.') return null;
                text = text[1..];
            }
            var length = 0;
            while (length < text.Length && (char.IsLetterOrDigit(text[length]) || text[length] is '_' or '-' or '$' or ':' or '@' or '/')) length++;
            if (length == 0) return null;
            path.steps.Add((text[..length].ToString(), 0));
            text = text[length..];
        }
        return path.steps.Count > 0 ? path : null;
    }

    /// <summary>Null where the way ends before the value.</summary>
    public JsonElement? Find(IReadOnlyDictionary<string, JsonElement> names)
    {
        if (!names.TryGetValue(steps[0].Name!, out var at)) return null;
        foreach (var (name, index) in steps.Skip(1))
        {
            if (name is null)
            {
                if (at.ValueKind != JsonValueKind.Array || index >= at.GetArrayLength()) return null;
                at = at[index];
            }
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        }
        return at;
    }

    private bool Bracket(ref ReadOnlySpan<char> text)
    {
        if (text.StartsWith("['"))
        {
            var end = text.IndexOf("']", StringComparison.Ordinal);
            if (end < 2) return false;
            steps.Add((text[2..end].ToString(), 0));
            text = text[(end + 2)..];
            return true;
        }
        var close = text.IndexOf(']');
        if (close < 0 || !int.TryParse(text[1..close], NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return false;
        steps.Add((null, index));
        text = text[(close + 1)..];
        return true;
    }
}
