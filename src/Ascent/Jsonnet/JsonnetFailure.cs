using System.Text.RegularExpressions;

namespace Ascent.Jsonnet;

/// <summary>What libjsonnet's complaint means.</summary>
internal static partial class JsonnetFailure
{
    private const int MostMessage = 500;

    /// <summary>Null where the template cancelled by <c>error "cancel"</c>; else what is wrong, with its line where there is one.</summary>
    public static string? Read(string error)
    {
        // "RUNTIME ERROR: text" or "STATIC ERROR: template:2:7: text", then a line for each place, indented by a tab.
        if (StaticError().Match(error) is { Success: true } match)
            return $"line {match.Groups["line"].Value}: {Cut(match.Groups["text"].Value)}";
        var at = error.IndexOf("\n\t", StringComparison.Ordinal);
        var text = at < 0 ? error.TrimEnd('\n') : error[..at];
        const string runtime = "RUNTIME ERROR: ";
        if (text.StartsWith(runtime, StringComparison.Ordinal)) text = text[runtime.Length..];
        if (text == "cancel") return null;
        text = text.Trim();
        return at >= 0 && Place().Match(error, at) is { Success: true } place ? $"line {place.Groups["line"].Value}: {Cut(text)}" : Cut(text);
    }

    private static string Cut(string text) => text.Length <= MostMessage ? text : text[..MostMessage] + "…";

    [GeneratedRegex(@"^STATIC ERROR: template:\(?(?<line>\d+):[^ ]*\s(?<text>.*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StaticError();

    [GeneratedRegex(@"template:\(?(?<line>\d+):", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();
}
