using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Ascent.Schemas.Validation;

/// <summary>
/// A JSON number exactly: digits × 10^exponent, without trailing zeros in the digits, so that equal numbers are equal values.
/// Comparing never widens a number by its exponent unless both have the same magnitude, so 1e999999999 costs nothing.
/// </summary>
internal readonly record struct JsonNumber(BigInteger Digits, long Exponent, int Length) : IComparable<JsonNumber>
{
    /// <summary>More digits than this are not calculated with.</summary>
    private const int MaxDigits = 2_000;
    private const long MaxExponent = 1L << 50;

    public bool IsInteger => Exponent >= 0;

    /// <summary>False for more digits than anybody needs.</summary>
    public static bool TryRead(JsonElement number, out JsonNumber value) => TryParse(number.GetRawText(), out value);

    public static bool TryParse(ReadOnlySpan<char> text, out JsonNumber value)
    {
        value = default;
        var e = text.IndexOfAny('e', 'E');
        var mantissa = e < 0 ? text : text[..e];
        if (mantissa.Length > MaxDigits) return false;

        var dot = mantissa.IndexOf('.');
        var whole = dot < 0 ? mantissa : mantissa[..dot];
        var fraction = dot < 0 ? [] : mantissa[(dot + 1)..];
        var digits = string.Concat(whole, fraction).AsSpan();
        var negative = digits[0] == '-';
        digits = digits[(negative ? 1 : 0)..].TrimStart('0');
        var trimmed = digits.TrimEnd('0');
        if (trimmed.IsEmpty)
        {
            value = new(BigInteger.Zero, 0, 0);
            return true;
        }
        var exponent = ReadExponent(e < 0 ? [] : text[(e + 1)..]) - fraction.Length + (digits.Length - trimmed.Length);
        var n = BigInteger.Parse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture);
        value = new(negative ? -n : n, exponent, trimmed.Length);
        return true;
    }

    public int CompareTo(JsonNumber other)
    {
        if (Digits.Sign != other.Digits.Sign) return Digits.Sign.CompareTo(other.Digits.Sign);
        if (Digits.IsZero) return 0;
        var magnitude = (Exponent + Length).CompareTo(other.Exponent + other.Length);
        if (magnitude != 0) return Digits.Sign < 0 ? -magnitude : magnitude;
        var shift = (int)(Exponent - other.Exponent);
        return shift >= 0
            ? (Digits * BigInteger.Pow(10, shift)).CompareTo(other.Digits)
            : Digits.CompareTo(other.Digits * BigInteger.Pow(10, -shift));
    }

    public bool IsMultipleOf(JsonNumber unit)
    {
        if (Digits.IsZero) return true;
        if (unit.Digits.IsZero) return false;
        var shift = Exponent - unit.Exponent;
        // Digits do not end in 0, so nothing that has a factor 10 divides them.
        if (shift < 0) return false;
        var modulus = BigInteger.Abs(unit.Digits);
        return (BigInteger.ModPow(10, shift, modulus) * Digits % modulus).IsZero;
    }

    /// <summary>A limit that counts things; beyond an int it is the largest int.</summary>
    public int ToCount()
    {
        if (Digits.Sign <= 0) return 0;
        if (Exponent + Length > 10) return int.MaxValue;
        var n = Exponent >= 0 ? Digits * BigInteger.Pow(10, (int)Exponent) : Digits / BigInteger.Pow(10, (int)Math.Min(-Exponent, Length + 1));
        return n > int.MaxValue ? int.MaxValue : (int)n;
    }

    private static long ReadExponent(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return 0;
        var negative = text[0] == '-';
        var digits = (text[0] is '-' or '+' ? text[1..] : text).TrimStart('0');
        var n = digits.IsEmpty ? 0 : digits.Length > 15 ? MaxExponent : Math.Min(long.Parse(digits, CultureInfo.InvariantCulture), MaxExponent);
        return negative ? -n : n;
    }

    public static bool operator <(JsonNumber left, JsonNumber right) => left.CompareTo(right) < 0;
    public static bool operator >(JsonNumber left, JsonNumber right) => left.CompareTo(right) > 0;
    public static bool operator <=(JsonNumber left, JsonNumber right) => left.CompareTo(right) <= 0;
    public static bool operator >=(JsonNumber left, JsonNumber right) => left.CompareTo(right) >= 0;
}
