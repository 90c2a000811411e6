using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Jose;
using Shouldly;

namespace Ascent.Tests.Jose;

/// <summary>Project Wycheproof's vectors: attacks that implementations have fallen for.</summary>
public sealed class WycheproofTests
{
    [Fact]
    public void Tokens_are_judged_as_Wycheproof_judges_them()
    {
        var wrong = new List<string>();
        int valid = 0, invalid = 0;
        foreach (var group in Groups("json_web_signature_test.json"))
        {
            var key = group.TryGetProperty("public", out var json) ? json : group.GetProperty("private");
            var usable = Jwk.TryParse(key, out var jwk, out _);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var token = test.GetProperty("jws") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : test.GetProperty("jws").GetRawText();
                var accepted = usable && Jws.Verify(token, [jwk!]) is JwsResult.Valid;
                var expected = test.GetProperty("result").GetString() == "valid" && !IsRefusedHere(key, token);
                if (expected) valid++;
                else invalid++;
                if (accepted != expected) wrong.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")}: accepted {accepted}");
            }
        }
        wrong.ShouldBeEmpty();
        valid.ShouldBeGreaterThan(15);
        invalid.ShouldBeGreaterThan(300);
    }

    // Shared secrets have no place here; and four of the vectors pair a token with a key whose alg names another or no algorithm.
    private static bool IsRefusedHere(JsonElement key, string token)
    {
        var alg = key.GetProperty("alg").GetString()!;
        return key.GetProperty("kty").ValueEquals("oct"u8)
            || JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal))))!["alg"]!.ToString() != alg;
    }

    [Fact]
    public void Signatures_of_P256_are_judged_as_Wycheproof_judges_them() =>
        Judge("ecdsa_secp256r1_sha256_p1363_test.json", "publicKeyJwk", "ES256", least: 250);

    [Fact]
    public void Signatures_of_RSA_2048_are_judged_as_Wycheproof_judges_them() =>
        Judge("rsa_signature_2048_sha256_test.json", "keyJwk", "RS256", least: 250);

    private static void Judge(string file, string member, string alg, int least)
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var group in Groups(file))
        {
            Jwk.TryParse(group.GetProperty(member), out var key, out var fault).ShouldBeTrue(fault);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                var accepted = key!.Verify(JwsAlgorithm.Find(alg)!, Hex(test, "msg"), Hex(test, "sig"));
                // "acceptable" is an encoding that old signers made and nobody makes today.
                if (accepted != (test.GetProperty("result").GetString() == "valid")) wrong.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")}: accepted {accepted}");
            }
        }
        wrong.ShouldBeEmpty();
        count.ShouldBeGreaterThan(least);
    }

    private static byte[] Hex(JsonElement test, string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);

    private static IEnumerable<JsonElement> Groups(string file)
    {
        var path = TestFiles.Shared($"data/wycheproof/{file}");
        if (path is null) Assert.Skip($"Wycheproof's vectors are not there: ../shared/data/wycheproof/{file}");
        return JsonElement.Parse(File.ReadAllBytes(path)).GetProperty("testGroups").EnumerateArray();
    }
}
