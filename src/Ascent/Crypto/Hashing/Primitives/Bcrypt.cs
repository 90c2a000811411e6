using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ascent.Crypto.Hashing.Primitives;

/// <summary>
/// bcrypt: Blowfish with a key schedule that is run 2^cost times (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999). The key
/// is the password and one zero byte, over and over; 72 bytes of it count.
/// </summary>
internal static unsafe class Bcrypt
{
    public const int MaxPasswordBytes = 72, SaltBytes = 16, DigestBytes = 23;

    private const int State = BlowfishPi.SubKeys + BlowfishPi.Tables;
    private const int Encryptions = 64;

    public static void Derive(ReadOnlySpan<byte> password, int cost, ReadOnlySpan<byte> salt, Span<byte> digest)
    {
        var state = stackalloc uint[State];
        var key = stackalloc uint[BlowfishPi.SubKeys];
        var salted = stackalloc uint[BlowfishPi.SubKeys];
        BlowfishPi.Words.CopyTo(new Span<uint>(state, State));
        Cycle([.. password, 0], key);
        Cycle(salt, salted);

        ExpandSalted(state, key, salted);
        for (var i = 1L << cost; i > 0; i--)
        {
            Expand(state, key);
            Expand(state, salted);
        }

        // "OrpheanBeholderScryDoubt"
        var text = stackalloc uint[6] { 0x4f727068, 0x65616e42, 0x65686f6c, 0x64657253, 0x63727944, 0x6f756274 };
        for (var i = 0; i < 6; i += 2)
            for (var n = 0; n < Encryptions; n++)
                Encrypt(state, ref text[i], ref text[i + 1]);
        Span<byte> output = stackalloc byte[24];
        for (var i = 0; i < 6; i++) BinaryPrimitives.WriteUInt32BigEndian(output[(i * 4)..], text[i]);
        output[..DigestBytes].CopyTo(digest);

        CryptographicOperations.ZeroMemory(new Span<byte>(state, State * sizeof(uint)));
        CryptographicOperations.ZeroMemory(new Span<byte>(key, BlowfishPi.SubKeys * sizeof(uint)));
    }

    private static void Cycle(ReadOnlySpan<byte> bytes, uint* words)
    {
        for (int i = 0, at = 0; i < BlowfishPi.SubKeys; i++)
        {
            uint word = 0;
            for (var n = 0; n < 4; n++, at++) word = (word << 8) | bytes[at % bytes.Length];
            words[i] = word;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ExpandSalted(uint* state, uint* key, uint* salt)
    {
        for (var i = 0; i < BlowfishPi.SubKeys; i++) state[i] ^= key[i];
        uint l = 0, r = 0;
        for (var i = 0; i < State; i += 2)
        {
            l ^= salt[i % 4];
            r ^= salt[i % 4 + 1];
            Encrypt(state, ref l, ref r);
            state[i] = l;
            state[i + 1] = r;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Expand(uint* state, uint* key)
    {
        for (var i = 0; i < BlowfishPi.SubKeys; i++) state[i] ^= key[i];
        uint l = 0, r = 0;
        for (var i = 0; i < State; i += 2)
        {
            Encrypt(state, ref l, ref r);
            state[i] = l;
            state[i + 1] = r;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Encrypt(uint* p, ref uint left, ref uint right)
    {
        uint l = left ^ p[0], r = right;
        var s = p + BlowfishPi.SubKeys;
        r ^= Mix(s, l) ^ p[1];
        l ^= Mix(s, r) ^ p[2];
        r ^= Mix(s, l) ^ p[3];
        l ^= Mix(s, r) ^ p[4];
        r ^= Mix(s, l) ^ p[5];
        l ^= Mix(s, r) ^ p[6];
        r ^= Mix(s, l) ^ p[7];
        l ^= Mix(s, r) ^ p[8];
        r ^= Mix(s, l) ^ p[9];
        l ^= Mix(s, r) ^ p[10];
        r ^= Mix(s, l) ^ p[11];
        l ^= Mix(s, r) ^ p[12];
        r ^= Mix(s, l) ^ p[13];
        l ^= Mix(s, r) ^ p[14];
        r ^= Mix(s, l) ^ p[15];
        l ^= Mix(s, r) ^ p[16];
        left = r ^ p[17];
        right = l;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Mix(uint* s, uint x) =>
        ((s[x >> 24] + s[256 + (nint)(byte)(x >> 16)]) ^ s[512 + (nint)(byte)(x >> 8)]) + s[768 + (nint)(byte)x];
}
