using System.Buffers.Binary;
using System.IO.Compression;
using Ascent.Methods.Totp;
using QRCoder;
using Shouldly;

namespace Ascent.Tests.Methods.Totp;

public sealed class QrPngTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(170)]
    [InlineData(2900)]
    public void The_picture_shows_the_code_in_256_by_256_pixels(int length)
    {
        var text = new string('x', length);
        var png = QrPng.Of(text);
        png[..8].ShouldBe(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A });
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ShouldBe(256);
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)).ShouldBe(256);
        var pixels = Pixels(png);
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var modules = code.ModuleMatrix;
        var scale = 256 / modules.Count;
        var margin = (256 - (modules.Count * scale)) / 2;
        for (var y = 0; y < modules.Count; y++)
            for (var x = 0; x < modules.Count; x++)
                pixels[margin + (y * scale), margin + (x * scale)].ShouldBe(modules[y][x]);
        pixels[0, 0].ShouldBeFalse();
    }

    /// <summary>The checksum of an empty IEND is known.</summary>
    [Fact]
    public void The_picture_ends_as_every_PNG_does() => QrPng.Of("x")[^12..].ShouldBe(new byte[] { 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82 });

    private static bool[,] Pixels(byte[] png)
    {
        const int Data = 33;
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(Data));
        using var zlib = new ZLibStream(new MemoryStream(png, Data + 8, length), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        var lines = raw.ToArray();
        lines.Length.ShouldBe(256 * 33);
        var dark = new bool[256, 256];
        for (var y = 0; y < 256; y++)
            for (var x = 0; x < 256; x++)
                dark[y, x] = (lines[(y * 33) + 1 + (x / 8)] & (0x80 >> (x % 8))) == 0;
        return dark;
    }
}
