using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Sessions;

/// <summary>
/// The browser's session cookie: token and end of the session, encrypted under <c>secrets.cookie</c>. What the database says of
/// the token counts; the end is there only to see when the cookie must be renewed.
/// </summary>
internal sealed class SessionCookie(ConfigStore config, Ciphers ciphers, TimeProvider time)
{
    private const string Purpose = "session-cookie";

    /// <summary>A value that is no session's: some clients keep a cookie that is set to nothing.</summary>
    private const string Ended = "ended";

    public readonly record struct Content(SessionToken Token, DateTimeOffset ExpiresAt);

    /// <summary>Gives the browser the session. Its CSRF token is the flows' business.</summary>
    public void Issue(HttpResponse response, SessionToken token, DateTimeOffset expiresAt)
    {
        var cookie = config.Current.SessionCookie;
        var left = expiresAt - time.GetUtcNow();
        var lifetime = cookie.Persistent
            ? $"; Expires={expiresAt.UtcDateTime.ToString("R", CultureInfo.InvariantCulture)}; Max-Age={Math.Max(1, (long)left.TotalSeconds)}"
            : "";
        Append(response, cookie, Seal(token, expiresAt), lifetime);
    }

    public void Clear(HttpResponse response) =>
        Append(response, config.Current.SessionCookie, Ended, $"; Expires={DateTime.UnixEpoch.ToString("R", CultureInfo.InvariantCulture)}; Max-Age=0");

    /// <summary>
    /// The first cookie of the name that one of our secrets opens; a browser may send several, of other paths or other servers.
    /// </summary>
    public bool TryRead(HttpRequest request, out Content content)
    {
        content = default;
        var name = config.Current.Session.Cookie.Name;
        foreach (var header in request.Headers.Cookie)
        {
            var rest = header.AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf(';');
                var pair = (end < 0 ? rest : rest[..end]).Trim();
                rest = end < 0 ? default : rest[(end + 1)..];
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name, StringComparison.Ordinal)) continue;
                if (TryOpen(pair[(name.Length + 1)..].Trim('"'), out content)) return true;
            }
        }
        return false;
    }

    private string Seal(SessionToken token, DateTimeOffset expiresAt)
    {
        var plain = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(token.Value)];
        BinaryPrimitives.WriteInt64LittleEndian(plain, Instant.ToMicroseconds(expiresAt));
        Encoding.UTF8.GetBytes(token.Value, plain.AsSpan(sizeof(long)));
        return ciphers.Cookie.Encrypt(Purpose, plain);
    }

    private bool TryOpen(ReadOnlySpan<char> value, out Content content)
    {
        content = default;
        if (!ciphers.Cookie.TryDecrypt(Purpose, value, out var plain) || plain.Length <= sizeof(long)) return false;
        if (!SessionToken.TryParse(Encoding.UTF8.GetString(plain.AsSpan(sizeof(long))), out var token)) return false;
        content = new Content(token, Instant.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(plain)));
        return true;
    }

    private static void Append(HttpResponse response, ResolvedCookie cookie, string value, string lifetime)
    {
        var text = new StringBuilder(256).Append(cookie.Name).Append('=').Append(value).Append("; Path=").Append(cookie.Path);
        if (cookie.Domain is not null) text.Append("; Domain=").Append(cookie.Domain);
        text.Append(lifetime).Append("; HttpOnly");
        if (cookie.Secure) text.Append("; Secure");
        text.Append("; SameSite=").Append(cookie.SameSite);
        response.Headers.Append("Set-Cookie", text.ToString());
    }
}
