using Ascent.Schemas.Unicode;

namespace Ascent.Schemas.Phones;

/// <summary>Reads international numbers: a plus sign, digits, and the usual separators between them. National notation has no country and is none.</summary>
internal static class PhoneNumber
{
    private const int MaxText = 64;
    private const int MaxDigits = 15;

    public static string? ToE164(string text)
    {
        if (text.Length is 0 or > MaxText || text.AsSpan().IndexOfAny('+', '\uFF0B') < 0) return null;
        if (Digits(Nfkc.Normalize(text).Trim()) is not { } digits) return null;
        for (var length = 1; length <= 3 && length < digits.Length; length++)
        {
            if (NumberingPlans.Find(digits[..length]) is not { } plan) continue;
            var national = digits[length..];
            if (plan.Fits(national)) return $"+{digits}";
            // "+44 (0)20…" carries the trunk digit that is dialled inside the country only.
            return national[0] == '0' && plan.Fits(national[1..]) ? $"+{digits[..length]}{national[1..]}" : null;
        }
        return null;
    }

    private static string? Digits(string text)
    {
        if (text.Length < 2 || text[0] != '+') return null;
        Span<char> digits = stackalloc char[MaxDigits + 1];
        var count = 0;
        foreach (var c in text.AsSpan(1))
        {
            if (char.IsDigit(c))
            {
                if (count == digits.Length) return null;
                digits[count++] = (char)('0' + (int)char.GetNumericValue(c));
            }
            else if (c is not (' ' or '-' or '.' or '/' or '(' or ')') && c is < '\u2010' or > '\u2015')
            {
                return null;
            }
        }
        return count is > 1 and <= MaxDigits + 1 ? digits[..count].ToString() : null;
    }
}
