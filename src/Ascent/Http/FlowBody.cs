using System.Runtime.InteropServices;
using System.Text;
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

    /// <summary>What a form of any method fills is a few kilobytes; a photo as a trait is not meant to be sent this way.</summary>
    public const int Limit = 128 * 1024;

    /// <summary>Names in one submission, at all levels together; what is for hooks counts by its size alone.</summary>
    public const int MostNames = 512;

    /// <summary>What a client may send along for hooks, as JSON: it is kept with the flow and goes to every hook and message.</summary>
    public const int TransientLimit = 16 * 1024;

    private const string Transient = "transient_payload";

    public static async Task<FlowBody> ReadAsync(HttpContext http, int limit = Limit)
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

    /// <summary>
    /// JSON may nest names or write them with dots, as a form does: <c>{"traits.email": …}</c>. Each name is put into place once: what
    /// stands here runs before anybody is known, and takes time in proportion to the body.
    /// </summary>
    private static FlowBody OfJson(byte[] bytes)
    {
        if (!JsonBody.TryParse(bytes, out var element, out var fault)) return new Malformed(fault);
        if (element.ValueKind != JsonValueKind.Object) return new Malformed(new JsonFault(JsonFaultKind.Syntax, "The body must be a JSON object."));
        var names = 0;
        if (!Counts(element, true, ref names)) return TooManyNames;
        if (element.TryGetProperty(Transient, out var transient) && JsonMarshal.GetRawUtf8Value(transient).Length > TransientLimit) return TransientTooLarge;
        var body = new JsonObject();
        foreach (var property in element.EnumerateObject())
            if (!property.Name.Contains('.', StringComparison.Ordinal)) body[property.Name] = Node(property.Value);
        foreach (var property in element.EnumerateObject())
            if (property.Name.Contains('.', StringComparison.Ordinal) && !FormFields.Put(body, property.Name, Node(property.Value))) body[property.Name] = Node(property.Value);
        return Whole(new Decoded(body, null));
    }

    /// <summary>Adds up the names of a value; false as soon as they are too many.</summary>
    private static bool Counts(JsonElement value, bool isBody, ref int names)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
                if (!Counts(item, false, ref names)) return false;
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                if (++names > MostNames) return false;
                if (!(isBody && property.NameEquals(Transient)) && !Counts(property.Value, false, ref names)) return false;
            }
        }
        return true;
    }

    private static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };

    /// <summary>A payload that came by names with dots is measured as it was put together.</summary>
    private static FlowBody Whole(Decoded decoded) =>
        decoded.Body[Transient] is { } transient && Encoding.UTF8.GetByteCount(transient.ToJsonString()) > TransientLimit ? TransientTooLarge : decoded;

    private static Malformed TooManyNames { get; } = new(new JsonFault(JsonFaultKind.Syntax, $"A submission may have at most {MostNames} names."));

    private static Malformed TransientTooLarge { get; } = new(new JsonFault(JsonFaultKind.Syntax, $"The field /{Transient} may have at most {TransientLimit} bytes."));

    private static FlowBody OfQuery(QueryString query)
    {
        if (!query.HasValue || query.Value!.Length == 1) return new Empty();
        return FormFields.TryParse(Encoding.UTF8.GetBytes(query.Value[1..]), out var fields, out var fault) ? OfForm(fields) : new Malformed(fault);
    }

    private static FlowBody OfForm(FormFields fields) => Whole(new Decoded(fields.ToJson(static _ => FormType.Text), fields));

    private static async Task<FlowBody> OfMultipartAsync(byte[] bytes, string? boundary, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 70)
            return new Malformed(new JsonFault(JsonFaultKind.Syntax, "The Content-Type multipart/form-data needs a boundary of 1 to 70 characters."));
        var fields = new FormFields();
        var parts = 0;
        try
        {
            var reader = new MultipartReader(boundary, new MemoryStream(bytes, writable: false));
            while (await reader.ReadNextSectionAsync(ct) is { } section)
            {
                if (++parts > MostNames) return TooManyNames;
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
