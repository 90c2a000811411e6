using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ascent.Courier.Channels;

/// <summary>
/// A mail as it goes over the wire: ASCII lines of at most 76 characters that end in CRLF. No value can begin a header of its
/// own: whatever is not printable ASCII is encoded, and texts are encoded as a whole.
/// </summary>
internal static class MailText
{
    private const int MostInLine = 76, MostInWord = 39;

    public static string Write(Outgoing message, MailAddress to, SmtpServer server, TimeProvider time)
    {
        var mail = new StringBuilder(4096);
        var boundary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var from = MailAddress.Parse(server.FromAddress)!;
        var headers = new List<(string Name, string Value)>
        {
            ("From", server.FromName is { Length: > 0 } name ? $"{Phrase(name)} <{from}>" : from.ToString()),
            ("To", to.ToString()),
            ("Subject", Words(message.Content.Subject)),
            ("Date", time.GetUtcNow().UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)),
            // The same for every attempt, so that a mail that was sent twice is seen to be one.
            ("Message-ID", $"<{message.Id:n}@{from.Domain}>"),
            ("Auto-Submitted", "auto-generated"),
        };
        foreach (var (header, value) in headers)
            if (!server.Headers.Keys.Contains(header, StringComparer.OrdinalIgnoreCase)) Line(mail, header, value);
        foreach (var (header, value) in server.Headers) Line(mail, header, Words(value));
        Line(mail, "MIME-Version", "1.0");
        Line(mail, "Content-Type", $"multipart/alternative; boundary={boundary}");
        Part(mail, boundary, "text/plain", message.Content.Body);
        if (message.Content.Html is { } html) Part(mail, boundary, "text/html", html);
        return mail.Append("\r\n--").Append(boundary).Append("--\r\n").ToString();
    }

    private static void Line(StringBuilder to, string name, string value) => to.Append(name).Append(": ").Append(value).Append("\r\n");

    private static void Part(StringBuilder to, string boundary, string type, string text)
    {
        text = text.ReplaceLineEndings("\r\n");
        var foreign = text.Count(c => c > '\x7e');
        var base64 = foreign * 5 > text.Length;
        to.Append("\r\n--").Append(boundary).Append("\r\n");
        Line(to, "Content-Type", $"{type}; charset=utf-8");
        Line(to, "Content-Transfer-Encoding", base64 ? "base64" : "quoted-printable");
        to.Append("\r\n");
        if (base64) Base64(to, text);
        else QuotedPrintable(to, text);
        to.Append("\r\n");
    }

    /// <summary>A header's words: as they are where they are short printable ASCII, else as RFC 2047 has it.</summary>
    internal static string Words(string text)
    {
        var clean = string.Concat(text.EnumerateRunes().Select(r => Rune.IsControl(r) ? " " : r.ToString()));
        return clean.Length <= 60 && IsPrintable(clean) && !clean.Contains("=?", StringComparison.Ordinal) ? clean : Encoded(clean);
    }

    private static string Phrase(string name)
    {
        var clean = string.Concat(name.EnumerateRunes().Select(r => Rune.IsControl(r) ? " " : r.ToString()));
        return clean.Length <= 60 && IsPrintable(clean) ? $"\"{clean.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : Encoded(clean);
    }

    private static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    // RFC 2047 section 2: a line with such words has at most 76 characters; none of them ends within a character.
    private static string Encoded(string text)
    {
        var words = new List<string>();
        var bytes = new List<byte>(MostInWord);
        Span<byte> one = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(one);
            if (bytes.Count + length > MostInWord) Flush();
            bytes.AddRange(one[..length]);
        }
        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String(bytes.ToArray())}?=");
            bytes.Clear();
        }
    }

    private static void Base64(StringBuilder to, string text)
    {
        var all = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        for (var i = 0; i < all.Length; i += MostInLine) to.Append(all, i, Math.Min(MostInLine, all.Length - i)).Append("\r\n");
    }

    // RFC 2045 section 6.7.
    private static void QuotedPrintable(StringBuilder to, string text)
    {
        foreach (var line in text.Split("\r\n"))
        {
            var length = 0;
            var bytes = Encoding.UTF8.GetBytes(line);
            for (var i = 0; i < bytes.Length; i++)
            {
                var b = bytes[i];
                var last = i == bytes.Length - 1;
                var plain = b is >= 33 and <= 126 and not (byte)'=' || (b is (byte)' ' or (byte)'\t' && !last);
                var needed = plain ? 1 : 3;
                if (length + needed > MostInLine - 1)
                {
                    to.Append("=\r\n");
                    length = 0;
                }
                if (plain) to.Append((char)b);
                else to.Append('=').Append(b.ToString("X2", CultureInfo.InvariantCulture));
                length += needed;
            }
            to.Append("\r\n");
        }
    }
}
