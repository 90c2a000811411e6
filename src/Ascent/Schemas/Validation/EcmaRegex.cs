using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Ascent.Schemas.Validation;

/// <summary>
/// Regular expressions as JSON Schema means them (ECMA-262, by code points), run by .NET's engine: without backtracking wherever the
/// expression allows it, otherwise under a time limit. For <c>pattern</c> the common spellings of Go (which Kratos takes) are understood
/// too: <c>(?i)</c>, <c>(?P&lt;name&gt;…)</c>, <c>\A</c>, <c>\z</c>, <c>[[:alpha:]]</c>. The format "regex" takes ECMA-262 only.
/// </summary>
internal static class EcmaRegex
{
    private const int MaxLength = 10_000;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMilliseconds(200);

    public static bool IsValid(string pattern) => TryTranslate(pattern, strict: true, out _, out _);

    public static bool TryCompile(string pattern, [NotNullWhen(true)] out Regex? regex, out string reason)
    {
        regex = null;
        return TryTranslate(pattern, strict: false, out var translated, out reason) && TryBuild(translated, out regex, out reason);
    }

    private static bool TryTranslate(string pattern, bool strict, out string translated, out string reason)
    {
        translated = "";
        if (pattern.Length > MaxLength)
        {
            reason = $"longer than {MaxLength} characters";
            return false;
        }
        try
        {
            translated = new EcmaTranslator(pattern, strict).Translate();
            _ = new Regex(translated, RegexOptions.CultureInvariant, TimeLimit);
            reason = "";
            return true;
        }
        catch (FormatException e)
        {
            reason = e.Message;
        }
        catch (ArgumentException)
        {
            reason = "brackets, groups or repetitions do not fit together";
        }
        return false;
    }

    private static bool TryBuild(string translated, [NotNullWhen(true)] out Regex? regex, out string reason)
    {
        reason = "";
        try
        {
            regex = new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeLimit);
        }
        catch (NotSupportedException)
        {
            regex = new Regex(translated, RegexOptions.CultureInvariant, TimeLimit);
        }
        return true;
    }
}
