namespace Ascent.Schemas.Validation;

/// <summary>The properties that <c>\p{…}</c> may name: general categories, long or short, a few others, and the usual scripts by their main blocks.</summary>
internal static class UnicodeProperties
{
    private static readonly Dictionary<string, string> Categories = new(StringComparer.Ordinal)
    {
        ["Letter"] = "L", ["Cased_Letter"] = "LC", ["Uppercase_Letter"] = "Lu", ["Lowercase_Letter"] = "Ll", ["Titlecase_Letter"] = "Lt",
        ["Modifier_Letter"] = "Lm", ["Other_Letter"] = "Lo", ["Mark"] = "M", ["Combining_Mark"] = "M", ["Nonspacing_Mark"] = "Mn",
        ["Spacing_Mark"] = "Mc", ["Enclosing_Mark"] = "Me", ["Number"] = "N", ["Decimal_Number"] = "Nd", ["digit"] = "Nd", ["Letter_Number"] = "Nl",
        ["Other_Number"] = "No", ["Punctuation"] = "P", ["punct"] = "P", ["Connector_Punctuation"] = "Pc", ["Dash_Punctuation"] = "Pd",
        ["Open_Punctuation"] = "Ps", ["Close_Punctuation"] = "Pe", ["Initial_Punctuation"] = "Pi", ["Final_Punctuation"] = "Pf",
        ["Other_Punctuation"] = "Po", ["Symbol"] = "S", ["Math_Symbol"] = "Sm", ["Currency_Symbol"] = "Sc", ["Modifier_Symbol"] = "Sk",
        ["Other_Symbol"] = "So", ["Separator"] = "Z", ["Space_Separator"] = "Zs", ["Line_Separator"] = "Zl", ["Paragraph_Separator"] = "Zp",
        ["Other"] = "C", ["Control"] = "Cc", ["cntrl"] = "Cc", ["Format"] = "Cf", ["Surrogate"] = "Cs", ["Private_Use"] = "Co", ["Unassigned"] = "Cn",
        ["Uppercase"] = "Lu", ["Lowercase"] = "Ll",
    };

    private static readonly string[] Short =
    [
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "S", "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co", "Cn",
    ];

    /// <summary>Members in the form they have inside a class; {0} none. An inverse is only offered where .NET has one.</summary>
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["Latin"] = @"A-Za-z\u00AA\u00BA\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02B8\u1D00-\u1D25\u1E00-\u1EFF\u2C60-\u2C7F\uA722-\uA787\uFB00-\uFB06\uFF21-\uFF3A\uFF41-\uFF5A",
        ["Greek"] = @"\u0370-\u0373\u0375-\u037D\u037F-\u0384\u0386\u0388-\u03E1\u03F0-\u03FF\u1F00-\u1FFE",
        ["Cyrillic"] = @"\u0400-\u0484\u0487-\u052F\u1C80-\u1C88\u2DE0-\u2DFF\uA640-\uA69F",
        ["Hebrew"] = @"\u0591-\u05F4\uFB1D-\uFB4F",
        ["Arabic"] = @"\u0600-\u0604\u0606-\u060B\u060D-\u061A\u061C-\u061E\u0620-\u063F\u0641-\u064A\u0656-\u066F\u0671-\u06DC\u06DE-\u06FF\u0750-\u077F\uFB50-\uFDFF\uFE70-\uFEFC",
        ["Devanagari"] = @"\u0900-\u0950\u0955-\u0963\u0966-\u097F",
        ["Thai"] = @"\u0E01-\u0E3A\u0E40-\u0E5B",
        ["Hangul"] = @"\u1100-\u11FF\u3131-\u318E\uAC00-\uD7A3",
        ["Hiragana"] = @"\u3041-\u3096\u309D-\u309F",
        ["Katakana"] = @"\u30A1-\u30FA\u30FD-\u30FF\u31F0-\u31FF\uFF66-\uFF6F\uFF71-\uFF9D",
        ["Han"] = @"\u2E80-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAD9",
    };

    /// <summary>Reads <c>\p{Name}</c>, <c>\p{gc=Name}</c>, <c>\p{Script=Name}</c> or <c>\pL</c>.</summary>
    public static string Read(string pattern, ref int at, bool inverse)
    {
        var begin = at + 2;
        string name;
        if (begin < pattern.Length && pattern[begin] != '{')
        {
            name = pattern[begin].ToString();
            at = begin + 1;
        }
        else
        {
            var end = begin < pattern.Length ? pattern.IndexOf('}', begin) : -1;
            if (end < 0) throw new FormatException(@"\p is followed by a property in braces");
            name = pattern[(begin + 1)..end];
            at = end + 1;
        }
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        return Members(equals < 0 ? name : name[(equals + 1)..], inverse);
    }

    private static string Members(string name, bool inverse)
    {
        var category = Short.Contains(name, StringComparer.Ordinal) ? name : Categories.GetValueOrDefault(name);
        var sign = inverse ? 'P' : 'p';
        if (category == "LC" && !inverse) return @"\p{Lu}\p{Ll}\p{Lt}";
        if (category is not null and not "LC") return $@"\{sign}{{{category}}}";
        return (name, inverse) switch
        {
            ("Any", false) => @"\0-\uFFFF",
            ("ASCII", false) => @"\0-\x7F",
            ("ASCII", true) => @"\x80-\uFFFF",
            ("Alphabetic", false) => @"\p{L}\p{Nl}",
            ("White_Space", false) => @"\s",
            ("White_Space", true) => @"\S",
            (_, false) when Scripts.TryGetValue(name, out var script) => script,
            _ => throw new FormatException($"the property {name} is not known here"),
        };
    }
}
