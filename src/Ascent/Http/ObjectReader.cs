using System.Globalization;
using System.Text.Json;

namespace Ascent.Http;

/// <summary>
/// Reads a JSON object strictly: every field by the type it must have, and <see cref="Done"/> refuses what nobody asked
/// for. A null counts as absent. Errors are 400s that name the field and what would be right.
/// </summary>
internal sealed class ObjectReader
{
    private readonly JsonElement element;
    private readonly string pointer;
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    private ObjectReader(JsonElement element, string pointer) => (this.element, this.pointer) = (element, pointer);

    /// <exception cref="ApiException">The value is no object.</exception>
    public static ObjectReader Of(JsonElement element, string pointer = "")
    {
        if (element.ValueKind != JsonValueKind.Object) throw Misfit(pointer.Length == 0 ? "The body" : $"The field {pointer}", "an object", element);
        return new ObjectReader(element, pointer);
    }

    public bool Has(string name) => Find(name) is not null;

    public string? String(string name) => Find(name) is { } v ? v.ValueKind == JsonValueKind.String ? v.GetString() : throw Wrong(name, "a string", v) : null;

    public string RequiredString(string name) => String(name) ?? throw Missing(name, "a string");

    public bool? Boolean(string name) => Find(name) is { } v
        ? v.ValueKind is JsonValueKind.True or JsonValueKind.False ? v.GetBoolean() : throw Wrong(name, "true or false", v)
        : null;

    public long? Integer(string name, long least = long.MinValue, long most = long.MaxValue)
    {
        if (Find(name) is not { } v) return null;
        if (v.ValueKind != JsonValueKind.Number || !v.TryGetInt64(out var number)) throw Wrong(name, "a whole number", v);
        return number >= least && number <= most ? number : throw Wrong(name, $"a whole number from {least} to {most}", v);
    }

    public double? Number(string name) => Find(name) is { } v
        ? v.ValueKind == JsonValueKind.Number && v.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(name, "a number", v)
        : null;

    public Guid? Uuid(string name) => Find(name) is { } v
        ? v.ValueKind == JsonValueKind.String && Guid.TryParseExact(v.GetString(), "D", out var id) ? id : throw Wrong(name, "a UUID", v)
        : null;

    public DateTimeOffset? Time(string name)
    {
        if (Find(name) is not { } v) return null;
        return v.ValueKind == JsonValueKind.String && v.GetString() is { Length: >= 20 } text && text[10] is 'T' or 't'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Wrong(name, "a time as 2026-01-02T15:04:05Z", v);
    }

    /// <summary>One of a few words.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> words)
    {
        if (String(name) is not { } text) return null;
        foreach (var word in words)
            if (word == text)
                return word;
        throw Bad($"The field {Path(name)} must be {Words(words)}.");
    }

    public JsonElement? Any(string name) => Find(name);

    public ObjectReader? Object(string name) => Find(name) is { } v
        ? v.ValueKind == JsonValueKind.Object ? new ObjectReader(v, Path(name)) : throw Wrong(name, "an object", v)
        : null;

    public ObjectReader RequiredObject(string name) => Object(name) ?? throw Missing(name, "an object");

    /// <summary>The items with their pointers, for <see cref="Of"/>; null when the field is absent.</summary>
    public IReadOnlyList<(JsonElement Item, string Pointer)>? Array(string name, int most = int.MaxValue)
    {
        if (Find(name) is not { } v) return null;
        if (v.ValueKind != JsonValueKind.Array) throw Wrong(name, "an array", v);
        if (v.GetArrayLength() > most) throw Bad($"The field {Path(name)} may hold at most {most} items; it holds {v.GetArrayLength()}.");
        return [.. v.EnumerateArray().Select((item, i) => (item, $"{Path(name)}/{i}"))];
    }

    public IReadOnlyList<string>? Strings(string name, int most = int.MaxValue) =>
        Array(name, most)?.Select(i => i.Item.ValueKind == JsonValueKind.String ? i.Item.GetString()! : throw Misfit($"The field {i.Pointer}", "a string", i.Item)).ToArray();

    /// <summary>Marks a field as known that is deliberately not read.</summary>
    public ObjectReader Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) known.Add(name);
        return this;
    }

    /// <summary>To be called when every field has been asked for.</summary>
    public void Done()
    {
        foreach (var property in element.EnumerateObject())
        {
            if (known.Contains(property.Name)) continue;
            var near = Nearest(property.Name, known);
            throw Bad(near is null ? $"The field {Path(property.Name)} is not known here." : $"The field {Path(property.Name)} is not known here; did you mean {near}?");
        }
    }

    /// <summary>The error for a field whose value has the right type and is wrong all the same.</summary>
    public ApiException Invalid(string name, string whatIsRight) => Bad($"The field {Path(name)} must be {whatIsRight}.");

    /// <summary>The known name that a mistyped one is closest to, if any is close.</summary>
    internal static string? Nearest(string name, IEnumerable<string> names) =>
        name.Length > 64 ? null : names.Select(n => (Name: n, Distance: Distance(name.ToLowerInvariant(), n.ToLowerInvariant())))
            .Where(n => n.Distance <= Math.Max(1, Math.Min(3, n.Name.Length / 3)))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal).FirstOrDefault().Name;

    private JsonElement? Find(string name)
    {
        known.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private string Path(string name) => $"{pointer}/{Pointer.Escape(name)}";

    private ApiException Missing(string name, string right) => Bad($"The field {Path(name)} is missing; it must be {right}.");

    private ApiException Wrong(string name, string right, JsonElement value)
    {
        var subject = $"The field {Path(name)}";
        return Misfit(subject, right, value);
    }

    private static ApiException Misfit(string subject, string right, JsonElement value) =>
        Bad($"{subject} must be {right}, not {Kind(value)}.");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "this string",
        JsonValueKind.Number => "this number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Words(ReadOnlySpan<string> words) =>
        words.Length == 1 ? words[0] : string.Join(", ", words[..^1].ToArray()) + " or " + words[^1];

    private static ApiException Bad(string reason) => new(ApiError.BadRequest(reason));

    /// <summary>Insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
