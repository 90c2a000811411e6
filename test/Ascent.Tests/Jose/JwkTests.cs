using System.Text;
using System.Text.Json.Nodes;
using Ascent.Jose;
using Shouldly;

namespace Ascent.Tests.Jose;

public sealed class JwkTests
{
    [Theory]
    [InlineData("ES256", "kty", null, "kty is missing: EC, RSA or OKP")]
    [InlineData("ES256", "kty", "oct", "kty is \"oct\"")]
    [InlineData("ES256", "kty", "RSA", "alg does not fit this key")]
    [InlineData("ES256", "kty", "XYZ", "kty must be EC, RSA or OKP")]
    [InlineData("ES256", "crv", null, "crv is missing")]
    [InlineData("ES256", "crv", "secp256k1", "crv must be P-256, P-384 or P-521")]
    [InlineData("ES256", "crv", "P-384", "alg does not fit this key")]
    [InlineData("ES256", "alg", "ES384", "alg does not fit this key, which can do ES256")]
    [InlineData("ES256", "alg", "none", "alg does not fit this key")]
    [InlineData("RS256", "alg", "HS256", "alg does not fit this key")]
    [InlineData("RS256", "alg", "RSA-OAEP", "alg does not fit this key")]
    [InlineData("ES256", "use", "enc", "use is \"enc\"")]
    [InlineData("ES256", "x", null, "x is missing")]
    [InlineData("ES256", "x", "AAAA", "x has 3 bytes; 32 are needed")]
    [InlineData("ES256", "x", "no base64!", "x is not base64url")]
    [InlineData("ES256", "d", "AAAA", "d has 3 bytes; 32 are needed")]
    [InlineData("RS256", "n", "AQAB", "n has 24 bits")]
    [InlineData("RS256", "e", "AQ", "e must be an odd number from 3")]
    [InlineData("RS256", "e", "AQAA", "e must be an odd number from 3")]
    [InlineData("RS256", "p", null, "p is missing")]
    [InlineData("EdDSA", "crv", "X25519", "crv must be Ed25519")]
    [InlineData("EdDSA", "crv", "Ed448", "crv must be Ed25519")]
    [InlineData("EdDSA", "x", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x is no public key of Ed25519")]
    [InlineData("EdDSA", "x", "7f________________________________________38", "x is no public key of Ed25519")]
    public void A_faulty_key_is_refused_with_what_is_wrong(string alg, string member, string? value, string fault)
    {
        var json = Keys.New(alg);
        Keys.FaultOf(json).ShouldBeNull();
        if (value is null) json.Remove(member);
        else json[member] = value;
        Keys.FaultOf(json).ShouldNotBeNull().ShouldStartWith(fault);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES512")]
    [InlineData("RS256")]
    [InlineData("EdDSA")]
    public void Halves_of_two_keys_are_no_key(string alg)
    {
        var json = Keys.New(alg);
        if (alg == "EdDSA") json["d"] = Keys.Text(new byte[32]);
        else
            foreach (var (name, value) in Keys.New(alg))
                if (name is "d" or "p" or "q" or "dp" or "dq" or "qi") json[name] = value!.DeepClone();
        Keys.FaultOf(json).ShouldNotBeNull();
    }

    [Fact]
    public void A_point_off_the_curve_is_no_key()
    {
        var json = Keys.PublicOf(Keys.New("ES256"));
        var x = Base64UrlBytes(json["x"]!.ToString());
        x[31] ^= 1;
        json["x"] = Keys.Text(x);
        Keys.FaultOf(json).ShouldNotBeNull().ShouldStartWith("its numbers are no key");
    }

    [Fact]
    public void Only_a_private_key_with_an_algorithm_signs()
    {
        var json = Keys.New("RS256");
        Keys.Parsed(json).CanSign.ShouldBeTrue();
        Keys.Parsed(Keys.PublicOf(json)).CanSign.ShouldBeFalse();
        json.Remove("alg");
        Keys.Parsed(json).CanSign.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => Keys.Parsed(json).Sign("text"u8));
    }

    [Fact]
    public void A_key_does_only_what_its_operations_say()
    {
        var json = Keys.New("ES256");
        json["key_ops"] = new JsonArray("verify");
        Keys.Parsed(json).CanSign.ShouldBeFalse();
        json["key_ops"] = new JsonArray("sign");
        var signs = Keys.Parsed(json);
        signs.CanSign.ShouldBeTrue();
        Jws.Verify(Jws.Sign(signs, "x"u8), [signs]).ShouldBeOfType<JwsResult.Invalid>();
        json["key_ops"] = new JsonArray("encrypt");
        Keys.FaultOf(json).ShouldNotBeNull().ShouldContain("key_ops");
    }

    [Fact]
    public void A_modulus_with_a_leading_zero_is_the_same_key()
    {
        var json = Keys.New("RS256");
        var token = Jws.Sign(Keys.Parsed(json), "x"u8);
        json["n"] = Keys.Text([0, .. Base64UrlBytes(json["n"]!.ToString())]);
        Jws.Verify(token, [Keys.Parsed(Keys.PublicOf(json))]).ShouldBeOfType<JwsResult.Valid>();
    }

    [Fact]
    public void A_set_gives_its_good_keys_and_names_the_others()
    {
        var encryption = Keys.New("RS256");
        encryption["use"] = "enc";
        encryption["alg"] = "RSA-OAEP";
        var set = Set(new JsonArray(Keys.New("ES256", "a"), new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" }, encryption, Keys.New("EdDSA", "b"), 7));
        set.Keys.Select(k => k.Kid).ShouldBe(["a", "b"]);
        set.Faults.Select(f => f.Path).ShouldBe(["keys[1]", "keys[4]"]);
        set.Faults[0].Message.ShouldNotContain("AAAA");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"EC","kty":"RSA"}]}""")]
    public void What_is_no_set_is_said_to_be_none(string text)
    {
        var set = JwkSet.Parse(Encoding.UTF8.GetBytes(text));
        set.Keys.ShouldBeEmpty();
        set.Faults.ShouldHaveSingleItem().Path.ShouldBe("");
    }

    [Fact]
    public void A_set_without_end_is_refused() =>
        JwkSet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', Enumerable.Repeat("{}", JwkSet.MaxKeys + 1))}}]}""")).Faults.ShouldHaveSingleItem().Message.ShouldContain("at most 100");

    private static JwkSet Set(JsonArray keys) => JwkSet.Parse(Encoding.UTF8.GetBytes(new JsonObject { ["keys"] = keys }.ToJsonString()));

    private static byte[] Base64UrlBytes(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
}
