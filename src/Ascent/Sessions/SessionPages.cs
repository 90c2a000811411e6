using System.Buffers.Binary;
using System.Globalization;
using Ascent.Crypto;
using Ascent.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ascent.Sessions;

/// <summary>
/// Pages of sessions, by both ways of the wire contract: numbered ones with a total, where a token stands for an offset, and
/// keyset ones, where it stands for the last session seen. Tokens are ours alone to read.
/// </summary>
internal sealed class SessionPages(Ciphers ciphers)
{
    private const int DefaultSize = 250, MostSize = 1000;
    private const string NumberedPurpose = "session-page", KeysetPurpose = "session-keyset";

    public readonly record struct Numbered(int Page, int Size, int Offset);

    public readonly record struct Keyset(Guid Before, int Size);

    /// <summary>Pages 0 and 1 are both the first. A token, where one is given, decides.</summary>
    public Numbered ReadNumbered(HttpRequest request)
    {
        var query = request.Query;
        if (query.ContainsKey("page_token") || query.ContainsKey("page_size"))
        {
            var size = Size(query["page_size"].ToString(), "page_size");
            var offset = 0;
            if (query["page_token"].ToString() is { Length: > 0 } token)
            {
                if (!ciphers.Pagination.TryDecrypt(NumberedPurpose, token, out var bytes)) BadToken();
                offset = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            }
            return new Numbered(offset / size, size, offset);
        }
        var perPage = Size(query["per_page"].ToString(), "per_page");
        var page = Number(query["page"].ToString(), "page", 0);
        return new Numbered(page, perPage, Math.Max(0, page - 1) * perPage);
    }

    public Keyset ReadKeyset(HttpRequest request)
    {
        var size = Size(request.Query["page_size"].ToString(), "page_size");
        if (request.Query["page_token"].ToString() is not { Length: > 0 } token) return new Keyset(Guid.AllBitsSet, size);
        if (!ciphers.Pagination.TryDecrypt(KeysetPurpose, token, out var bytes)) BadToken();
        return new Keyset(new Guid(bytes, bigEndian: true), size);
    }

    public void WriteKeyset(HttpContext http, Keyset page, Guid? last)
    {
        var links = Link(http, "first", KeysetLink(page, Guid.AllBitsSet));
        if (last is { } id) links += "," + Link(http, "next", KeysetLink(page, id));
        http.Response.Headers.Link = links;
    }

    /// <summary>Links count pages from 0 and leave out what is not there; an empty list has neighbours all the same.</summary>
    public void WriteNumbered(HttpContext http, Numbered page, long total)
    {
        http.Response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        long size = page.Size, last = Math.Max(0, (total - 1) / size);
        string To(string rel, long number, long? each = null) => Link(http, rel, NumberedLink(number, each ?? size));
        http.Response.Headers.Link =
            total == 0 ? string.Join(',', To("first", 0), To("next", page.Page + 1), To("prev", page.Page - 1))
            : page.Page < last && page.Page == 0 ? string.Join(',', To("next", 1), To("last", last))
            : page.Page < last ? string.Join(',', To("first", 0), To("next", page.Page + 1), To("prev", page.Page - 1), To("last", last))
            : total <= size ? To("first", 0, total)
            : string.Join(',', To("first", 0), To("prev", last - 1));
    }

    private (string, string)[] KeysetLink(Keyset page, Guid before) =>
        [("page_size", page.Size.ToString(CultureInfo.InvariantCulture)), ("page_token", ciphers.Pagination.Encrypt(KeysetPurpose, before.ToByteArray(bigEndian: true)))];

    private (string, string)[] NumberedLink(long page, long size)
    {
        var offset = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(offset, (int)Math.Clamp(page * size, 0, int.MaxValue));
        var each = size.ToString(CultureInfo.InvariantCulture);
        return [("page", page.ToString(CultureInfo.InvariantCulture)), ("page_size", each), ("page_token", ciphers.Pagination.Encrypt(NumberedPurpose, offset)), ("per_page", each)];
    }

    /// <summary>The request's own path and query, its parameters sorted and some replaced.</summary>
    private static string Link(HttpContext http, string rel, (string Name, string Value)[] replaced)
    {
        var parameters = http.Request.Query.Where(q => !replaced.Any(r => r.Name == q.Key)).Concat(replaced.Select(r => KeyValuePair.Create(r.Name, new StringValues(r.Value))))
            .OrderBy(p => p.Key, StringComparer.Ordinal).SelectMany(p => p.Value.Select(v => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(v ?? "")}"));
        var path = http.Request.Path.ToUriComponent();
        if (Listener.Of(http)?.Face == Face.Admin && !path.StartsWith("/admin/", StringComparison.Ordinal)) path = "/admin" + path;
        return $"<{path}?{string.Join('&', parameters)}>; rel=\"{rel}\"";
    }

    private static int Size(string text, string name) => Number(text, name, DefaultSize) is > 0 and var n ? Math.Min(n, MostSize) : DefaultSize;

    private static int Number(string text, string name, int missing)
    {
        if (text.Length == 0) return missing;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)) ApiError.BadRequest($"The query's {name} must be a whole number.").Throw();
        return Math.Clamp(n, 0, 1_000_000);
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void BadToken() => ApiError.BadRequest("The query's page_token is none that this server made; begin at the first page.").Throw();
}
