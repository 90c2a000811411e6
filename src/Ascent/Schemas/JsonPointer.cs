using System.Globalization;
using System.Text;

namespace Ascent.Schemas;

/// <summary>JSON pointers (RFC 6901) as they stand behind a <c>#</c>, unescaped but for ~0 and ~1.</summary>
internal static class JsonPointer
{
    public const string Root = "#";

    public static string Append(string pointer, string segment) =>
        segment.AsSpan().ContainsAny('~', '/')
            ? $"{pointer}/{segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"
            : $"{pointer}/{segment}";

    public static string Append(string pointer, int index) => string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}");

    /// <summary>The segments of <c>#/a/b</c> or <c>/a/b</c>.</summary>
    public static IReadOnlyList<string> Segments(string pointer)
    {
        var start = pointer.StartsWith('#') ? 1 : 0;
        if (pointer.Length <= start) return [];
        return [.. pointer[(start + 1)..].Split('/').Select(Unescape)];
    }

    /// <summary><c>#/traits/emails/1</c> as <c>traits.emails.1</c>.</summary>
    public static string Dotted(string pointer) => string.Join('.', Segments(pointer));

    private static string Unescape(string segment)
    {
        if (!segment.Contains('~', StringComparison.Ordinal)) return segment;
        return new StringBuilder(segment).Replace("~1", "/").Replace("~0", "~").ToString();
    }
}
