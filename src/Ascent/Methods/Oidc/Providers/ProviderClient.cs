using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Microsoft.AspNetCore.WebUtilities;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>What a browser is sent to a provider with.</summary>
/// <param name="Upstream">Parameters that the page asked to pass on, of those that may be.</param>
/// <param name="Again">The person is signed in there perhaps, and shall prove it anew.</param>
internal sealed record AuthorizationAsk(string RedirectUri, string State, JsonObject? Upstream, bool Again);

/// <param name="Verifier">Of the proof key (RFC 7636); null where none is used.</param>
/// <param name="Nonce">Null where the provider would not give it back.</param>
internal sealed record Authorization(string Url, string? Verifier, string? Nonce);

/// <summary>What the callback brought, and what was kept for it.</summary>
/// <param name="Said">What the provider's form said of the person beside the token; nobody signed it.</param>
internal sealed record Redemption(string Code, string RedirectUri, string? Verifier, string? Nonce, JsonObject? Said);

/// <summary>Sends people to providers and finds out who came back (OpenID Connect Core 1.0, 3.1; OAuth 2.0, 4.1).</summary>
internal sealed class ProviderClient(ProviderHttp http, Discovery discovery, IdTokens tokens, TimeProvider time)
{
    private static readonly string[] PassedOn = ["hd", "prompt", "auth_type", "acr_values"];

    /// <exception cref="ProviderException">The provider cannot be used.</exception>
    public async Task<Authorization> AuthorizeAsync(OidcProvider provider, AuthorizationAsk ask, CancellationToken ct)
    {
        var kind = ProviderKinds.Of(provider);
        var at = await Endpoints.FindAsync(provider, discovery, ct);
        var verifier = provider.Pkce == PkceMode.Force || (provider.Pkce == PkceMode.Auto && at.HasPkce) ? Tokens.New(64) : null;
        var nonce = kind is { IsOpenId: true, EchoesNonce: true } ? Tokens.New() : null;
        var scopes = kind.IsOpenId && !provider.Scope.Contains("openid", StringComparer.Ordinal) ? provider.Scope.Append("openid") : provider.Scope;
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["client_id"] = provider.ClientId, ["redirect_uri"] = ask.RedirectUri, ["response_type"] = "code", ["scope"] = string.Join(' ', scopes), ["state"] = ask.State,
        };
        if (nonce is not null) parameters["nonce"] = nonce;
        if (verifier is not null)
        {
            parameters["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
            parameters["code_challenge_method"] = "S256";
        }
        if (provider.RequestedClaims is { } claims) parameters["claims"] = claims.GetRawText();
        foreach (var name in PassedOn)
            if (ask.Upstream?[name] is JsonValue v && v.TryGetValue<string>(out var text) && text.Length > 0)
                parameters[name] = text;
        // Whoever confirms who they are does so there, too, whatever the page asks for.
        if (ask.Again) parameters["prompt"] = "login";
        // And the provider says when that was (OpenID Connect Core 1.0, 3.1.2.1): the browser's holder may strike prompt out of the address.
        if (ask.Again && kind.IsOpenId) parameters["max_age"] = "0";
        kind.Asks?.Invoke(parameters);
        return new Authorization(QueryHelpers.AddQueryString(at.AuthUrl, parameters!), verifier, nonce);
    }

    public async Task<UpstreamResult> RedeemAsync(OidcProvider provider, Redemption back, CancellationToken ct)
    {
        try
        {
            var at = await Endpoints.FindAsync(provider, discovery, ct);
            var answer = await TokensAsync(provider, at, back, ct);
            return new UpstreamResult.Known(await WhoAsync(provider, at, answer, back, ct));
        }
        catch (ProviderException e)
        {
            return e.ToResult();
        }
    }

