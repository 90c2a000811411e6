using System.Text.Json.Nodes;
using Ascent.Courier;
using Ascent.Courier.Templates;
using Shouldly;

namespace Ascent.Tests.Courier;

public sealed class TextTemplateTests
{
    private static readonly JsonObject Data = JsonNode.Parse("""
        { "to": "ada@example.org", "login_code": "482913", "expires_in_minutes": 15, "request_url": "https://id.example.org/x?a=1&b=2",
          "identity": { "traits": { "name": { "first": "Ada" }, "lang": "de", "empty": "", "a-b": "dash", "list": ["x", "y"], "n": 1.50, "yes": true, "no": false } },
          "transient_payload": { "evil": "<script>alert('1')</script>", "js": "javascript:alert(1)", "to": "https://a.example/?x=1&y=2", "q": "a&b=c d" } }
        """)!.AsObject();

    [Theory]
    [InlineData("", "")]
    [InlineData("no gaps } } {", "no gaps } } {")]
    [InlineData("{{ .LoginCode }}", "482913")]
    [InlineData("{{.LoginCode}}.", "482913.")]
    [InlineData("{{ .Identity.traits.name.first }} {{ .To }}", "Ada ada@example.org")]
    [InlineData("[{{ .Identity.traits.nothing.at.all }}]", "[]")]
    [InlineData("[{{ .Identity.traits.list }}]", """[["x","y"]]""")]
    [InlineData("{{ .ExpiresInMinutes }} {{ .Identity.traits.n }} {{ .Identity.traits.yes }}", "15 1.50 true")]
    [InlineData("{{ if .LoginCode }}a{{ else }}b{{ end }}", "a")]
    [InlineData("{{ if .Identity.traits.empty }}a{{ else }}b{{ end }}", "b")]
    [InlineData("{{ if .Identity.traits.no }}a{{ else if .Identity.traits.yes }}b{{ else }}c{{ end }}d", "bd")]
    [InlineData("{{ if eq .Identity.traits.lang \"en\" }}Hello{{ else if eq .Identity.traits.lang \"de\" `nl` }}Hallo{{ end }}", "Hallo")]
    [InlineData("{{ if and .LoginCode (not .RequestURLDomain) }}{{ if true }}in{{ end }}{{ end }}", "in")]
    [InlineData("{{ if ne .ExpiresInMinutes 15 }}a{{ else }}b{{ end }}", "b")]
    [InlineData("{{ or .RequestURLDomain .Identity.traits.empty \"none\" }}", "none")]
    [InlineData("{{ .Identity.traits.none | default \"you\" | upper }}", "YOU")]
    [InlineData("{{ index .Identity.traits \"a-b\" }}{{ index .Identity.traits.list 1 }}{{ index .Identity.traits.list 7 }}", "dashy")]
    [InlineData("{{ len .Identity.traits.list }}{{ trim \" x \" }}{{ urlquery \"a b\" }}{{ lower \"Ä\" }}", "2xa%20bä")]
    [InlineData("a  {{- .LoginCode -}}  b", "a482913b")]
    [InlineData("a {{/* nobody sees }} this */}} b{{- /* nor this */ -}} c", "a  bc")]
    [InlineData("{{ define \"de\" }}Dein Code: {{ .LoginCode }}{{ end }}{{ define \"en\" }}Your code{{ end }}{{ if eq .Identity.traits.lang \"de\" }}{{ template \"de\" . }}{{ else }}{{ template \"en\" . }}{{ end }}", "Dein Code: 482913")]
    [InlineData("{{ \"{{ }} \\\"\" }}", "{{ }} \"")]
    [InlineData("<b>{{ .TransientPayload.evil }}</b>", "<b><script>alert('1')</script></b>")]
    public void A_text_s_gaps_are_filled(string template, string expected) => Fill(template).ShouldBe(expected);

