using System.Globalization;
using System.Text;

namespace Ascent.Schemas.Unicode;

/// <summary>
/// Identifiers in one form (RFC 8264, FreeformClass): width folded, lower case, NFKC, the bidi rule of RFC 5893. Invisible characters
/// (controls, formats, private use, unassigned) are no part of an identifier: strictly they are an error, gracefully they are dropped.
/// </summary>
internal static class Precis
{
    /// <summary>The form of a text, or null if it holds what it must not.</summary>
    public static string? Enforce(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (IsForbidden(rune)) return null;
        var form = Fold(text);
        return form.Length > 0 && BidiRule.Holds(form) ? form : null;
    }

    /// <summary>The form of a text without what it must not hold.</summary>
    public static string Strip(string text)
    {
        if (Ascii.IsValid(text) && !text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.Contains('\x7F', StringComparison.Ordinal)) return Fold(text);
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (!IsForbidden(rune)) kept.Append(rune.ToString());
        return Fold(kept.ToString());
    }

    /// <summary>NFKC folds the width too. Lower case once more behind it, for what only the folding made a letter with a case.</summary>
    private static string Fold(string text) => Lower(Nfkc.Normalize(Lower(Nfkc.Normalize(text)))).Trim();

    /// <summary>The invariant culture leaves the dotted capital I alone.</summary>
    private static string Lower(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    private static bool IsForbidden(Rune rune) => rune.Value == 0xFFFD || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
        || IsIgnorable(rune.Value);

    /// <summary>Default-ignorable code points of other categories: joiners, fillers, variation selectors.</summary>
    private static bool IsIgnorable(int point) =>
        point is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0100 and <= 0xE01EF);
}
