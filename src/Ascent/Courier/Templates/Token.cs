using System.Globalization;
using System.Text;

namespace Ascent.Courier.Templates;

internal enum TokenKind { Word, Path, Text, Number, Open, Close, Pipe }

/// <summary>A word of an action; <see cref="Text"/> is a path's names joined by dots, or a literal's value.</summary>
internal readonly record struct Token(TokenKind Kind, string Text)
{
    /// <summary>Cuts an action into words. Quotes are those of Go: "…" with escapes, `…` without.</summary>
    public static List<Token> Cut(string action)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < action.Length;)
        {
            var c = action[at];
            if (char.IsWhiteSpace(c)) at++;
            else if (c is '(' or ')' or '|') tokens.Add(new Token(c switch { '(' => TokenKind.Open, ')' => TokenKind.Close, _ => TokenKind.Pipe }, action[at++].ToString()));
            else if (c == '"') tokens.Add(Quoted(action, ref at));
            else if (c == '`')
            {
                var end = action.IndexOf('`', at + 1);
                if (end < 0) throw new TemplateFaultException("a ` is not closed");
                tokens.Add(new Token(TokenKind.Text, action[(at + 1)..end]));
                at = end + 1;
            }
            else tokens.Add(Plain(action, ref at));
        }
        return tokens;
    }

    private static Token Plain(string action, ref int at)
    {
        var start = at;
        while (at < action.Length && !char.IsWhiteSpace(action[at]) && action[at] is not ('(' or ')' or '|' or '"' or '`')) at++;
        var word = action[start..at];
        if (word[0] == '.')
        {
            if (word.Length > 1 && !word[1..].Split('.').All(IsName)) throw new TemplateFaultException($"{word} is no path such as .Identity.traits.email; names with other characters need (index .Identity.traits \"a-b\")");
            return new Token(TokenKind.Path, word[1..]);
        }
        if (char.IsAsciiDigit(word[0]) || word[0] == '-')
            return double.TryParse(word, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? new Token(TokenKind.Number, word) : throw new TemplateFaultException($"{word} is no number");
        return IsName(word) ? new Token(TokenKind.Word, word) : throw new TemplateFaultException($"{word} is not understood here");
    }

    private static bool IsName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c == '_');

    private static Token Quoted(string action, ref int at)
    {
        var text = new StringBuilder();
        for (at++; at < action.Length; at++)
        {
            var c = action[at];
            if (c == '"')
            {
                at++;
                return new Token(TokenKind.Text, text.ToString());
            }
            if (c == '\\' && at + 1 < action.Length)
                c = action[++at] switch { 'n' => '\n', 't' => '\t', '"' => '"', '\\' => '\\', var other => throw new TemplateFaultException($"\\{other} is no escape; \\n, \\t, \\\" and \\\\ are") };
            text.Append(c);
        }
        throw new TemplateFaultException("a \" is not closed");
    }
}
