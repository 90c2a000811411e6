using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Ascent.Http;

/// <summary>
/// A flow's submission, decoded: JSON, a form, or the query of a GET, all into one object with nested names. Why a body
/// could not be read is a value, since the flows tell it to people in their own words.
/// </summary>
internal abstract record FlowBody
{
    private FlowBody() { }

    /// <summary>JSON values have their types. A form's are texts until <see cref="FormFields.ToJson"/> was told better.</summary>
    public sealed record Decoded(JsonObject Body, FormFields? Form) : FlowBody;

    public sealed record Empty : FlowBody;

    /// <summary>Neither JSON nor a form by its Content-Type; the type is cut to what may be shown.</summary>
    public sealed record UnsupportedType(string ContentType) : FlowBody;

    /// <summary>Broken, or JSON that is no object; the fault's text may be shown.</summary>
    public sealed record Malformed(JsonFault Fault) : FlowBody;

    public static async Task<FlowBody> ReadAsync(HttpContext http, int limit = JsonBody.DefaultLimit)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return OfQuery(request.QueryString);
        var bytes = await JsonBody.ReadBytesAsync(http, limit);
        if (bytes.Length == 0) return new Empty();
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return Unsupported(request.ContentType);
        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json" => OfJson(bytes),
            "application/x-www-form-urlencoded" => FormFields.TryParse(bytes, out var fields, out var fault) ? OfForm(fields) : new Malformed(fault),
            "multipart/form-data" => await OfMultipartAsync(bytes, HeaderUtilities.RemoveQuotes(type.Boundary).Value, http.RequestAborted),
            _ => Unsupported(request.ContentType),
        };
    }

    /// <summary>JSON may nest names or write them with dots, as a form does: <c>{"traits.email": …}</c>.</summary>
    private static FlowBody OfJson(byte[] bytes)
    {
        if (!JsonBody.TryParse(bytes, out var element, out var fault)) return new Malformed(fault);
        if (element.ValueKind != JsonValueKind.Object) return new Malformed(new JsonFault(JsonFaultKind.Syntax, "The body must be a JSON object."));
        var body = JsonObject.Create(element)!;
        foreach (var name in body.Select(p => p.Key).Where(k => k.Contains('.', StringComparison.Ordinal)).ToArray())
        {
            var value = body[name];
            body.Remove(name);
            if (!FormFields.Put(body, name, value)) body[name] = value?.DeepClone();
        }
        return new Decoded(body, null);
    }

    private static FlowBody OfQuery(QueryString query)
    {
        if (!query.HasValue || query.Value!.Length == 1) return new Empty();
        return FormFields.TryParse(System.Text.Encoding.UTF8.GetBytes(query.Value[1..]), out var fields, out var fault) ? OfForm(fields) : new Malformed(fault);
    }

    private static Decoded OfForm(FormFields fields) => new(fields.ToJson(static _ => FormType.Text), fields);

    private static async Task<FlowBody> OfMultipartAsync(byte[] bytes, string? boundary, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 70)
            return new Malformed(new JsonFault(JsonFaultKind.Syntax, "The Content-Type multipart/form-data needs a boundary of 1 to 70 characters."));
        var fields = new FormFields();
        try
        {
            var reader = new MultipartReader(boundary, new MemoryStream(bytes, writable: false));
            while (await reader.ReadNextSectionAsync(ct) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || disposition.Name.Length == 0) continue;
                using var content = new MemoryStream();
                await section.Body.CopyToAsync(content, ct);
                // Files mean nothing to a flow.
                if (disposition.FileName.Length > 0 || disposition.FileNameStar.Length > 0) continue;
                if (fields.Add(HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "", content.ToArray()) is { } fault) return new Malformed(fault);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new Malformed(new JsonFault(JsonFaultKind.Truncated, "The multipart body is broken or ends too early."));
        }
        return OfForm(fields);
    }

    private static UnsupportedType Unsupported(string? contentType)
    {
        var clean = string.Concat((contentType ?? "").Where(c => c is >= ' ' and < '\x7f'));
        return new UnsupportedType(clean.Length <= 100 ? clean : clean[..100]);
    }
}
