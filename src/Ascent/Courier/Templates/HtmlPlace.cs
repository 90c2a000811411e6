using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Ascent.Courier.Templates;

/// <summary>Where in HTML a value is put, which decides how it is made harmless.</summary>
internal enum ValuePlace
{
    /// <summary>Not HTML at all.</summary>
    Plain,

    /// <summary>Between tags, or in an attribute that holds words.</summary>
    Words,

    /// <summary>The beginning of an address: its scheme is checked.</summary>
    Address,

    /// <summary>Behind an address's question mark or hash.</summary>
    Query,
}

/// <summary>
/// Follows HTML as far as it must be known to put values into it. Values come from strangers: a name, a transient payload. They
/// may not stand where no escaping makes them harmless: in scripts, styles, comments, event handlers, or outside of quotes in a tag.
/// </summary>
internal sealed class HtmlPlaces
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly HashSet<string> Addresses = new(["href", "src", "action", "formaction", "background", "cite", "poster", "xlink:href"], StringComparer.OrdinalIgnoreCase);
    private static readonly string[] Schemes = ["http", "https", "mailto", "tel"];

    private State state = State.Text;
    private string raw = "", name = "", tag = "", value = "";
    private char quote;

    private enum State { Text, TagName, Tag, Name, AfterName, Value, Raw, Comment }

    /// <summary>All that is known of the place, to come back to it and to compare.</summary>
    public readonly record struct Mark(int State, string Raw, string Name, string Tag, string Value, char Quote)
    {
        /// <summary>Whether a value would be treated alike at both.</summary>
        public bool IsLike(Mark other) => State == other.State && (HtmlPlaces.State)State switch
        {
            HtmlPlaces.State.Value => (Name, Quote, Sort(Value)) == (other.Name, other.Quote, Sort(other.Value)),
            HtmlPlaces.State.Raw => Raw == other.Raw,
            HtmlPlaces.State.Text => true,
            _ => Tag == other.Tag && Name == other.Name,
        };

        private static string Sort(string value) => value.Trim().Length == 0 ? "" : value.AsSpan().ContainsAny('?', '#') ? "?" : "x";
    }

    public Mark Now
    {
        get => new((int)state, raw, name, tag, value, quote);
        set => (state, raw, name, tag, this.value, quote) = ((State)value.State, value.Raw, value.Name, value.Tag, value.Value, value.Quote);
    }

    public void Advance(string html)
    {
        for (var i = 0; i < html.Length; i++) Step(html, ref i);
    }

    /// <summary>Where a value would stand now.</summary>
    public ValuePlace Here() => state switch
    {
        State.Text => ValuePlace.Words,
        State.Value when name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || name.Equals("style", StringComparison.OrdinalIgnoreCase) || name.Equals("srcdoc", StringComparison.OrdinalIgnoreCase) =>
            throw new TemplateFaultException($"a value may not stand in the attribute {name}"),
        State.Value when !Addresses.Contains(name) => ValuePlace.Words,
        State.Value when value.AsSpan().ContainsAny('?', '#') => ValuePlace.Query,
        State.Value => value.Trim().Length == 0 ? ValuePlace.Address : ValuePlace.Words,
        State.Raw => throw new TemplateFaultException($"a value may not stand in <{raw}>"),
        State.Comment => throw new TemplateFaultException("a value may not stand in <!-- -->"),
        _ => throw new TemplateFaultException("a value in a tag must stand in an attribute's quotes"),
    };

    /// <summary>A value was put here: what follows is no longer the beginning.</summary>
    public void Filled()
    {
        if (state == State.Value) value += "x";
    }

    public static string Encode(ValuePlace place, string text) => place switch
    {
        ValuePlace.Plain => text,
        ValuePlace.Query => Encoder.Encode(Uri.EscapeDataString(text)),
        ValuePlace.Address when !IsHarmless(text) => "#",
        _ => Encoder.Encode(text),
    };

    private static bool IsHarmless(string address)
    {
        var scheme = address.AsSpan().TrimStart();
        var end = scheme.IndexOfAny(":/?#");
        if (end < 0 || scheme[end] != ':') return true;
        foreach (var good in Schemes)
            if (scheme[..end].Equals(good, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private void Step(string html, ref int i)
    {
        var c = html[i];
        switch (state)
        {
            case State.Text when c == '<' && html.AsSpan(i).StartsWith("<!--"):
                state = State.Comment;
                break;
            // At the text's end whatever comes next would be the tag's name.
            case State.Text when c == '<' && (i + 1 == html.Length || char.IsAsciiLetter(html[i + 1]) || html[i + 1] is '/' or '!'):
                (state, tag) = (State.TagName, "");
                break;
            case State.Comment when c == '>' && i >= 2 && html.AsSpan(i - 2, 2).SequenceEqual("--"):
                state = State.Text;
                break;
            case State.TagName or State.Tag or State.Name or State.AfterName when c == '>':
                raw = tag.ToLowerInvariant();
                (name, value) = ("", "");
                state = raw is "script" or "style" or "textarea" or "xmp" or "iframe" ? State.Raw : State.Text;
                break;
            case State.TagName:
                if (char.IsWhiteSpace(c)) (state, name) = (State.Tag, "");
                else tag += c;
                break;
            case State.Tag when c == '=' && name.Length > 0:
                state = State.AfterName;
                break;
            case State.Tag when !char.IsWhiteSpace(c) && c != '/':
                (state, name) = (State.Name, c.ToString());
                break;
            case State.Name when c == '=':
                state = State.AfterName;
                break;
            case State.Name:
                if (char.IsWhiteSpace(c)) state = State.Tag;
                else name += c;
                break;
            case State.AfterName when c is '"' or '\'':
                (state, quote, value) = (State.Value, c, "");
                break;
            case State.AfterName when !char.IsWhiteSpace(c):
                // An attribute without quotes: nothing may be put into it, and it ends at a blank.
                (state, name) = (State.Name, "");
                break;
            case State.Value when c == quote:
                (state, name, value) = (State.Tag, "", "");
                break;
            case State.Value:
                value += c;
                break;
            case State.Raw when c == '<' && html.AsSpan(i + 1).StartsWith("/" + raw, StringComparison.OrdinalIgnoreCase):
                (state, tag) = (State.TagName, "");
                break;
        }
    }
}
