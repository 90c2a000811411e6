using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ascent.Http;

/// <summary>
/// Page or data? Two questions with slightly different answers: errors and submissions ask <see cref="IsJsonRequest"/>,
/// the starts of flows ask <see cref="PrefersJson(HttpContext)"/>. Neither guesses: whoever accepts anything gets the page.
/// </summary>
internal static class Negotiation
{
    private const string Json = "application/json";
    private const string Html = "text/html";

    /// <summary>JSON by the Accept header, or by a Content-Type that is exactly application/json, without parameters.</summary>
    public static bool IsJsonRequest(HttpContext http) =>
        http.Request.Headers.ContentType is { Count: 1 } type && type[0] == Json || PrefersJson(http);

    /// <summary>JSON by the Accept header alone.</summary>
    public static bool PrefersJson(HttpContext http) => PrefersJson(http.Request.Headers.Accept);

    /// <summary>The highest quality wins, then the exact type over a wildcard, then the page over JSON.</summary>
    public static bool PrefersJson(StringValues accept)
    {
        var (html, json) = (0, 0);
        foreach (var line in accept)
            if (line is not null)
                Weigh(line, ref html, ref json);
        return json > html;
    }

    private static void Weigh(ReadOnlySpan<char> line, ref int html, ref int json)
    {
        foreach (var range in line.Split(','))
        {
            var item = line[range].Trim();
            if (item.IsEmpty) continue;
            var semicolon = item.IndexOf(';');
            var type = semicolon < 0 ? item : item[..semicolon].TrimEnd();
            var quality = semicolon < 0 ? 1000 : Quality(item[(semicolon + 1)..]);
            if (quality <= 0) continue;
            html = Math.Max(html, Weight(type, Html, "text/*", quality));
            json = Math.Max(json, Weight(type, Json, "application/*", quality));
        }
    }

    /// <summary>Quality in the upper digits, precision in the last one; 0 for no match.</summary>
    private static int Weight(ReadOnlySpan<char> type, string offer, string family, int quality)
    {
        var precision = type.Equals(offer, StringComparison.OrdinalIgnoreCase) ? 3
            : type.Equals(family, StringComparison.OrdinalIgnoreCase) ? 2
            : type is "*/*" ? 1
            : 0;
        return precision == 0 ? 0 : quality * 10 + precision;
    }

    /// <summary>In thousandths; a quality that is no number makes the entry void.</summary>
    private static int Quality(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(';'))
        {
            var p = parameters[range].Trim();
            if (p.Length < 2 || p[0] is not ('q' or 'Q') || p[1] != '=') continue;
            var value = p[2..].Trim();
            if (value.IsEmpty || value[0] is not ('0' or '1')) return 0;
            if (value.Length == 1) return (value[0] - '0') * 1000;
            if (value[1] != '.' || value.Length > 18 || value[2..].ContainsAnyExceptInRange('0', '9')) return 0;
            var thousandths = 0;
            for (var i = 0; i < 3; i++) thousandths = thousandths * 10 + (i + 2 < value.Length ? value[i + 2] - '0' : 0);
            return Math.Min(1000, (value[0] - '0') * 1000 + thousandths);
        }
        return 1000;
    }
}