    [Theory]
    [InlineData("x\ny {{ .LoginCod }}", "line 2: {{ .LoginCod }} .LoginCod is nothing that this message has; it has .ExpiresInMinutes, .Identity, .LoginCode")]
    [InlineData("{{ .RecoveryCode }}", ".RecoveryCode is nothing that this message has")]
    [InlineData("{{ .Identity.traits.a-b }}", "index")]
    [InlineData("{{ printf \"%s\" .To }}", "printf is no function; eq, ne")]
    [InlineData("{{ range .To }}{{ end }}", "range")]
    [InlineData("{{ with .To }}{{ end }}", "with")]
    [InlineData("{{ $x := .To }}", "$x")]
    [InlineData("{{ .To", "has no }}")]
    [InlineData("{{ }}", "holds nothing")]
    [InlineData("{{ if .To }}", "has no {{ end }}")]
    [InlineData("{{ end }}", "has no {{ if }}")]
    [InlineData("{{ if .To }}{{ else }}{{ else }}{{ end }}", "comes after {{ else }}")]
    [InlineData("{{ if }}{{ end }}", "something is missing")]
    [InlineData("{{ eq .To }}", "eq was given 1 arguments")]
    [InlineData("{{ (.To }}", "is not closed")]
    [InlineData("{{ .To ) }}", "has no (")]
    [InlineData("{{ .To \"x\" }}", "has no (")]
    [InlineData("{{ \"x }}", "has no }}")]
    [InlineData("{{ template \"no\" . }}", "no template that is there")]
    [InlineData("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}", "without end")]
    [InlineData("{{ . }}", "the dot alone")]
    [InlineData("{{ .To | .LoginCode }}", "after a |")]
    public void A_mistake_is_told_before_any_message_is_made(string template, string message) =>
        Should.Throw<TemplateFaultException>(() => Read(template, html: false)).Message.ShouldContain(message);

    [Theory]
    [InlineData("<p>{{ .TransientPayload.evil }}</p>", "<p>&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;</p>")]
    [InlineData("<p title=\"{{ .TransientPayload.evil }}\">", "<p title=\"&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;\">")]
    [InlineData("<a href=\"{{ .RequestURL }}\">", "<a href=\"https://id.example.org/x?a=1&amp;b=2\">")]
    [InlineData("<a class='b' href='{{ .TransientPayload.js }}'>", "<a class='b' href='#'>")]
    [InlineData("<a href=\"https://x.example/{{ .TransientPayload.js }}\">", "<a href=\"https://x.example/javascript:alert(1)\">")]
    [InlineData("<a href=\"https://x.example/?q={{ .TransientPayload.q }}&amp;r={{ .TransientPayload.to }}\">", "<a href=\"https://x.example/?q=a%26b%3Dc%20d&amp;r=https%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D2\">")]
    [InlineData("<a HREF = \"{{ .RequestURL }}{{ .TransientPayload.js }}\">", "<a HREF = \"https://id.example.org/x?a=1&amp;b=2javascript:alert(1)\">")]
    [InlineData("<!-- a > b --><style>a > b {}</style><p>{{ .LoginCode }}", "<!-- a > b --><style>a > b {}</style><p>482913")]
    [InlineData("1 < 2 {{ .LoginCode }}", "1 < 2 482913")]
    [InlineData("{{ if .To }}<b>{{ .To }}</b>{{ end }}{{ .Identity.traits.name.first }}", "<b>ada@example.org</b>Ada")]
    public void In_HTML_values_are_made_harmless(string template, string expected) => Fill(template, html: true).ShouldBe(expected);

    [Theory]
    [InlineData("<script>var a = '{{ .To }}'</script>", "<script>")]
    [InlineData("<STYLE>{{ .To }}", "<style>")]
    [InlineData("<p onclick=\"{{ .To }}\">", "onclick")]
    [InlineData("<p style='color: {{ .To }}'>", "style")]
    [InlineData("<p class={{ .To }}>", "quotes")]
    [InlineData("<p {{ .To }}>", "quotes")]
    [InlineData("<{{ .To }}>", "quotes")]
    [InlineData("<!-- {{ .To }} -->", "<!-- -->")]
    [InlineData("<a href=x{{ .To }}>", "quotes")]
    [InlineData("<p {{ if .To }}title=\"{{ else }}class='{{ end }}{{ .LoginCode }}\">", "another place")]
    [InlineData("{{ if .To }}<script>{{ end }}{{ .LoginCode }}</script>", "another place")]
    [InlineData("<a href=\"{{ if .To }}https://x.example/{{ end }}{{ .LoginCode }}\">", "another place")]
    public void In_HTML_a_value_may_not_stand_where_nothing_makes_it_harmless(string template, string message) =>
        Should.Throw<TemplateFaultException>(() => Read(template, html: true)).Message.ShouldContain(message);

    private static string Fill(string template, bool html = false) => Read(template, html).Fill(Data);

    private static TextTemplate Read(string template, bool html) => TextTemplate.Read(template, new TemplateScope(TemplateType.LoginCodeValid.Variables, html, new Dictionary<string, string>()));
}