    /// <summary>An id token that a native app got from the provider's own library.</summary>
    public async Task<UpstreamResult> AcceptAsync(OidcProvider provider, string idToken, string? nonce, CancellationToken ct)
    {
        if (!ProviderKinds.Of(provider).TakesIdToken)
            return new UpstreamResult.Broken(new ProviderException("This provider's id tokens are not taken from apps. Send the person to the provider instead.").ToError());
        try
        {
            var at = await Endpoints.FindAsync(provider, discovery, ct);
            var expected = new IdTokenExpectation(at.Issuers, [provider.ClientId, .. provider.AdditionalIdTokenAudiences], given => Fits(provider, given, nonce));
            var claims = await tokens.VerifyAsync(idToken, at.KeysUrl!, expected, ct);
            return new UpstreamResult.Known(await UserAsync(provider, at, claims, claims, null, ct) with { IdToken = idToken });
        }
        catch (ProviderException e)
        {
            return e.ToResult();
        }
    }

    private async Task<JsonObject> TokensAsync(OidcProvider provider, Endpoints at, Redemption back, CancellationToken ct)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "authorization_code", ["code"] = back.Code, ["redirect_uri"] = back.RedirectUri };
        if (back.Verifier is not null) form["code_verifier"] = back.Verifier;
        var request = new HttpRequestMessage(HttpMethod.Post, at.TokenUrl);
        var secret = ClientSecrets.Of(provider, at.Issuer, time.GetUtcNow());
        if (secret is not null && at.BasicAuth)
        {
            // RFC 6749 2.3.1: both are form-encoded before they are joined.
            var pair = $"{Uri.EscapeDataString(provider.ClientId)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }
        else
        {
            form["client_id"] = provider.ClientId;
            if (secret is not null) form["client_secret"] = secret;
        }
        request.Content = new FormUrlEncodedContent(form);
        var answer = await http.SendAsync(request, ct);
        // Some say what is wrong with status 200.
        return answer.IsGood && answer.Json() is JsonObject json && StandardClaims.TextOf(json, "access_token") is not null
            ? json
            : throw new ProviderException($"The provider {provider.Id} did not accept the sign-in at its token endpoint (status {answer.Status}{ErrorOf(answer)}). Please try again.");
    }

    private async Task<UpstreamUser> WhoAsync(OidcProvider provider, Endpoints at, JsonObject answer, Redemption back, CancellationToken ct)
    {
        var kind = ProviderKinds.Of(provider);
        var (idToken, access) = (StandardClaims.TextOf(answer, "id_token"), StandardClaims.TextOf(answer, "access_token")!);
        var asksUserinfo = kind.UsesUserinfo || provider.ClaimsSource == ClaimsSource.Userinfo || !kind.IsOpenId;
        JsonObject? said = null;
        if (kind.IsOpenId && idToken is not null)
        {
            var expected = new IdTokenExpectation(at.Issuers, [provider.ClientId], back.Nonce is null ? null : given => given is not null && Tokens.Same(given, back.Nonce));
            said = await tokens.VerifyAsync(idToken, at.KeysUrl!, expected, ct);
        }
        else if (!asksUserinfo)
        {
            throw new ProviderException("The provider brought no id token.", said: true);
        }
        var claims = said;
        if (asksUserinfo)
        {
            claims = await UserinfoAsync(provider, kind, at, access, ct);
            // OpenID Connect Core 1.0, 5.3.2: answers about somebody else do not count.
            if (said is not null && StandardClaims.TextOf(claims, "sub") != StandardClaims.TextOf(said, "sub")) throw new ProviderException("The provider's userinfo is about somebody else than its id token.", said: true);
        }
        var user = await UserAsync(provider, at, claims!, said ?? claims!, back.Said, ct, access);
        return user with { IdToken = idToken ?? "", AccessToken = access, RefreshToken = StandardClaims.TextOf(answer, "refresh_token") ?? "" };
    }

    private async Task<UpstreamUser> UserAsync(OidcProvider provider, Endpoints at, JsonObject raw, JsonObject assurance, JsonObject? said, CancellationToken ct, string? access = null)
    {
        var kind = ProviderKinds.Of(provider);
        var claims = StandardClaims.Of(kind.Map?.Invoke(raw) ?? raw, raw, at.Issuer);
        if (said?["name"] is JsonObject name)
            foreach (var (from, to) in ((string, string)[])[("firstName", "given_name"), ("lastName", "family_name")])
                if (!claims.ContainsKey(to) && StandardClaims.TextOf(name, from) is { } text)
                    claims[to] = text;
        if (provider.Provider == OidcProviderKind.Microsoft) claims["sub"] = await MicrosoftSubjectAsync(provider, raw, access, ct);
        if (StandardClaims.TextOf(claims, "sub") is not { } subject) throw new ProviderException($"The provider {provider.Id} did not say who signed in.");
        if (subject.Length > 400) throw new ProviderException($"The provider {provider.Id} names people by texts that are too long.");
        return new UpstreamUser(provider, subject, claims)
        {
            Acr = StandardClaims.TextOf(assurance, "acr"), Amr = StandardClaims.TextsOf(assurance, "amr"), SignedInAt = IdTokens.Time(assurance, "auth_time"), TellsWhen = at.TellsWhen,
        };
    }

    private async Task<JsonObject> UserinfoAsync(OidcProvider provider, ProviderKind kind, Endpoints at, string access, CancellationToken ct)
    {
        var url = at.UserUrl ?? throw new ProviderException($"The provider {provider.Id} has no userinfo endpoint.");
        if (provider is { Provider: OidcProviderKind.Facebook, ClientSecret.Value: var secret })
            url = QueryHelpers.AddQueryString(url, "appsecret_proof", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(access))));
        var answer = await http.GetAsync(url, access, ct);
        if (!answer.IsGood || answer.Json() is not JsonObject raw) throw new ProviderException($"The provider {provider.Id} did not say who signed in (status {answer.Status}).");
        if (kind.Map == OwnClaims.GitHub && (await http.GetAsync(url + "/emails", access, ct)) is { IsGood: true } list && list.Json() is JsonArray emails) raw[OwnClaims.Emails] = emails;
        return raw;
    }

    private async Task<string?> MicrosoftSubjectAsync(OidcProvider provider, JsonObject raw, string? access, CancellationToken ct)
    {
        switch (provider.SubjectSource)
        {
            case OidcSubjectSource.Oid:
                return StandardClaims.TextOf(raw, "oid");
            case OidcSubjectSource.Me when access is not null:
                var answer = await http.GetAsync("https://graph.microsoft.com/v1.0/me", access, ct);
                return answer.IsGood && answer.Json() is JsonObject me ? StandardClaims.TextOf(me, "id") : throw new ProviderException($"The provider {provider.Id} did not say who signed in (status {answer.Status}).");
            case OidcSubjectSource.Me:
                throw new ProviderException("With subject_source: me people must be sent to the provider: an id token alone does not name them.");
            default:
                return StandardClaims.TextOf(raw, "sub");
        }
    }

    /// <summary>Apple's libraries sign in with the nonce's hash; some of Google's with none.</summary>
    private static bool Fits(OidcProvider provider, string? given, string? nonce)
    {
        if (nonce is null) return given is null && provider.Provider == OidcProviderKind.Google;
        if (given is null) return false;
        return Tokens.Same(given, nonce) || (provider.Provider == OidcProviderKind.Apple && Tokens.Same(given, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(nonce)))));
    }

    /// <summary>The error's name, where it looks like one.</summary>
    private static string ErrorOf(ProviderAnswer answer) =>
        answer.Json() is JsonObject json && StandardClaims.TextOf(json, "error") is { Length: <= 40 } error && error.All(c => char.IsAsciiLetterLower(c) || c == '_') ? $", {error}" : "";
}
