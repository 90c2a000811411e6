using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Flows;

namespace Ascent.Methods.Oidc;

/// <summary>What <c>state</c> says of a browser's way to a provider and back. It is sealed, so nobody else writes one.</summary>
internal sealed record OidcState(Guid Attempt, Guid Flow, FlowKind Kind, bool IsApi, string Provider);

/// <summary>What is kept here while the browser is away.</summary>
/// <param name="Body">What the form sent along: traits that win over the provider's, or the link that was asked for.</param>
/// <param name="At">When the browser was sent away.</param>
internal sealed record OidcAttempt(string RedirectUri, string? Verifier, string? Nonce, JsonObject Body, DateTimeOffset At);

/// <summary>
/// Ways to providers: one for each press of a button, good once, for the browser that pressed it. A native app's browser has
/// nothing of ours to show; there the app's own code takes its place when the session is fetched.
/// </summary>
internal sealed class OidcAttempts(Continuity continuity, Ciphers ciphers)
{
    private const string Purpose = "oidc-state";
    private const int IdLength = 32;

    public static OidcState New(Flow flow, OidcProvider provider) => new(Guid.NewGuid(), flow.Id, flow.Kind, flow.IsApi, provider.Id);

    public string Seal(OidcState s) => ciphers.Cookie.Encrypt(Purpose, $"{s.Attempt:N}{s.Flow:N}{(int)s.Kind}{(s.IsApi ? 'a' : 'b')}{s.Provider}");

    public OidcState? Open(string text)
    {
        if (text.Length > 2000 || ciphers.Cookie.Decrypt(Purpose, text) is not { Length: > (2 * IdLength) + 2 } s) return null;
        return new OidcState(Guid.ParseExact(s[..IdLength], "N"), Guid.ParseExact(s[IdLength..(2 * IdLength)], "N"), (FlowKind)(s[2 * IdLength] - '0'), s[(2 * IdLength) + 1] == 'a', s[((2 * IdLength) + 2)..]);
    }

    public Task KeepAsync(FlowContext c, OidcState state, OidcAttempt attempt, TimeSpan lifetime) => continuity.KeepAsync(c, state.Attempt, NameOf(state), new JsonObject
    {
        ["redirect_uri"] = attempt.RedirectUri, ["verifier"] = attempt.Verifier, ["nonce"] = attempt.Nonce, ["body"] = attempt.Body.DeepClone(), ["at"] = attempt.At,
    }, lifetime, inCookie: !state.IsApi);

    /// <summary>Null where it is another browser's, over, or taken already.</summary>
    public async Task<OidcAttempt?> TakeAsync(FlowContext c, OidcState state) =>
        await continuity.TakeAsync(c, state.Attempt, NameOf(state), inCookie: !state.IsApi) is { } kept
            ? new OidcAttempt((string)kept["redirect_uri"]!, (string?)kept["verifier"], (string?)kept["nonce"], kept["body"] as JsonObject ?? [], (DateTimeOffset?)kept["at"] ?? c.Now)
            : null;

    private static string NameOf(OidcState state) => $"oidc/{state.Flow}";
}
