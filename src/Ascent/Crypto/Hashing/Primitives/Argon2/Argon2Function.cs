using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>
/// Argon2 version 1.3 (RFC 9106), without secret and associated data. The lanes of one hash are filled one after another: a server has
/// other hashes to keep its threads busy with.
/// </summary>
internal static unsafe class Argon2Function
{
    public const int Version = 0x13;
    private const int MinBlocksPerLane = 8;

    public static bool Supports(Argon2Path path) => path switch
    {
        Argon2Path.Vector512 => Avx512F.IsSupported,
        Argon2Path.Vector256 => Avx2.IsSupported,
        Argon2Path.Vector128 => Mixer128.IsSupported,
        _ => true,
    };

    public static void Derive(
        Argon2Parameters parameters, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> output, HashingMemory memory,
        Argon2Path path = Argon2Path.Best)
    {
        switch (path == Argon2Path.Best ? Best() : path)
        {
            case Argon2Path.Vector512: Derive<Mixer512>(parameters, password, salt, output, memory); break;
            case Argon2Path.Vector256: Derive<Mixer256>(parameters, password, salt, output, memory); break;
            case Argon2Path.Vector128: Derive<Mixer128>(parameters, password, salt, output, memory); break;
            case Argon2Path.Scalar: Derive<MixerScalar>(parameters, password, salt, output, memory); break;
            default: throw new UnreachableException();
        }
    }

    private static Argon2Path Best() =>
        Supports(Argon2Path.Vector512) ? Argon2Path.Vector512
        : Supports(Argon2Path.Vector256) ? Argon2Path.Vector256
        : Supports(Argon2Path.Vector128) ? Argon2Path.Vector128
        : Argon2Path.Scalar;

    private static void Derive<T>(
        Argon2Parameters parameters, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Span<byte> output, HashingMemory memory)
        where T : struct, IBlockMixer
    {
        if (parameters.Lanes < 1 || parameters.Iterations < 1 || output.IsEmpty)
            throw new ArgumentException("Argon2 wants one lane, one pass and one byte of output at least.", nameof(parameters));
        var segment = Math.Max(parameters.MemoryKiB, MinBlocksPerLane * parameters.Lanes) / (4 * parameters.Lanes);
        var used = (long)segment * 4 * parameters.Lanes * Block.Bytes;
        Span<byte> seed = stackalloc byte[Blake2b.MaxDigest];
        Seed(parameters, password, salt, output.Length, seed);
        var matrix = memory.Rent(used);
        try
        {
            var fill = new Argon2Fill<T>((ulong*)matrix.Pointer, parameters, segment);
            fill.Start(seed);
            fill.Run();
            fill.Finish(output);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            memory.Return(matrix, used);
        }
    }

    /// <summary>H0: everything that went in, in one digest.</summary>
    private static void Seed(Argon2Parameters p, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int length, Span<byte> seed)
    {
        var text = new byte[10 * sizeof(int) + password.Length + salt.Length];
        var at = 0;
        Number(p.Lanes);
        Number(length);
        Number(p.MemoryKiB);
        Number(p.Iterations);
        Number(Version);
        Number((int)p.Variant);
        Number(password.Length);
        password.CopyTo(text.AsSpan(at));
        at += password.Length;
        Number(salt.Length);
        salt.CopyTo(text.AsSpan(at));
        at += salt.Length;
        Number(0);
        Number(0);
        Blake2b.Hash(text, seed);
        CryptographicOperations.ZeroMemory(text);

        void Number(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(text.AsSpan(at), value);
            at += sizeof(int);
        }
    }
}
