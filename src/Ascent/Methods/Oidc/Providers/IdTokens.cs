using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Ascent.Jose;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>What an id token has to say.</summary>
/// <param name="Issuers">One of these; <c>{tenantid}</c> in it stands for the token's own claim <c>tid</c>.</param>
/// <param name="Audiences">One of these; a token for several names as authorized party one of these.</param>
/// <param name="Nonce">Whether the token's nonce is the right one; null to not look.</param>
internal sealed record IdTokenExpectation(IReadOnlyList<string> Issuers, IReadOnlyList<string> Audiences, Func<string?, bool>? Nonce);

/// <summary>
/// Checks id tokens (OpenID Connect Core 1.0, 3.1.3.7): signature by a key that the provider publishes, then issuer, audience, times,
/// nonce. What is wrong is told without quoting the token.
/// </summary>
internal sealed class IdTokens(Discovery discovery, TimeProvider time)
{
    /// <summary>How far the provider's clock may be from ours.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <exception cref="ProviderException">The token is not good.</exception>
    public async Task<JsonObject> VerifyAsync(string token, string keysUrl, IdTokenExpectation expected, CancellationToken ct)
    {
        var keys = await discovery.KeysAsync(keysUrl, ct);
        var result = Jws.Verify(token, keys.Keys);
        if (result is JwsResult.UnknownKey) result = Jws.Verify(token, (await discovery.NewKeysAsync(keysUrl, ct)).Keys);
        var valid = result switch
        {
            JwsResult.Valid v => v,
            JwsResult.UnknownKey => throw Bad("it is signed by a key that the provider does not publish"),
            _ => throw Bad("its signature does not hold"),
        };
        // An access token or a logout token of the same issuer is signed by the same keys.
        if (valid.Header.Typ is { } typ && !typ.Equals("JWT", StringComparison.OrdinalIgnoreCase)) throw Bad("it is a token of another kind");
        if (Read(valid.Payload) is not { } claims) throw Bad("its claims are not JSON without duplicate members");
        Check(claims, expected);
        return claims;
    }

    private void Check(JsonObject claims, IdTokenExpectation expected)
    {
        if (StandardClaims.TextOf(claims, "sub") is null) throw Bad("it has no subject");
        var tenant = StandardClaims.TextOf(claims, "tid");
        var issuer = StandardClaims.TextOf(claims, "iss");
        if (issuer is null || !expected.Issuers.Any(i => issuer == (tenant is null ? i : i.Replace("{tenantid}", tenant, StringComparison.Ordinal)))) throw Bad("it is of another issuer");
        var audiences = StandardClaims.TextsOf(claims, "aud");
        if (!audiences.Any(a => expected.Audiences.Contains(a, StringComparer.Ordinal))) throw Bad("it is for somebody else");
        if ((audiences.Count > 1 || claims.ContainsKey("azp")) && (StandardClaims.TextOf(claims, "azp") is not { } party || !expected.Audiences.Contains(party, StringComparer.Ordinal)))
            throw Bad("it was made for another party");
        var now = time.GetUtcNow();
        if (Time(claims, "exp") is not { } expires) throw Bad("it has no end");
        if (expires <= now - Skew) throw Bad("it has expired");
        if (Time(claims, "nbf") is { } begins && begins > now + Skew) throw Bad("it is not good yet");
        if (Time(claims, "iat") is { } issued && issued > now + Skew) throw Bad("it is from the future");
        if (expected.Nonce is { } fits && !fits(StandardClaims.TextOf(claims, "nonce"))) throw Bad("it belongs to another sign-in (nonce)");
    }

    private static JsonObject? Read(byte[] payload)
    {
        try
        {
            return Utf8.IsValid(payload) ? JsonNode.Parse(payload, null, Strict) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whole seconds or with a fraction; null where it is missing. Anything else is no time.</summary>
    public static DateTimeOffset? Time(JsonObject claims, string name)
    {
        if (claims[name] is not { } node) return null;
        if (node is JsonValue v && v.TryGetValue<double>(out var seconds) && double.IsFinite(seconds) && seconds is > 0 and < 253_402_300_799d) return DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds);
        throw Bad($"its {name} is no time");
    }

    private static ProviderException Bad(string why) => new($"The provider's id token cannot be accepted: {why}.", said: true);
}
