using System.Globalization;
using System.Text;

namespace Ascent.Schemas.Unicode;

/// <summary>
/// RFC 5893, section 2, with the direction of a character read from its block: a text of letters written right to left holds none written
/// left to right, begins with such a letter and ends in one or a digit. Texts without such letters are free.
/// </summary>
internal static class BidiRule
{
    public static bool Holds(string text)
    {
        Rune? first = null, last = null;
        var right = false;
        var left = false;
        foreach (var rune in text.EnumerateRunes())
        {
            first ??= rune;
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)) last = rune;
            if (IsRightToLeft(rune)) right = true;
            else if (Rune.IsLetter(rune)) left = true;
        }
        if (!right) return true;
        return !left && IsRightToLeft(first!.Value) && (IsRightToLeft(last!.Value) || Rune.IsDigit(last.Value));
    }

    private static bool IsRightToLeft(Rune rune) => Rune.IsLetter(rune)
        && rune.Value is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFF) or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);
}
