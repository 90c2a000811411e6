using System.Text;
using Ascent.Crypto.Hashing;
using Ascent.Crypto.Hashing.Formats;
using Ascent.Crypto.Hashing.Primitives;
using Ascent.Crypto.Hashing.Primitives.Argon2;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing.Primitives;

/// <summary>The digests we had to write ourselves, against OpenSSL's and those of the RFCs.</summary>
public sealed class DigestTests
{
    private static readonly byte[] Abc = "abc"u8.ToArray(), Long = [.. Enumerable.Repeat((byte)'x', 1000)];

    [Fact]
    public void Md4()
    {
        Of<Md4>([]).ShouldBe("31d6cfe0d16ae931b73c59d7e0c089c0");
        Of<Md4>(Abc).ShouldBe("a448017aaf21d8525fc10ae87aa6729d");
        Of<Md4>(Long).ShouldBe("4b4cacfefc79bf951c60620df38532dc");
    }

    [Fact]
    public void Sha_224()
    {
        Of<Sha224>([]).ShouldBe("d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f");
        Of<Sha224>(Abc).ShouldBe("23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
        Of<Sha224>(Long).ShouldBe("3fd1f1f34b2c22d0ca7f496aa180079401d28c7d9dd96dff5ce4d05c");
    }

    [Fact]
    public void Sha3_224_and_384()
    {
        Of<Sha3Of224>([]).ShouldBe("6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7");
        Of<Sha3Of224>(Abc).ShouldBe("e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf");
        Of<Sha3Of224>(Long).ShouldBe("2459c65a000e217e65e9992435021787b4461e3bcd09b14348d2d9fc");
        Of<Sha3Of384>([]).ShouldBe("0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004");
        Of<Sha3Of384>(Abc).ShouldBe("ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25");
        Of<Sha3Of384>(Long).ShouldBe("95a2b7f72e41a03e3ca1f0124d877927368a417aa593e0d0e9081809abea8c269b54575746b3753d50e714060322f67d");
    }

    [Fact]
    public void Blake2b_of_64_bytes()
    {
        Of([]).ShouldBe("786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce");
        Of(Abc).ShouldBe("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
        Of(Long).ShouldBe("63e36e4569cd772ba719ec50f6627e07ab6764c5ddffc84607abdff7f0083511dd276f3949c66386ca236cd123b5adc4919875d5abb17d17bbabdeabf0db7e9f");

        static string Of(byte[] data)
        {
            var digest = new byte[Blake2b.MaxDigest];
            Blake2b.Hash(data, digest);
            return Convert.ToHexStringLower(digest);
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void A_key_longer_than_a_block_is_hashed_first(int length)
    {
        var key = new byte[length];
        Array.Fill(key, (byte)7);
        var short64 = new byte[Sha224.DigestBytes];
        Sha224.Of(key, short64);
        var same = Hmac<Sha224>.Of(key, Abc).AsSpan().SequenceEqual(Hmac<Sha224>.Of(short64, Abc));
        same.ShouldBe(length > Sha224.BlockBytes);
    }

    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Scrypt_of_rfc_7914(string password, string salt, int n, int r, int p, string expected)
    {
        using var memory = new HashingMemory(() => long.MaxValue);
        var digest = new byte[64];
        Scrypt.Derive(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), new ScryptCost(n, r, p), digest, memory);
        Convert.ToHexStringLower(digest).ShouldBe(expected);
    }

    private static string Of<T>(byte[] data) where T : IDigest
    {
        var digest = new byte[T.DigestBytes];
        T.Of(data, digest);
        return Convert.ToHexStringLower(digest);
    }
}
