using Ascent.Schemas.Formats;
using Ascent.Schemas.Phones;
using Ascent.Schemas.Unicode;

namespace Ascent.Schemas;

/// <summary>
/// The one form in which login identifiers and addresses are stored and looked up: what looks alike or differs only in case, width or
/// invisible characters is the same. Traits themselves are not changed by it, except telephone numbers.
/// </summary>
internal static class Identifiers
{
    /// <summary>For what somebody typed: a telephone number in E.164 if it is one, otherwise folded text without what must not be in it.</summary>
    public static string Normalize(string text)
    {
        var trimmed = text.Trim();
        return NormalizePhone(trimmed) ?? Precis.Strip(trimmed);
    }

    /// <summary>The folded form of a mail address, or null if it is none or has invisible characters.</summary>
    public static string? NormalizeEmail(string text)
    {
        var trimmed = text.Trim();
        return EmailFormat.IsAddress(trimmed) ? Precis.Enforce(trimmed) : null;
    }

    /// <summary>An international number as E.164 (<c>+4917612345678</c>), or null if it is none.</summary>
    public static string? NormalizePhone(string text) => PhoneNumber.ToE164(text);
}
