using System.Text;
using System.Text.Json.Nodes;

namespace Ascent.Courier.Templates;

/// <summary>
/// A text with gaps, in the part of Go's template language that messages need: <c>{{ .Identity.traits.email }}</c>,
/// <c>{{ if eq .Identity.traits.lang "de" }}…{{ else if … }}…{{ else }}…{{ end }}</c>, <c>{{ define "name" }}…{{ end }}</c>,
/// <c>{{ template "name" . }}</c>, comments, <c>{{- -}}</c>. Whatever it cannot do is said when it is read, never when it is filled.
/// </summary>
internal sealed class TextTemplate
{
    private const int MostNested = 16;
    private readonly IReadOnlyList<Node> nodes;
    private readonly bool html;

    private TextTemplate(IReadOnlyList<Node> nodes, bool html) => (this.nodes, this.html) = (nodes, html);

    /// <exception cref="TemplateFaultException">It cannot be understood.</exception>
    public static TextTemplate Read(string text, TemplateScope scope)
    {
        var reader = new Reader(scope, new Dictionary<string, string>(scope.Files, StringComparer.Ordinal));
        return new TextTemplate(reader.ReadAll(text, 0), scope.Html);
    }

    public string Fill(JsonObject data)
    {
        var text = new StringBuilder();
        Write(text, nodes, data);
        return text.ToString();
    }

    private void Write(StringBuilder to, IReadOnlyList<Node> all, JsonObject data)
    {
        foreach (var node in all)
            switch (node)
            {
                case Node.Literal l:
                    to.Append(l.Text);
                    break;
                case Node.Value v:
                    to.Append(HtmlPlaces.Encode(html ? v.Place : ValuePlace.Plain, Expression.Show(v.Expression.Evaluate(data))));
                    break;
                case Node.Choice c:
                    Write(to, Expression.IsTrue(c.Condition.Evaluate(data)) ? c.Then : c.Else, data);
                    break;
            }
    }

    private abstract record Node
    {
        private Node() { }

        public sealed record Literal(string Text) : Node;

        public sealed record Value(Expression Expression, ValuePlace Place) : Node;

        public sealed record Choice(Expression Condition, IReadOnlyList<Node> Then, IReadOnlyList<Node> Else) : Node;
    }

    private sealed class Reader(TemplateScope scope, Dictionary<string, string> named)
    {
        private readonly HtmlPlaces places = new();

        public List<Node> ReadAll(string text, int depth)
        {
            if (depth > MostNested) throw new TemplateFaultException("templates use each other without end");
            var pieces = Piece.Cut(text);
            // Definitions count wherever they stand.
            pieces = Definitions(pieces);
            var at = 0;
            var nodes = ReadUntil(pieces, ref at, depth, nested: false);
            return at == pieces.Count ? nodes : throw pieces[at].Fault("has nothing to close");
        }

        private List<Piece> Definitions(List<Piece> pieces)
        {
            var rest = new List<Piece>();
            for (var i = 0; i < pieces.Count; i++)
            {
                if (!pieces[i].IsAction("define"))
                {
                    rest.Add(pieces[i]);
                    continue;
                }
                var name = pieces[i].Tokens is [_, { Kind: TokenKind.Text } given] ? given.Text : throw pieces[i].Fault("must be {{ define \"name\" }}");
                var end = EndOf(pieces, i);
                named[name] = string.Concat(pieces[(i + 1)..end].Select(p => p.Source));
                i = end;
            }
            return rest;
        }

        private static int EndOf(List<Piece> pieces, int start)
        {
            var open = 1;
            for (var i = start + 1; i < pieces.Count; i++)
            {
                if (pieces[i].IsAction("if") || pieces[i].IsAction("define")) open++;
                else if (pieces[i].IsAction("end") && --open == 0) return i;
            }
            throw pieces[start].Fault("has no {{ end }}");
        }

        private List<Node> ReadUntil(List<Piece> pieces, ref int at, int depth, bool nested)
        {
            var nodes = new List<Node>();
            for (; at < pieces.Count; at++)
            {
                var piece = pieces[at];
                if (piece.Tokens is not { } tokens)
                {
                    if (scope.Html) places.Advance(piece.Source);
                    nodes.Add(new Node.Literal(piece.Source));
                }
                else if (piece.IsAction("end") || piece.IsAction("else")) return nested ? nodes : throw piece.Fault("has no {{ if }}");
                else if (piece.IsAction("if")) nodes.Add(Choice(pieces, ref at, tokens[1..], depth));
                else if (piece.IsAction("template"))
                {
                    if (tokens is not ([_, { Kind: TokenKind.Text }] or [_, { Kind: TokenKind.Text }, { Kind: TokenKind.Path, Text: "" }])) throw piece.Fault("must be {{ template \"name\" . }}");
                    if (!named.TryGetValue(tokens[1].Text, out var body)) throw piece.Fault("names no template that is there");
                    nodes.AddRange(ReadAll(body, depth + 1));
                }
                else nodes.Add(Value(piece, tokens));
            }
            return nested ? throw new TemplateFaultException("an {{ if }} has no {{ end }}") : nodes;
        }

        private Node.Value Value(Piece piece, List<Token> tokens)
        {
            try
            {
                var place = scope.Html ? places.Here() : ValuePlace.Plain;
                if (scope.Html) places.Filled();
                return new Node.Value(Expression.Read([.. tokens], scope), place);
            }
            catch (TemplateFaultException e)
            {
                throw piece.Fault(e.Message);
            }
        }

        // Stands at the if; leaves at its end.
        private Node.Choice Choice(List<Piece> pieces, ref int at, List<Token> condition, int depth)
        {
            var start = pieces[at];
            Expression when;
            try
            {
                when = Expression.Read([.. condition], scope);
            }
            catch (TemplateFaultException e)
            {
                throw start.Fault(e.Message);
            }
            at++;
            var before = places.Now;
            var then = ReadUntil(pieces, ref at, depth, nested: true);
            var after = places.Now;
            places.Now = before;
            if (pieces[at].IsAction("end"))
            {
                Agree(start, after);
                return new Node.Choice(when, then, []);
            }
            var tokens = pieces[at].Tokens!;
            if (tokens is [_, { Kind: TokenKind.Word, Text: "if" }, ..])
            {
                var next = Choice(pieces, ref at, tokens[2..], depth);
                Agree(start, after);
                return new Node.Choice(when, then, [next]);
            }
            if (tokens.Count > 1) throw pieces[at].Fault("must be {{ else }} or {{ else if … }}");
            at++;
            var otherwise = ReadUntil(pieces, ref at, depth, nested: true);
            if (!pieces[at].IsAction("end")) throw pieces[at].Fault("comes after {{ else }}");
            Agree(start, after);
            return new Node.Choice(when, then, otherwise);
        }

        /// <summary>Whichever way is taken, what follows must stand at the same place in HTML.</summary>
        private void Agree(Piece start, HtmlPlaces.Mark other)
        {
            if (scope.Html && !places.Now.IsLike(other)) throw start.Fault("leaves HTML at another place than without it: open and close tags and quotes on both ways");
        }
    }
}
