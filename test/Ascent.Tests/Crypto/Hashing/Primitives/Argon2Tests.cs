using Ascent.Crypto.Hashing;
using Ascent.Crypto.Hashing.Primitives.Argon2;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing.Primitives;

/// <summary>Argon2 on every set of instructions that this processor has, against digests made by the reference library.</summary>
public sealed class Argon2Tests
{
    internal static readonly Argon2Path[] Paths =
        [Argon2Path.Best, .. new[] { Argon2Path.Vector512, Argon2Path.Vector256, Argon2Path.Vector128, Argon2Path.Scalar }.Where(Argon2Function.Supports)];

    /// <summary>Variant, KiB, passes, lanes, length of the password and of the salt, digest.</summary>
    private static readonly TheoryData<Argon2Variant, int, int, int, int, int, string> Reference = new()
    {
        { Argon2Variant.D, 8, 1, 1, 0, 8, "08c9b3bf" },
        { Argon2Variant.I, 8, 1, 1, 0, 8, "c7e2b024" },
        { Argon2Variant.Id, 8, 1, 1, 0, 8, "fb198ec6" },
        { Argon2Variant.Id, 8, 4, 1, 1, 9, "bd943c9c0b" },
        { Argon2Variant.I, 8, 4, 1, 1, 9, "f4bb6d61bb" },
        { Argon2Variant.Id, 9, 1, 1, 8, 16, "f743caae6766a0aab6a901125c8d2c21c0eba74c47e09e5b5f94135b95a4dfa0" },
        { Argon2Variant.D, 9, 1, 1, 8, 16, "82cfffa684f0c670e4bd38416d4e6eea80b9b021d86766b8078da2d8f48664f0" },
        { Argon2Variant.D, 15, 2, 1, 16, 16, "af174b2981e442b910339fc51df355429780b6e2d7ad6560c1797df7da6a6a07" },
        { Argon2Variant.I, 15, 2, 1, 16, 16, "0f64a1593a66a7cd1f278acd45b96400e43183c93d3b9a0264b0580644ca989a" },
        { Argon2Variant.Id, 15, 2, 1, 16, 16, "0e277f66cc1353203c30c7ec8313ba18e219d425801cf68122c00a697a35d825" },
        { Argon2Variant.Id, 64, 1, 1, 23, 16, "43f0a0a52e422da6ad6fdaf642c26efda030c29db97332f03fb542d76deb441f" },
        { Argon2Variant.D, 64, 1, 1, 23, 16, "1a7600787ac59ee19d298ceb9cc76e656f531a4299d88e2fdefe987ef59f5c75" },
        { Argon2Variant.Id, 65, 3, 1, 64, 17, "1ac5f24f1486791ad333c113588ad228860dc50be007fec6b837f739a3223071b55f2122f45e208cc20a12cc82860100fd04ad78fe2044ebf296eded7a11dfb0" },
        { Argon2Variant.I, 65, 3, 1, 64, 17, "5e86f931348fa3a8618f3084225ebdfb0c533fa316b4ee6272c5fd304fbd829844fa3608f37e73ac08f887f80b95ade44bf9d0fa8fc0167f74139c2e8c818778" },
        { Argon2Variant.D, 256, 2, 2, 72, 20, "38bfd400caae43c2c205c79180983002" },
        { Argon2Variant.I, 256, 2, 2, 72, 20, "abff6112a20239e7353f6bfe51c39a51" },
        { Argon2Variant.Id, 256, 2, 2, 72, 20, "b90c2fcf871e41109ff7642b46ca0115" },
        { Argon2Variant.Id, 100, 2, 3, 127, 31, "f6b1c1a346c06229f19ce1a076c445bea1ce621654fe6e40f164d157781e698476" },
        { Argon2Variant.I, 100, 2, 3, 127, 31, "951f46644bc580804d6163ff4728a52144c7066ecf567e61b4639c3e23c36d6853" },
        { Argon2Variant.Id, 131, 3, 4, 128, 32, "5f4c2099d400e986edc5a89199d7fa443a5709d75ea02324623cfbd7af42433441b59fe222675f518dc0f8cdffdc22b15d404d2cb8ba50f4923d80001176afe369" },
        { Argon2Variant.D, 131, 3, 4, 128, 32, "ee2480d6d0609e8619663d3483403a89cc1bf6f9b597654fd2feccd69865692f9f943a3f0c7ea76cf561df7a0722be9ffc1ec7ab94535e008c7eaab1b1f08574fe" },
        { Argon2Variant.D, 512, 1, 8, 129, 64, "8d016bf5d9932fbdcdb301a82ed8623fb86df60f750b0976a904d27c2ca2ad4825c10beb1315f782af3f2acb39cb138851df4142cbb4910f597a9862adf1cc0b61efd76dbc5542e408b72b36e4d18271ec512479b525a961aa3c2ce1f9f8c685" },
        { Argon2Variant.I, 512, 1, 8, 129, 64, "b9f227d72a30ddec8a8bc5356b052d92200cb6d4fa008ccb5f0248577f20cc90d23275b83b7d72ec5498d4f9a9773bfc910201d577751df2ec62203de526340186bdc8318e6f2c13d0536308566f3bca6a6b866d34bbe00b2b26a11db825d4c7" },
        { Argon2Variant.Id, 512, 1, 8, 129, 64, "72fc120fcf2c65e9b3c34c0cc9f97a7d01438650587457954878e1831a05fd0e59cb3a8466c769841d195fe3a64468a454e45ac33e89981fb0ade1a169f16bfeb9e95e6f06213efc3321249ca8269b65cdd4f02f5eb34efc797b6dd558a80949" },
        { Argon2Variant.Id, 1000, 2, 5, 200, 8, "d0807ebc743e8866b4244c695281fab9e44846abbdcb88ae2952fd9a6e2cbcda738f70e861743418250477c43895f06066a910e3708bd56662dd5d8c6e714367e42fc60a78137bc0a1731a8de74cec0e6f6b184169dfaa289324f9cabd0f67e54f" },
        { Argon2Variant.D, 1000, 2, 5, 200, 8, "9c5bf3fc36fd384637452b14c5be9537cec27035d3af5fedf965025ef00a2f294a77447f38d10bfb4fe3ee20a3055dd72546cc79869e0ba1e71732d40a5071d5b8287de8eb3100672aaa58808a2ec45ec6038f0ec97e99df300f9207981b548a4f" },
        { Argon2Variant.Id, 2048, 1, 1, 12, 24, "e3e8cc94a3c1c009a98b41cbed9ce26cca5e7e263ccba76450078dd3e0e38f4379e4186e69805207c6fa5b2f97fba0e032f661282ae5cc83997ed175b0c3c39c76c5cb5f973e866ba9c2e96ac02ede42fb02a3308cebbc0c615079a2170d73e3b3af8ead27f34cf891993ca70bcabdfbf8643a05fc4e500f6769bcbc7cb5de31" },
        { Argon2Variant.I, 2048, 1, 1, 12, 24, "87a94c07016d6d4c2416e70747f51699e80389273e2ac925b7ad359e9d1a6a2e93a0e9bf60b2218d78751794fa24e1ea3094fc4944100e9d81faf03ad4995cded22c7980c9bb9e1ba6155e7951c60b1f3987507d7cc2fe69164a9de64ec22d84b5bad319405e18e63755108c79a4688b185d63061ad98818cd50ec7d67869280" },
        { Argon2Variant.D, 4096, 2, 2, 40, 16, "acf6cb625b4f037b6f18afb1b4af00ffd67d469327fe7e72274c1fb2b045fb" },
        { Argon2Variant.I, 4096, 2, 2, 40, 16, "a1568c5ef5f02c7e07dc7f67cd71e9a741fa3bbcc68a7f623327115f59cab4" },
        { Argon2Variant.Id, 4096, 2, 2, 40, 16, "4b18d1815a41c6c3fa0bcf9cfedc8b4395ccf8879431899a44ba111ffe6d14" },
    };

