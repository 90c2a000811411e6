using System.Net;

namespace Ascent.Config.Loading;

/// <summary>Checks of <see cref="TextFormat"/>.</summary>
internal static class TextFormats
{
    private static readonly string[] DocumentSchemes = ["file://", "base64://", "http://", "https://"];

    /// <summary>What is wrong, or null.</summary>
    public static string? Fault(TextFormat format, string text) => IsGood(format, text) ? null : $"must be {Expected(format)}";

    public static string Expected(TextFormat format) => format switch
    {
        TextFormat.HttpUrl => "an absolute URL such as https://id.example.org/",
        TextFormat.UrlReference => "an absolute URL such as https://app.example.org/, or a path such as /welcome",
        TextFormat.Url => "an absolute URL with its scheme",
        TextFormat.Document => "a reference: file://path, base64://data, http://… or https://…",
        TextFormat.DocumentOrPath => "a reference: file://path, base64://data, http://… or https://…",
        TextFormat.AddressRange => "an address range such as 10.0.0.0/8, or one address",
        TextFormat.Email => "an e-mail address",
        _ => "a text",
    };

    public static bool IsDocument(string text) => DocumentSchemes.Any(s => text.StartsWith(s, StringComparison.Ordinal) && text.Length > s.Length);

    private static bool IsGood(TextFormat format, string text) => format switch
    {
        TextFormat.HttpUrl => IsAbsolute(text, httpOnly: true),
        TextFormat.UrlReference => text is ['/', ..] || IsAbsolute(text, httpOnly: false),
        TextFormat.Url => IsAbsolute(text, httpOnly: false),
        TextFormat.Document => IsDocument(text),
        TextFormat.DocumentOrPath => text.Length > 0 && (IsDocument(text) || !text.Contains("://", StringComparison.Ordinal)),
        TextFormat.AddressRange => IPNetwork.TryParse(text, out _) || IPAddress.TryParse(text, out _),
        TextFormat.Email => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1 && !text.AsSpan().ContainsAny(' ', '\r', '\n'),
        _ => true,
    };

    private static bool IsAbsolute(string text, bool httpOnly) =>
        text.Contains(':', StringComparison.Ordinal) && text is not ['/', ..] && !text.AsSpan().ContainsAny(' ', '\r', '\n')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (!httpOnly || ((uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0));
}
