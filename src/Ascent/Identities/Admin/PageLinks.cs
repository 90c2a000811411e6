using System.Text;
using Ascent.Crypto;
using Microsoft.AspNetCore.Http;

namespace Ascent.Identities.Admin;

/// <summary>Link headers of lists, with the parameters of the request carried along, sorted by name.</summary>
internal static class PageLinks
{
    public static string Build(string path, IQueryCollection query, IReadOnlyCollection<string> leaveOut, IEnumerable<(string Rel, (string Name, string Value)[] Set)> links) =>
        string.Join(",", links.Select(link => $"<{path}?{Query(query, leaveOut, link.Set)}>; rel=\"{link.Rel}\""));

    private static string Query(IQueryCollection query, IReadOnlyCollection<string> leaveOut, (string Name, string Value)[] set)
    {
        var pairs = query.Where(q => !leaveOut.Contains(q.Key) && set.All(s => s.Name != q.Key)).SelectMany(q => q.Value.Select(v => (Name: q.Key, Value: v ?? ""))).Concat(set);
        return string.Join("&", pairs.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{Escape(p.Name)}={Escape(p.Value)}"));
    }

    /// <summary>As forms have it: a blank is a plus.</summary>
    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
            if (char.IsAsciiLetterOrDigit((char)b) || (char)b is '-' or '_' or '.' or '~') result.Append((char)b);
            else if (b == ' ') result.Append('+');
            else result.Append('%').Append(b.ToString("X2"));
        return result.ToString();
    }
}

/// <summary>Opaque names of places in the list of identities.</summary>
internal sealed class PageTokens(Ciphers ciphers)
{
    private const string Purpose = "page/identities";

    /// <summary>The beginning is no secret and goes by the id that nobody has: one link to it stays good for ever.</summary>
    public string After(Guid id) => id == Guid.Empty ? id.ToString() : ciphers.Pagination.Encrypt(Purpose, id.ToByteArray(bigEndian: true));

    public Guid? Read(string token) => token == Guid.Empty.ToString() ? Guid.Empty : ciphers.Pagination.TryDecrypt(Purpose, token, out var id) && id.Length == 16 ? new Guid(id, bigEndian: true) : null;
}
