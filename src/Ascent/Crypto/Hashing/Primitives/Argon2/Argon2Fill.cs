using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>Fills the matrix of one hash, slice by slice, lane by lane (RFC 9106, 3.2 and 3.4).</summary>
internal readonly unsafe ref struct Argon2Fill<T>(ulong* matrix, Argon2Parameters parameters, int segment)
    where T : struct, IBlockMixer
{
    private const int Slices = 4;

    private int LaneLength => segment * Slices;

    private ulong* BlockAt(int lane, int index) => matrix + ((nint)lane * LaneLength + index) * Block.Words;

    /// <summary>The first two blocks of every lane come from the seed.</summary>
    public void Start(ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[Blake2b.MaxDigest + 2 * sizeof(int)];
        var words = new ulong[Block.Words];
        seed.CopyTo(input);
        for (var lane = 0; lane < parameters.Lanes; lane++)
        {
            for (var index = 0; index < 2; index++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(input[Blake2b.MaxDigest..], index);
                BinaryPrimitives.WriteInt32LittleEndian(input[(Blake2b.MaxDigest + sizeof(int))..], lane);
                Blake2b.HashLong(input, MemoryMarshal.AsBytes(words.AsSpan()));
                var block = BlockAt(lane, index);
                for (var i = 0; i < Block.Words; i++) block[T.PlaceOf(i)] = words[i];
            }
        }
    }

    public void Run()
    {
        // Two zero blocks' worth of room for the addresses of the data-independent segments: input, output and zeros.
        var scratch = stackalloc ulong[3 * Block.Words + 8];
        var aligned = (ulong*)(((nuint)scratch + 63) & ~(nuint)63);
        new Span<ulong>(aligned, 3 * Block.Words).Clear();
        for (var pass = 0; pass < parameters.Iterations; pass++)
            for (var slice = 0; slice < Slices; slice++)
                for (var lane = 0; lane < parameters.Lanes; lane++)
                {
                    var independent = parameters.Variant == Argon2Variant.I
                        || (parameters.Variant == Argon2Variant.Id && pass == 0 && slice < Slices / 2);
                    Segment(pass, slice, lane, independent ? new Addresses(aligned, pass, lane, slice, this) : default);
                }
    }

    /// <summary>The last column, added up, is what the output is made of.</summary>
    public void Finish(Span<byte> output)
    {
        var words = new ulong[Block.Words];
        for (var lane = 0; lane < parameters.Lanes; lane++)
        {
            var last = BlockAt(lane, LaneLength - 1);
            for (var i = 0; i < Block.Words; i++) words[i] ^= last[T.PlaceOf(i)];
        }
        var bytes = MemoryMarshal.AsBytes(words.AsSpan());
        Blake2b.HashLong(bytes, output);
        CryptographicOperations.ZeroMemory(bytes);
    }

    private void Segment(int pass, int slice, int lane, Addresses addresses)
    {
        var first = pass == 0 && slice == 0 ? 2 : 0;
        var index = slice * segment + first;
        var previous = BlockAt(lane, index == 0 ? LaneLength - 1 : index - 1);
        var target = BlockAt(lane, index);
        if (addresses.Exist)
        {
            // The next reference is known before this one is needed; that hides most of the wait for it.
            var next = Pick(pass, slice, lane, first, addresses.At(first));
            for (var i = first; i < segment; i++)
            {
                var reference = next;
                if (i + 1 < segment)
                {
                    next = Pick(pass, slice, lane, i + 1, addresses.At(i + 1));
                    Prefetch(next);
                }
                T.Mix(previous, reference, target, pass > 0);
                previous = target;
                target += Block.Words;
            }
            return;
        }
        for (var i = first; i < segment; i++)
        {
            T.Mix(previous, Pick(pass, slice, lane, i, *previous), target, pass > 0);
            previous = target;
            target += Block.Words;
        }
    }

    private ulong* Pick(int pass, int slice, int lane, int i, ulong pick)
    {
        var other = parameters.Lanes == 1 || (pass == 0 && slice == 0) ? lane : (int)((uint)(pick >> 32) % (uint)parameters.Lanes);
        return BlockAt(other, Reference(pass, slice, i, (uint)pick, other == lane));
    }

    private static void Prefetch(ulong* block)
    {
        if (!Sse.IsSupported) return;
        for (var line = 0; line < Block.Words; line += 8) Sse.Prefetch0(block + line);
    }

    /// <summary>Which block of the lane is mixed in: of those that are done, the later ones more often.</summary>
    private int Reference(int pass, int slice, int i, uint pick, bool sameLane)
    {
        var done = pass == 0 ? slice * segment : LaneLength - segment;
        var area = (uint)(sameLane ? done + i - 1 : i == 0 ? done - 1 : done);
        var square = (ulong)pick * pick >> 32;
        var back = (uint)(area * square >> 32);
        var start = pass == 0 || slice == Slices - 1 ? 0 : (slice + 1) * segment;
        var index = start + (int)(area - 1 - back);
        return index >= LaneLength ? index - LaneLength : index;
    }

    /// <summary>References that do not depend on the password: G of a counter, 128 at a time.</summary>
    private unsafe ref struct Addresses
    {
        private readonly ulong* input, output, zeros;
        private int at;

        public Addresses(ulong* scratch, int pass, int lane, int slice, Argon2Fill<T> fill)
        {
            input = scratch;
            output = scratch + Block.Words;
            zeros = scratch + 2 * Block.Words;
            at = -1;
            input[T.PlaceOf(0)] = (ulong)pass;
            input[T.PlaceOf(1)] = (ulong)lane;
            input[T.PlaceOf(2)] = (ulong)slice;
            input[T.PlaceOf(3)] = (ulong)(fill.LaneLength * (long)fill.Lanes);
            input[T.PlaceOf(4)] = (ulong)fill.Passes;
            input[T.PlaceOf(5)] = (ulong)fill.Variant;
            input[T.PlaceOf(6)] = 0;
        }

        public readonly bool Exist => input != null;

        public ulong At(int i)
        {
            if (i / Block.Words != at)
            {
                at = i / Block.Words;
                input[T.PlaceOf(6)]++;
                T.Mix(zeros, input, output, add: false);
                T.Mix(zeros, output, output, add: false);
            }
            return output[T.PlaceOf(i % Block.Words)];
        }
    }

    private int Lanes => parameters.Lanes;
    private int Passes => parameters.Iterations;
    private Argon2Variant Variant => parameters.Variant;
}
