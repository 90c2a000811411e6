namespace Ascent.Courier.Templates;

/// <summary>A stretch of a template: text as it stands (no tokens), or an action with its braces.</summary>
internal sealed record Piece(string Source, List<Token>? Tokens, int Line)
{
    private static readonly HashSet<string> Unknown = ["range", "with", "block", "break", "continue"];

    public bool IsAction(string word) => Tokens is [{ Kind: TokenKind.Word } first, ..] && first.Text == word;

    public TemplateFaultException Fault(string message) => new($"line {Line}: {Source} {message}");

    /// <summary>Cuts a template; comments are gone, and blanks beside {{- and -}}.</summary>
    public static List<Piece> Cut(string text)
    {
        var pieces = new List<Piece>();
        var trim = false;
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            var literal = open < 0 ? text[at..] : text[at..open];
            var trimsBefore = open >= 0 && open + 3 < text.Length && text[open + 2] == '-' && char.IsWhiteSpace(text[open + 3]);
            if (trim) literal = literal.TrimStart();
            if (trimsBefore) literal = literal.TrimEnd();
            if (literal.Length > 0) pieces.Add(new Piece(literal, null, 0));
            if (open < 0) break;
            var line = text.AsSpan(0, open).Count('\n') + 1;
            var close = CloseOf(text, open + 2, line);
            trim = text[close - 1] == '-' && char.IsWhiteSpace(text[close - 2]);
            var inside = text[(open + (trimsBefore ? 3 : 2))..(trim ? close - 1 : close)].Trim();
            at = close + 2;
            if (inside.StartsWith("/*", StringComparison.Ordinal)) continue;
            pieces.Add(Action(inside, line));
        }
        return pieces;
    }

    private static Piece Action(string inside, int line)
    {
        var source = $"{{{{ {inside} }}}}";
        List<Token> tokens;
        try
        {
            tokens = Token.Cut(inside);
        }
        catch (TemplateFaultException e)
        {
            throw new TemplateFaultException($"line {line}: {source}: {e.Message}");
        }
        var piece = new Piece(source, tokens, line);
        if (tokens.Count == 0) throw piece.Fault("holds nothing");
        if (tokens[0] is { Kind: TokenKind.Word } word && Unknown.Contains(word.Text)) throw piece.Fault($"uses {word.Text}, which messages here do without; if, else, end, define and template are there");
        return piece;
    }

    private static int CloseOf(string text, int from, int line)
    {
        var comment = text.AsSpan(from).TrimStart("- \n\r\t").StartsWith("/*");
        if (comment && text.IndexOf("*/", from, StringComparison.Ordinal) is > 0 and var end) from = end;
        char quote = '\0';
        for (var i = from; i + 1 < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote == '"') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '`' && !comment) quote = c;
            else if (c == '}' && text[i + 1] == '}') return i;
        }
        throw new TemplateFaultException($"line {line}: {{{{ has no }}}}");
    }
}
