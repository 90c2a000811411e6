using System.Text.Json;

namespace Ascent.Jose;

/// <summary>Members of a key, each with the one form it may have.</summary>
internal readonly struct JwkReader
{
    private readonly JsonElement json;

    public JwkReader(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new JwkException("a key is a JSON object");
        this.json = json;
    }

    public bool Has(string name) => json.TryGetProperty(name, out _);

    public string? Text(string name)
    {
        if (!json.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) throw new JwkException($"{name} must be a string");
        return value.GetString();
    }

    public IReadOnlyList<string>? Texts(string name)
    {
        if (!json.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(v => v.ValueKind != JsonValueKind.String))
            throw new JwkException($"{name} must be a list of strings");
        return [.. value.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>Octets of exactly this many.</summary>
    public byte[] Bytes(string name, int size)
    {
        var bytes = Octets(name);
        return bytes.Length == size ? bytes : throw new JwkException($"{name} has {bytes.Length} bytes; {size} are needed");
    }

    /// <summary>A positive whole number, without leading zeros or padded to <paramref name="size"/> bytes.</summary>
    public byte[] Number(string name, int size = 0)
    {
        var digits = Octets(name).AsSpan().TrimStart((byte)0);
        if (digits.IsEmpty) throw new JwkException($"{name} must be a number greater than zero");
        if (size > 0 && digits.Length > size) throw new JwkException($"{name} is too large for this key");
        var number = new byte[Math.Max(size, digits.Length)];
        digits.CopyTo(number.AsSpan(number.Length - digits.Length));
        return number;
    }

    private byte[] Octets(string name)
    {
        var text = Text(name) ?? throw new JwkException($"{name} is missing");
        return Base64UrlText.TryDecode(text, out var bytes) ? bytes : throw new JwkException($"{name} is not base64url without padding");
    }
}
