using System.Buffers.Binary;

namespace Ascent.Jsonnet;

/// <summary>What a child process is asked; every text ends in a NUL.</summary>
internal sealed record JsonnetRequest
{
    public required byte[] Snippet { get; init; }
    public IReadOnlyList<(byte[] Name, byte[] Code)> Variables { get; init; } = [];
    public IReadOnlyList<(byte[] Name, byte[] Code)> Arguments { get; init; } = [];
    public required int MaxStack { get; init; }
    public required int MaxOutputBytes { get; init; }
}

internal enum JsonnetOutcome : byte { Ready, Output, Failed, Cancelled }

/// <summary>What it answers.</summary>
/// <param name="Retires">It has grown or served long: it wants to be replaced.</param>
internal sealed record JsonnetReply(JsonnetOutcome Outcome, bool Retires, byte[] Text);

/// <summary>
/// Frames between the server and its children: a length of four bytes, then as many bytes. Numbers are little-endian; a text in a
/// request has its length before it. Null is the other side's end. What makes no sense ends the conversation.
/// </summary>
internal static class JsonnetWire
{
    private const int MostBytes = 16 * 1024 * 1024, LengthBytes = sizeof(int);

    public static void Write(Stream to, JsonnetRequest request)
    {
        var texts = (List<byte[]>)[request.Snippet, .. request.Variables.Concat(request.Arguments).SelectMany(v => (byte[][])[v.Name, v.Code])];
        var frame = new byte[LengthBytes * (5 + texts.Count) + texts.Sum(t => t.Length)];
        var rest = frame.AsSpan();
        foreach (var number in (int[])[frame.Length - LengthBytes, request.MaxStack, request.MaxOutputBytes, request.Variables.Count, request.Arguments.Count]) Put(ref rest, number);
        foreach (var text in texts)
        {
            Put(ref rest, text.Length);
            text.CopyTo(rest);
            rest = rest[text.Length..];
        }
        to.Write(frame);
        to.Flush();
    }

    public static JsonnetRequest? ReadRequest(Stream from)
    {
        if (ReadFrame(from) is not { } frame) return null;
        var rest = frame.AsSpan();
        var (stack, output, variables, arguments) = (Number(ref rest), Number(ref rest), Number(ref rest), Number(ref rest));
        return new JsonnetRequest { Snippet = Text(ref rest), MaxStack = stack, MaxOutputBytes = output, Variables = Pairs(ref rest, variables), Arguments = Pairs(ref rest, arguments) };
    }

    public static void Write(Stream to, JsonnetReply reply)
    {
        var frame = new byte[LengthBytes + 2 + reply.Text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - LengthBytes);
        frame[LengthBytes] = (byte)reply.Outcome;
        frame[LengthBytes + 1] = reply.Retires ? (byte)1 : (byte)0;
        reply.Text.CopyTo(frame, LengthBytes + 2);
        to.Write(frame);
        to.Flush();
    }

    public static JsonnetReply? ReadReply(Stream from) =>
        ReadFrame(from) is not { } frame ? null
        : frame.Length < 2 ? throw new InvalidDataException("a reply has at least two bytes")
        : new JsonnetReply((JsonnetOutcome)frame[0], frame[1] != 0, frame[2..]);

    private static byte[]? ReadFrame(Stream from)
    {
        var length = new byte[LengthBytes];
        if (from.ReadAtLeast(length, LengthBytes, throwOnEndOfStream: false) < LengthBytes) return null;
        var bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (bytes is < 0 or > MostBytes) throw new InvalidDataException($"a frame has at most {MostBytes} bytes");
        var frame = new byte[bytes];
        return from.ReadAtLeast(frame, bytes, throwOnEndOfStream: false) < bytes ? null : frame;
    }

    private static List<(byte[], byte[])> Pairs(ref Span<byte> rest, int count)
    {
        var pairs = new List<(byte[], byte[])>();
        for (; count > 0; count--) pairs.Add((Text(ref rest), Text(ref rest)));
        return pairs;
    }

    private static byte[] Text(ref Span<byte> rest)
    {
        var length = Number(ref rest);
        var text = rest[..length].ToArray();
        rest = rest[length..];
        return text;
    }

    private static int Number(ref Span<byte> rest)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[LengthBytes..];
        return number;
    }

    private static void Put(ref Span<byte> rest, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(rest, number);
        rest = rest[LengthBytes..];
    }
}
