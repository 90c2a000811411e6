using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;

namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>
/// A CBOR map as authenticators send it: keys are whole numbers or texts. Refused are duplicate keys, indefinite lengths, tags,
/// floating point, deep nesting, lengths beyond the data and whatever else the encoding forbids; nothing is thrown.
/// </summary>
internal sealed class CborMap
{
    private const int MostBytes = 128 * 1024, Deepest = 8;

    private readonly Dictionary<object, object?> items;

    private CborMap(Dictionary<object, object?> items) => this.items = items;

    public int Count => items.Count;

    public bool Has(object key) => items.ContainsKey(key);

    public byte[]? Bytes(object key) => items.GetValueOrDefault(key) as byte[];

    public string? Text(object key) => items.GetValueOrDefault(key) as string;

    public long? Number(object key) => items.GetValueOrDefault(key) as long?;

    public CborMap? Map(object key) => items.GetValueOrDefault(key) as CborMap;

    public IReadOnlyList<object?>? Array(object key) => items.GetValueOrDefault(key) as List<object?>;

    /// <summary>The map that begins the data; <paramref name="length"/> is how much of them it takes.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out CborMap? map, out int length)
    {
        map = null;
        length = 0;
        if (data.Length is 0 or > MostBytes) return false;
        try
        {
            var reader = new CborReader(data, CborConformanceMode.Strict, allowMultipleRootLevelValues: true);
            if (reader.PeekState() != CborReaderState.StartMap) return false;
            map = ReadMap(reader, 1);
            length = data.Length - reader.BytesRemaining;
            return map is not null;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>The map that the data are, to their last byte.</summary>
    public static CborMap? ReadAll(ReadOnlyMemory<byte> data) => TryRead(data, out var map, out var length) && length == data.Length ? map : null;

    private static CborMap? ReadMap(CborReader reader, int depth)
    {
        if (reader.ReadStartMap() is null || depth > Deepest) return null;
        var found = new Dictionary<object, object?>();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            if (!TryReadKey(reader, out var key) || !TryReadValue(reader, depth, out var value) || !found.TryAdd(key, value)) return null;
        }
        reader.ReadEndMap();
        return new CborMap(found);
    }

    private static bool TryReadKey(CborReader reader, [NotNullWhen(true)] out object? key)
    {
        key = reader.PeekState() switch
        {
            CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger => reader.ReadInt64(),
            CborReaderState.TextString => reader.ReadTextString(),
            _ => null,
        };
        return key is not null;
    }

    private static bool TryReadValue(CborReader reader, int depth, out object? value)
    {
        value = null;
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger: value = reader.ReadInt64(); return true;
            case CborReaderState.ByteString: value = reader.ReadByteString(); return true;
            case CborReaderState.TextString: value = reader.ReadTextString(); return true;
            case CborReaderState.Boolean: value = reader.ReadBoolean(); return true;
            case CborReaderState.Null: reader.ReadNull(); return true;
            case CborReaderState.StartMap: value = ReadMap(reader, depth + 1); return value is not null;
            case CborReaderState.StartArray: value = ReadArray(reader, depth + 1); return value is not null;
            default: return false;
        }
    }

    private static List<object?>? ReadArray(CborReader reader, int depth)
    {
        if (reader.ReadStartArray() is null || depth > Deepest) return null;
        var found = new List<object?>();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            if (!TryReadValue(reader, depth, out var value)) return null;
            found.Add(value);
        }
        reader.ReadEndArray();
        return found;
    }
}
