using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Jose;
using Shouldly;

namespace Ascent.Tests.Jose;

public sealed class JwsTests
{
    private static readonly byte[] Payload = """{"sub":"ada"}"""u8.ToArray();

    public static TheoryData<string> Algorithms => [.. JwsAlgorithm.All.Select(a => a.Name)];

    [Theory, MemberData(nameof(Algorithms))]
    public void What_was_signed_verifies_with_the_public_half(string alg)
    {
        var json = Keys.New(alg);
        var token = Jws.Sign(Keys.Parsed(json), Payload);
        var valid = Jws.Verify(token, [Keys.Parsed(Keys.PublicOf(json))]).ShouldBeOfType<JwsResult.Valid>();
        valid.Payload.ShouldBe(Payload);
        valid.Header.Algorithm.Name.ShouldBe(alg);
        valid.Header.Kid.ShouldBe("k1");
        valid.Header.Typ.ShouldBe("JWT");
    }

    [Theory, MemberData(nameof(Algorithms))]
    public void A_changed_byte_anywhere_makes_it_invalid(string alg)
    {
        var key = Keys.Parsed(Keys.New(alg));
        var parts = Jws.Sign(key, Payload).Split('.');
        Verify(key, parts[0], Encode("""{"sub":"bob"}"""), parts[2]).ShouldBeOfType<JwsResult.Invalid>();
        var signature = Base64Url.DecodeFromChars(parts[2]);
        foreach (var at in (int[])[0, signature.Length / 2, signature.Length - 1])
        {
            var changed = (byte[])signature.Clone();
            changed[at] ^= 1;
            Verify(key, parts[0], parts[1], Base64Url.EncodeToString(changed)).ShouldBeOfType<JwsResult.Invalid>();
        }
        Verify(key, parts[0], parts[1], "").ShouldBeOfType<JwsResult.Invalid>();
        Verify(key, parts[0], parts[1], Base64Url.EncodeToString([.. signature, 0])).ShouldBeOfType<JwsResult.Invalid>();
        Verify(key, parts[0], parts[1], Base64Url.EncodeToString(signature.AsSpan(1))).ShouldBeOfType<JwsResult.Invalid>();
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None","kid":"k1"}""")]
    [InlineData("""{"alg":"HS256","kid":"k1"}""")]
    [InlineData("""{"alg":"ES384","kid":"k1"}""")]
    [InlineData("""{"alg":"ES256K","kid":"k1"}""")]
    [InlineData("""{"alg":["ES256"],"kid":"k1"}""")]
    [InlineData("""{"alg":"ES256","kid":7}""")]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","crit":[]}""")]
    [InlineData("""{"alg":"ES256","kid":"k1","b64":false}""")]
    [InlineData("""{"kid":"k1"}""")]
    [InlineData("""["ES256"]""")]
    [InlineData("""{"alg":"ES256",}""")]
    public void A_header_that_asks_for_anything_else_is_refused_though_its_signature_holds(string header)
    {
        var key = Keys.Parsed(Keys.New("ES256"));
        var input = $"{Encode(header)}.{Base64Url.EncodeToString(Payload)}";
        var token = $"{input}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)))}";
        Jws.Verify(token, [key]).ShouldBeOfType<JwsResult.Invalid>();
    }

    [Fact]
    public void The_same_header_without_what_was_refused_is_good()
    {
        var key = Keys.Parsed(Keys.New("ES256"));
        var input = $"{Encode("""{"alg":"ES256","kid":"k1","jku":"https://evil.example.org"}""")}.{Base64Url.EncodeToString(Payload)}";
        Jws.Verify($"{input}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)))}", [key]).ShouldBeOfType<JwsResult.Valid>();
    }

    [Fact]
    public void A_public_key_taken_for_a_shared_secret_does_not_count()
    {
        var json = Keys.New("RS256");
        json.Remove("alg");
        var input = $"{Encode("""{"alg":"HS256","kid":"k1"}""")}.{Base64Url.EncodeToString(Payload)}";
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(json["n"]!.ToString()), Encoding.ASCII.GetBytes(input));
        Jws.Verify($"{input}.{Base64Url.EncodeToString(mac)}", [Keys.Parsed(Keys.PublicOf(json))]).ShouldBeOfType<JwsResult.Invalid>();
    }

    [Fact]
    public void A_key_that_names_its_algorithm_refuses_its_kin()
    {
        var json = Keys.New("RS256");
        var token = Jws.Sign(Keys.Parsed(json), Payload);
        var other = Keys.PublicOf(json);
        other["alg"] = "PS256";
        Jws.Verify(token, [Keys.Parsed(other)]).ShouldBeOfType<JwsResult.Invalid>();
        other.Remove("alg");
        Jws.Verify(token, [Keys.Parsed(other)]).ShouldBeOfType<JwsResult.Valid>();
        Jws.Verify(token, [Keys.Parsed(other)], ["PS256", "ES256"]).ShouldBeOfType<JwsResult.Invalid>();
    }

    [Fact]
    public void The_kid_chooses_the_key_and_an_unknown_one_is_told_apart()
    {
        JsonObject one = Keys.New("ES256", "one"), two = Keys.New("ES256", "two");
        var token = Jws.Sign(Keys.Parsed(two), Payload);
        Jws.Verify(token, [Keys.Parsed(one), Keys.Parsed(two)]).ShouldBeOfType<JwsResult.Valid>().Key.Kid.ShouldBe("two");
        Jws.Verify(token, [Keys.Parsed(one)]).ShouldBe(new JwsResult.UnknownKey("two"));
        one["kid"] = "two";
        Jws.Verify(token, [Keys.Parsed(one)]).ShouldBeOfType<JwsResult.Invalid>();
        Jws.Verify(token, []).ShouldBe(new JwsResult.UnknownKey("two"));
    }

    [Fact]
    public void Without_a_kid_every_key_that_fits_is_tried()
    {
        var nameless = Keys.New("ES256", kid: null);
        var token = Jws.Sign(Keys.Parsed(nameless), Payload);
        nameless["kid"] = "now it has one";
        Jws.Verify(token, [Keys.Parsed(Keys.New("RS256")), Keys.Parsed(Keys.New("ES256")), Keys.Parsed(nameless)]).ShouldBeOfType<JwsResult.Valid>();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("{\"payload\":\"\"}")]
    public void What_has_no_three_parts_is_refused(string token) =>
        Jws.Verify(token, [Keys.Parsed(Keys.New("ES256"))]).ShouldBeOfType<JwsResult.Invalid>();

    [Fact]
    public void There_is_one_way_to_write_a_token()
    {
        var key = Keys.Parsed(Keys.New("ES256"));
        var token = Jws.Sign(key, Payload);
        foreach (var other in (string[])[token + "=", token + " ", token.Replace(".", ".\n", StringComparison.Ordinal), token + "A", token[..^1] + Neighbour(token[^1])])
            Jws.Verify(other, [key]).ShouldBeOfType<JwsResult.Invalid>();
        Jws.Verify(token + new string('A', Jws.MaxLength), [key]).ShouldBeOfType<JwsResult.Invalid>();

        // 64 bytes leave four bits of the last character unused.
        static char Neighbour(char c) => c == 'A' ? 'B' : c == 'Q' ? 'R' : c == 'g' ? 'h' : 'x';
    }

    [Fact]
    public void The_example_of_RFC_8037_comes_out_to_the_letter()
    {
        var json = Keys.Rfc8037;
        json["alg"] = "EdDSA";
        var key = Keys.Parsed(json);
        const string input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        const string signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input))).ShouldBe(signature);
        Jws.Verify($"{input}.{signature}", [key]).ShouldBeOfType<JwsResult.Valid>();
    }

    [Fact]
    public void A_signature_of_Ed25519_has_no_second_form()
    {
        // The order of the group, little-endian: S + L satisfies the equation as S does, and must not count.
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var json = Keys.Rfc8037;
        json["alg"] = "EdDSA";
        var key = Keys.Parsed(json);
        var data = "text"u8.ToArray();
        var signature = key.Sign(data);
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            carry += signature[32 + i] + order[i];
            signature[32 + i] = (byte)carry;
            carry >>= 8;
        }
        carry.ShouldBe(0);
        key.Verify(JwsAlgorithm.Find("EdDSA")!, data, signature).ShouldBeFalse();
    }

    [Fact]
    public async Task One_key_signs_for_many_threads_at_once()
    {
        var key = Keys.Parsed(Keys.New("ES256"));
        var tokens = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => Jws.Sign(key, Encoding.UTF8.GetBytes($"{i}")))));
        tokens.Select(t => Jws.Verify(t, [key])).ShouldAllBe(r => r is JwsResult.Valid);
    }

    private static JwsResult Verify(Jwk key, string header, string payload, string signature) => Jws.Verify($"{header}.{payload}.{signature}", [key]);

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
