using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ascent.Jsonnet;

/// <summary>A template that was read and found good.</summary>
internal abstract record Template
{
    private Template() { }

    public sealed record Json(JsonTemplate Document) : Template;

    public sealed record Jsonnet(string Snippet) : Template;
}

/// <summary>How it ended to read a template.</summary>
internal abstract record TemplateResult
{
    private TemplateResult() { }

    public sealed record Good(Template Template) : TemplateResult;

    /// <param name="IsItsOwn">The document is wrong, not the server that it is for.</param>
    public sealed record Faulty(string Message, bool IsItsOwn = true) : TemplateResult;
}

/// <summary>
/// What other modules use: reads a template once, evaluates it often. A document that is a JSON object is a JSON template (see
/// <see cref="JsonTemplate"/>), anything else is Jsonnet and needs libjsonnet.
/// </summary>
internal sealed class Templates(JsonnetEngine engine)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Finds what is wrong with a template before it is needed; the message is for the operator.</summary>
    public async Task<TemplateResult> ReadAsync(ReadOnlyMemory<byte> document, CancellationToken ct)
    {
        if (!Utf8.IsValid(document.Span)) return new TemplateResult.Faulty("is not UTF-8");
        if (AsObject(document) is { } json)
            return JsonTemplate.TryParse(json, out var template, out var fault) ? new TemplateResult.Good(new Template.Json(template)) : new TemplateResult.Faulty(fault);
        if (!engine.Available) return new TemplateResult.Faulty($"{JsonnetEngine.Missing} (a template that is a JSON object does without)", IsItsOwn: false);
        var snippet = Encoding.UTF8.GetString(document.Span);
        return await engine.CheckAsync(snippet, ct) is { } wrong
            ? new TemplateResult.Faulty($"is neither a JSON object nor Jsonnet: {wrong}")
            : new TemplateResult.Good(new Template.Jsonnet(snippet));
    }

    public Task<JsonnetResult> EvaluateAsync(Template template, TemplateInput input, CancellationToken ct) => template switch
    {
        Template.Json json => Task.FromResult(Render(json.Document, input)),
        Template.Jsonnet jsonnet => engine.EvaluateAsync(jsonnet.Snippet, input, ct),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JsonnetResult Render(JsonTemplate template, TemplateInput input)
    {
        try
        {
            return new JsonnetResult.Ok(template.Render(input));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is no Unicode: half of a surrogate pair, which JSON can spell and nobody can write.
            return new JsonnetResult.Failed("the template was given what is not well-formed JSON");
        }
    }

    private static JsonElement? AsObject(ReadOnlyMemory<byte> document)
    {
        try
        {
            return JsonElement.Parse(document.Span, Strict) is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
