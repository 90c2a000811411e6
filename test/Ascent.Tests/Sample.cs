using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ascent.Tests;

/// <summary>
/// What is tried of much that could be: the part that the run's seed draws, and all of it in a long run. <c>test.sh</c> sets and prints
/// the seed; a run with the same seed tries the same.
/// </summary>
internal static class Sample
{
    private static readonly bool Whole = Environment.GetEnvironmentVariable("ASCENT_TEST_LONG") == "1";
    private static readonly string Seed = Environment.GetEnvironmentVariable("ASCENT_TEST_SEED") is { Length: > 0 } seed ? seed : "0";

    /// <summary>Whether this one is tried: one in <paramref name="oneIn"/>, or each in a long run.</summary>
    public static bool Draws(string one, int oneIn) => Whole || Number(one) % (uint)oneIn == 0;

    public static IEnumerable<string> Of(IEnumerable<string> all, int oneIn) => all.Where(one => Draws(one, oneIn));

    /// <summary>How often something random is tried: a hundred times as often in a long run.</summary>
    public static int Times(int often) => Whole ? often * 100 : often;

    /// <summary>A number that the seed and a name give.</summary>
    public static uint Number(string name) => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed} {name}")));
}
