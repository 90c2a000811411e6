using System.Buffers.Binary;
using System.Collections;
using System.IO.Compression;
using System.Text;
using QRCoder;

namespace Ascent.Methods.Totp;

/// <summary>
/// A QR code as a PNG of a fixed size: every module a whole number of pixels, so that cameras see sharp edges, the rest margin.
/// One bit for a pixel, 1 is white.
/// </summary>
internal static class QrPng
{
    public const int Size = 256;

    private const int BytesOfLine = Size / 8;
    private static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static string DataUrl(string text) => "data:image/png;base64," + Convert.ToBase64String(Of(text));

    public static byte[] Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        using var png = new MemoryStream();
        png.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Size);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Size);
        header[8] = 1;
        Chunk(png, "IHDR", header);
        Chunk(png, "IDAT", Compressed(Pixels(code.ModuleMatrix)));
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    /// <summary>The lines from top to bottom, each after a byte that says that it is not filtered.</summary>
    private static byte[] Pixels(List<BitArray> modules)
    {
        var scale = Size / modules.Count;
        var margin = (Size - (modules.Count * scale)) / 2;
        var pixels = new byte[Size * (BytesOfLine + 1)];
        for (var y = 0; y < Size; y++)
            for (var x = 0; x < Size; x++)
                if (!IsDark(modules, x - margin, y - margin, scale))
                    pixels[(y * (BytesOfLine + 1)) + 1 + (x / 8)] |= (byte)(0x80 >> (x % 8));
        return pixels;
    }

    private static bool IsDark(List<BitArray> modules, int x, int y, int scale) =>
        x >= 0 && y >= 0 && x / scale < modules.Count && y / scale < modules.Count && modules[y / scale][x / scale];

    private static byte[] Compressed(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var zlib = new ZLibStream(result, CompressionLevel.Fastest)) zlib.Write(bytes);
        return result.ToArray();
    }

    private static void Chunk(MemoryStream png, string type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        png.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(named));
        png.Write(number);
    }

    /// <summary>CRC-32 as PNG (section 5.5) has it.</summary>
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}
