using System.Text;
using System.Text.Json;

namespace Ascent.Schemas.Loading;

/// <summary>Gets a schema and, round by round, the documents that its references name. Documents are shared between the schemas of one load.</summary>
internal sealed class SchemaLoader(SchemaLoadOptions options)
{
    private const int MaxDocuments = 50;
    private const int MaxBytes = 2 * 1024 * 1024;

    private readonly Dictionary<string, JsonElement> documents = new(StringComparer.Ordinal);

    public async Task<(IdentitySchema? Schema, IReadOnlyList<SchemaIssue> Issues)> LoadAsync(SchemaSource source, CancellationToken ct)
    {
        var (text, fault) = await GetTextAsync(source.Url, ct);
        if (text is null) return (null, [new SchemaIssue("", fault!)]);
        while (true)
        {
            var (schema, issues, missing) = IdentitySchema.Compile(source.Id, source.Url, text, new IdentitySchemaOptions
            {
                BaseUri = BaseOf(source.Url),
                DisallowRef = options.DisallowRef,
                Selectable = source.Selectable,
                Resolve = address => documents.TryGetValue(address.AbsoluteUri, out var document) ? document : null,
            });
            if (missing.Count == 0) return (schema, issues);
            List<SchemaIssue> faults = [.. issues];
            foreach (var address in missing)
            {
                if (address.IsFile && !source.Url.StartsWith("file://", StringComparison.OrdinalIgnoreCase))
                    faults.Add(new SchemaIssue($"$ref {address}", "only a schema that is a file itself may refer to files"));
                else await AddAsync(address, faults, ct);
            }
            if (faults.Count > 0) return (null, faults);
        }
    }

    private async Task AddAsync(Uri address, List<SchemaIssue> faults, CancellationToken ct)
    {
        if (documents.Count >= MaxDocuments)
        {
            faults.Add(new SchemaIssue("$ref", $"more than {MaxDocuments} documents are referred to"));
            return;
        }
        var (text, fault) = await GetTextAsync(address.AbsoluteUri, ct);
        if (text is null)
        {
            faults.Add(new SchemaIssue($"$ref {address}", fault!));
            return;
        }
        try
        {
            documents[address.AbsoluteUri] = JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            faults.Add(new SchemaIssue($"$ref {address}", $"is no JSON document: {e.Message}"));
        }
    }

    private async Task<(string? Text, string? Fault)> GetTextAsync(string url, CancellationToken ct)
    {
        try
        {
            var bytes = await GetBytesAsync(url, ct);
            if (bytes is null) return (null, "must begin with file://, base64://, http:// or https://");
            if (bytes.Length > MaxBytes) return (null, $"is larger than {MaxBytes} bytes");
            return (new UTF8Encoding(false, true).GetString(bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return (null, $"cannot be read: {e.Message}");
        }
        catch (FormatException)
        {
            return (null, "is no base64 behind base64://");
        }
        catch (DecoderFallbackException)
        {
            return (null, "is no UTF-8 text");
        }
    }

    private async Task<byte[]?> GetBytesAsync(string url, CancellationToken ct)
    {
        if (url.StartsWith("base64://", StringComparison.OrdinalIgnoreCase)) return FromBase64(url["base64://".Length..]);
        if (url.StartsWith("file://", StringComparison.OrdinalIgnoreCase)) return await File.ReadAllBytesAsync(PathOf(url), ct);
        if (url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return await options.Fetch(url, ct);
        return null;
    }

    private string PathOf(string url)
    {
        var given = Path.GetFullPath(url["file://".Length..], options.WorkingDirectory);
        return File.Exists(given) ? given : Path.GetFullPath(Uri.UnescapeDataString(url["file://".Length..]), options.WorkingDirectory);
    }

    /// <summary>A path alone would make a # in a reference part of the file's name.</summary>
    private Uri BaseOf(string url)
    {
        if (url.StartsWith("file://", StringComparison.OrdinalIgnoreCase)) return new Uri(new Uri(PathOf(url)).AbsoluteUri);
        return url.StartsWith("http", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(url, UriKind.Absolute, out var address) ? address : new Uri("schema:/");
    }

    /// <summary>Either alphabet, padded or not.</summary>
    private static byte[] FromBase64(string text)
    {
        var plain = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        return Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
    }
}
