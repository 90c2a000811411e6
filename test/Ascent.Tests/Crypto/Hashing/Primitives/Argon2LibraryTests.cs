using System.Runtime.InteropServices;
using Ascent.Crypto.Hashing;
using Ascent.Crypto.Hashing.Primitives.Argon2;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing.Primitives;

/// <summary>Argon2 beside libargon2 itself, over costs and lengths that the committed table cannot all hold.</summary>
public sealed partial class Argon2LibraryTests
{
    private const string Library = "libargon2.so.1";

    [Fact]
    public void Every_path_agrees_with_libargon2_over_a_table_of_costs_and_lengths()
    {
        if (!NativeLibrary.TryLoad(Library, out _)) Assert.Skip($"{Library} is not installed (Debian: libargon2-1)");
        using var memory = new HashingMemory(() => long.MaxValue);
        var checks = 0;
        foreach (var variant in Enum.GetValues<Argon2Variant>())
            for (var passes = 1; passes <= 4; passes++)
                for (var lanes = 1; lanes <= 8; lanes++)
                {
                    // The lengths step through odd values and across the block size of BLAKE2b; the memory is no multiple of the lanes.
                    var n = ((int)variant * 4 + passes) * 8 + lanes;
                    var kib = 8 * lanes + n * 5 % 200 + (n % 29 == 0 ? 3000 : 0);
                    var password = Argon2Tests.Password(n * 13 % 150);
                    var salt = Argon2Tests.Salt(8 + n * 7 % 60);
                    var expected = Reference(variant, kib, passes, lanes, password, salt, 4 + n * 17 % 140);
                    foreach (var path in Argon2Tests.Paths)
                    {
                        var actual = new byte[expected.Length];
                        Argon2Function.Derive(new Argon2Parameters(variant, kib, passes, lanes), password, salt, actual, memory, path);
                        actual.ShouldBe(expected, $"{path}: {variant} m={kib} t={passes} p={lanes}");
                        checks++;
                    }
                }
        checks.ShouldBe(3 * 4 * 8 * Argon2Tests.Paths.Length);
    }

    private static byte[] Reference(Argon2Variant variant, int kib, int passes, int lanes, byte[] password, byte[] salt, int length)
    {
        var output = new byte[length];
        Hash((uint)passes, (uint)kib, (uint)lanes, password, (nuint)password.Length, salt, (nuint)salt.Length, output, (nuint)length,
            0, 0, (int)variant, Argon2Function.Version).ShouldBe(0);
        return output;
    }

    [LibraryImport(Library, EntryPoint = "argon2_hash")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Hash(
        uint passes, uint kib, uint lanes, byte[] password, nuint passwordLength, byte[] salt, nuint saltLength,
        byte[] output, nuint length, nint encoded, nuint encodedLength, int variant, uint version);
}
