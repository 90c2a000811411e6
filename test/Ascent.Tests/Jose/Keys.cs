using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Jose;

namespace Ascent.Tests.Jose;

/// <summary>Fresh keys in JWK form.</summary>
internal static class Keys
{
    public static JsonObject New(string alg, string? kid = "k1")
    {
        var json = alg[..2] switch
        {
            "ES" => Ec(alg),
            "Ed" => Rfc8037,
            _ => Rsa(),
        };
        json["alg"] = alg;
        json["use"] = "sig";
        if (kid is not null) json["kid"] = kid;
        return json;
    }

    /// <summary>The example key of RFC 8037, appendix A.1.</summary>
    public static JsonObject Rfc8037 => new()
    {
        ["kty"] = "OKP", ["crv"] = "Ed25519", ["d"] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", ["x"] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    };

    public static JsonObject PublicOf(JsonObject key)
    {
        var copy = (JsonObject)key.DeepClone();
        foreach (var name in (string[])["d", "p", "q", "dp", "dq", "qi"]) copy.Remove(name);
        return copy;
    }

    public static Jwk Parsed(JsonObject json) =>
        Jwk.TryParse(JsonElement.Parse(json.ToJsonString()), out var key, out var fault) ? key : throw new InvalidOperationException(fault);

    public static string? FaultOf(JsonObject json) => Jwk.TryParse(JsonElement.Parse(json.ToJsonString()), out _, out var fault) ? null : fault;

    private static JsonObject Ec(string alg)
    {
        var (curve, name) = alg switch
        {
            "ES256" => (ECCurve.NamedCurves.nistP256, "P-256"),
            "ES384" => (ECCurve.NamedCurves.nistP384, "P-384"),
            _ => (ECCurve.NamedCurves.nistP521, "P-521"),
        };
        using var ec = ECDsa.Create(curve);
        var p = ec.ExportParameters(true);
        return new JsonObject { ["kty"] = "EC", ["crv"] = name, ["x"] = Text(p.Q.X), ["y"] = Text(p.Q.Y), ["d"] = Text(p.D) };
    }

    private static JsonObject Rsa()
    {
        using var rsa = RSA.Create(2048);
        var p = rsa.ExportParameters(true);
        return new JsonObject
        {
            ["kty"] = "RSA", ["n"] = Text(p.Modulus), ["e"] = Text(p.Exponent), ["d"] = Text(p.D),
            ["p"] = Text(p.P), ["q"] = Text(p.Q), ["dp"] = Text(p.DP), ["dq"] = Text(p.DQ), ["qi"] = Text(p.InverseQ),
        };
    }

    public static string Text(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
