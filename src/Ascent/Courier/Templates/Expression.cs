using System.Globalization;
using System.Text.Json.Nodes;

namespace Ascent.Courier.Templates;

/// <summary>What stands between braces: a path, a literal, or a function of those. Evaluating cannot fail: what is not there is nothing.</summary>
internal abstract record Expression
{
    private Expression() { }

    public sealed record Path(string[] Names) : Expression;

    public sealed record Constant(JsonNode Value) : Expression;

    public sealed record Call(string Function, Expression[] Arguments) : Expression;

    public JsonNode? Evaluate(JsonObject data) => this switch
    {
        Path p => p.Names.Aggregate((JsonNode?)data, (at, name) => (at as JsonObject)?[name]),
        Constant c => c.Value,
        Call c => Functions.Run(c.Function, c.Arguments, data),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Reads <c>eq .Identity.traits.lang "de" | not</c>: a function's arguments, then more functions that get what came before as their last argument.</summary>
    public static Expression Read(ReadOnlySpan<Token> tokens, TemplateScope scope)
    {
        var expression = Pipeline(ref tokens, scope);
        return tokens.Length == 0 ? expression : throw new TemplateFaultException("a ) has no (");
    }

    public static string Show(JsonNode? value) => value switch
    {
        null => "",
        JsonValue v when v.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };

    public static bool IsTrue(JsonNode? value) => value switch
    {
        null => false,
        JsonArray list => list.Count > 0,
        JsonObject o => o.Count > 0,
        JsonValue v when v.TryGetValue<string>(out var text) => text.Length > 0,
        JsonValue v when v.TryGetValue<bool>(out var flag) => flag,
        _ => Number(value) is not 0,
    };

    /// <summary>Null where the value is no number.</summary>
    public static double? Number(JsonNode? value) =>
        value is JsonValue && value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private static Expression Pipeline(ref ReadOnlySpan<Token> tokens, TemplateScope scope)
    {
        var so = Command(ref tokens, scope, null);
        while (tokens.Length > 0 && tokens[0].Kind == TokenKind.Pipe)
        {
            tokens = tokens[1..];
            so = Command(ref tokens, scope, so);
        }
        return so;
    }

    private static Expression Command(ref ReadOnlySpan<Token> tokens, TemplateScope scope, Expression? last)
    {
        if (tokens.Length == 0 || tokens[0].Kind is TokenKind.Pipe or TokenKind.Close) throw new TemplateFaultException("something is missing, such as {{ .To }}");
        if (tokens[0] is not { Kind: TokenKind.Word, Text: not ("true" or "false") } word)
        {
            var only = Operand(ref tokens, scope);
            return last is null ? only : throw new TemplateFaultException("after a | stands a function's name");
        }
        tokens = tokens[1..];
        var arguments = new List<Expression>();
        while (tokens.Length > 0 && tokens[0].Kind is not (TokenKind.Pipe or TokenKind.Close)) arguments.Add(Operand(ref tokens, scope));
        if (last is not null) arguments.Add(last);
        Functions.Check(word.Text, arguments.Count);
        return new Call(word.Text, [.. arguments]);
    }

    private static Expression Operand(ref ReadOnlySpan<Token> tokens, TemplateScope scope)
    {
        var token = tokens[0];
        tokens = tokens[1..];
        switch (token.Kind)
        {
            case TokenKind.Text:
                return new Constant(JsonValue.Create(token.Text));
            case TokenKind.Number:
                return new Constant(JsonValue.Create(double.Parse(token.Text, CultureInfo.InvariantCulture)));
            case TokenKind.Path:
                return Variable(token.Text, scope);
            case TokenKind.Word when token.Text is "true" or "false":
                return new Constant(JsonValue.Create(token.Text == "true"));
            case TokenKind.Open:
                var inner = Pipeline(ref tokens, scope);
                if (tokens.Length == 0) throw new TemplateFaultException("a ( is not closed");
                tokens = tokens[1..];
                return inner;
            default:
                throw new TemplateFaultException($"{token.Text} is not understood here");
        }
    }

    private static Path Variable(string path, TemplateScope scope)
    {
        if (path.Length == 0) throw new TemplateFaultException("the dot alone stands for everything; name what is meant, as in .To");
        var names = path.Split('.');
        if (!scope.Variables.Contains(names[0])) throw new TemplateFaultException($".{names[0]} is nothing that this message has; it has {string.Join(", ", scope.Variables.Order(StringComparer.Ordinal).Select(v => "." + v))}");
        names[0] = TemplateScope.DataNames[names[0]];
        return new Path(names);
    }
}
