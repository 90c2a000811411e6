using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>
/// JSON on its way in. What passes here can be stored by either engine and read back by anyone: well-formed UTF-8, no
/// duplicate names, at most 64 levels, no NUL and no lone surrogate. Whatever fails is a 400 that says where.
/// </summary>
internal static class JsonBody
{
    public const int DefaultLimit = 5 * 1024 * 1024;
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <exception cref="ApiException">The body is missing, too large or no such JSON.</exception>
    public static async Task<JsonElement> ReadAsync(HttpContext http, int limit = DefaultLimit)
    {
        var bytes = await ReadBytesAsync(http, limit);
        if (bytes.Length == 0) ApiError.BadRequest("The request has no body; a JSON value is expected.").Throw();
        return Parse(bytes);
    }

    /// <exception cref="ApiException">These are no such JSON bytes.</exception>
    public static JsonElement Parse(ReadOnlySpan<byte> bytes)
    {
        if (TryParse(bytes, out var element, out var fault)) return element;
        throw new ApiException(ApiError.BadRequest(fault.Text));
    }

    /// <summary>As <see cref="Parse"/>, for callers that have their own words for broken bodies.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out JsonElement element, out JsonFault fault)
    {
        element = default;
        fault = default;
        if (!Utf8.IsValid(bytes))
        {
            fault = new JsonFault(JsonFaultKind.Encoding, "The body is not valid UTF-8.");
            return false;
        }
        // Only an escape can smuggle in what plain UTF-8 text cannot hold.
        if (bytes.IndexOf("\\u"u8) >= 0 && JsonScan.FindBadText(bytes) is { } bad)
        {
            fault = bad;
            return false;
        }
        try
        {
            element = JsonElement.Parse(bytes, Strict);
            return true;
        }
        catch (JsonException)
        {
            fault = JsonScan.Explain(bytes);
            return false;
        }
    }

    /// <summary>Reads the whole body into memory, at most <paramref name="limit"/> bytes of it.</summary>
    /// <exception cref="ApiException">The body is larger.</exception>
    public static async Task<byte[]> ReadBytesAsync(HttpContext http, int limit = DefaultLimit)
    {
        if (http.Request.ContentLength > limit) TooLarge(limit);
        var reader = http.Request.BodyReader;
        using var reading = Listener.Of(http)?.Bodies?.Begin(http);
        while (true)
        {
            var read = reading is null ? await reader.ReadAsync(http.RequestAborted) : await reading.ReadAsync(reader);
            if (read.Buffer.Length > limit || reading?.Takes(read.Buffer.Length) == false)
            {
                var tooLarge = read.Buffer.Length > limit;
                reader.AdvanceTo(read.Buffer.End);
                if (tooLarge) TooLarge(limit);
                BodyBudget.Full.Throw();
            }
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static void TooLarge(int limit) =>
        ApiError.BadRequest($"The request body is too large; at most {limit} bytes are read.").Throw();
}
