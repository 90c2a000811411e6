using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ascent.Schemas.Loading;

/// <summary>A page of the list: asked for by number (<c>page</c>, <c>per_page</c>, from 0) or by token, answered with links that carry both.</summary>
internal sealed record SchemaPage(int Index, int Size, int Total)
{
    private const int Largest = 1000;
    private const int Usual = 250;
    private const string TokenPrefix = "schemas:page:";

    public int Offset => (int)Math.Min((long)Index * Size, int.MaxValue);

    /// <summary>Null for a token that is none of ours.</summary>
    public static SchemaPage? Read(IQueryCollection query, int total)
    {
        var size = Number(query["page_size"]) ?? Number(query["per_page"]) ?? Usual;
        var index = Number(query["page"]) ?? 0;
        if (!query.ContainsKey("page") && query["page_token"] is [{ Length: > 0 } token])
        {
            if (FromToken(token) is not { } named) return null;
            index = named;
        }
        return new SchemaPage(index, Math.Clamp(size, 1, Math.Clamp(total, 1, Largest)), total);
    }

    public string Links(string path)
    {
        var last = Total <= Size ? 0 : (Total - 1) / Size;
        if (last == 0) return Link(path, 0, "first");
        if (Index == 0) return $"{Link(path, 1, "next")},{Link(path, last, "last")}";
        return Index >= last
            ? $"{Link(path, 0, "first")},{Link(path, last - 1, "prev")}"
            : $"{Link(path, 0, "first")},{Link(path, Index + 1, "next")},{Link(path, Index - 1, "prev")},{Link(path, last, "last")}";
    }

    private string Link(string path, int page, string relation) =>
        string.Create(CultureInfo.InvariantCulture, $"<{path}?page={page}&page_size={Size}&page_token={Token(page)}&per_page={Size}>; rel=\"{relation}\"");

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;

    private static string Token(int page) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(TokenPrefix + page.ToString(CultureInfo.InvariantCulture)));

    private static int? FromToken(string token)
    {
        if (token.Length > 64 || !Base64Url.IsValid(token)) return null;
        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(token));
        return text.StartsWith(TokenPrefix, StringComparison.Ordinal) ? Number(text[TokenPrefix.Length..]) : null;
    }
}