    [Fact]
    public void Every_path_gives_the_digest_of_the_reference_library()
    {
        using var memory = new HashingMemory(() => long.MaxValue);
        foreach (var path in Paths)
            foreach (var row in Reference)
            {
                var (variant, kib, passes, lanes, passwordLength, saltLength, expected) = row.Data;
                var digest = new byte[expected.Length / 2];
                Argon2Function.Derive(
                    new Argon2Parameters(variant, kib, passes, lanes), Password(passwordLength), Salt(saltLength), digest, memory, path);
                Convert.ToHexStringLower(digest).ShouldBe(expected, $"{path}: {variant} m={kib} t={passes} p={lanes}");
            }
    }

    [Fact]
    public void Memory_that_held_something_else_changes_nothing()
    {
        using var memory = new HashingMemory(() => long.MaxValue);
        foreach (var path in Paths)
        {
            byte[] first = new byte[32], second = new byte[32];
            Argon2Function.Derive(new Argon2Parameters(Argon2Variant.Id, 256, 2, 2), Password(9), Salt(16), first, memory, path);
            var block = memory.Rent(256 * 1024);
            Fill(block);
            memory.Return(block, 0);
            Argon2Function.Derive(new Argon2Parameters(Argon2Variant.Id, 256, 2, 2), Password(9), Salt(16), second, memory, path);
            second.ShouldBe(first);
        }
    }

    [Fact]
    public void Less_memory_than_the_lanes_need_is_raised_but_hashed_as_it_was_given()
    {
        using var memory = new HashingMemory(() => long.MaxValue);
        byte[] raised = new byte[32], enough = new byte[32];
        Argon2Function.Derive(new Argon2Parameters(Argon2Variant.Id, 1, 1, 1), Password(9), Salt(16), raised, memory);
        Argon2Function.Derive(new Argon2Parameters(Argon2Variant.Id, 8, 1, 1), Password(9), Salt(16), enough, memory);
        raised.ShouldNotBe(enough);
        memory.Held.ShouldBe(64 * 1024);
    }

    [Theory]
    [InlineData(0, 1, 32)]
    [InlineData(1, 0, 32)]
    [InlineData(1, 1, 0)]
    public void No_pass_no_lane_or_no_output_is_refused(int passes, int lanes, int length)
    {
        using var memory = new HashingMemory(() => long.MaxValue);
        Should.Throw<ArgumentException>(() => Argon2Function.Derive(
            new Argon2Parameters(Argon2Variant.Id, 64, passes, lanes), Password(9), Salt(16), new byte[length], memory));
    }

    internal static byte[] Password(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7 + 3))];

    internal static byte[] Salt(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 11 + 5))];

    private static unsafe void Fill(NativeBlock block) => new Span<byte>(block.Pointer, 256 * 1024).Fill(0xa5);
}
