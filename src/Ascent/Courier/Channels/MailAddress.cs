using System.Globalization;
using System.Text;

namespace Ascent.Courier.Channels;

/// <summary>An address that can be put into a command and a header without changing either.</summary>
internal sealed record MailAddress(string Local, string Domain)
{
    private const int MostLocal = 64, MostDomain = 253;
    private const string Specials = "()<>[]:;@\\,\"";

    /// <summary>Whether the server must know SMTPUTF8 for it; names of hosts can always be written in ASCII.</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(Local);

    public override string ToString() => $"{Local}@{Domain}";

    /// <summary>Null where the text is no address of the plain form; quoted local parts and address literals are refused too.</summary>
    public static MailAddress? Parse(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 1 || at == text.Length - 1) return null;
        var (local, domain) = (text[..at], text[(at + 1)..]);
        if (Encoding.UTF8.GetByteCount(local) > MostLocal || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)) return null;
        if (local.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || char.IsSurrogate(c) || Specials.Contains(c, StringComparison.Ordinal) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format)) return null;
        return Host(domain) is { } host ? new MailAddress(local, host) : null;
    }

    private static string? Host(string domain)
    {
        try
        {
            if (!domain.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)) return null;
            var ascii = Ascii.IsValid(domain) ? domain : new IdnMapping().GetAscii(domain.ToLowerInvariant());
            return ascii.Length <= MostDomain && ascii.Split('.').All(l => l.Length is > 0 and <= 63 && l[0] != '-' && l[^1] != '-' && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
