using System.Text.Json.Nodes;

namespace Ascent.Flows.Messages;

/// <summary>
/// Says the messages of the catalogue. A message that needs no words of its own is <c>UiMessages.Of(MessageIds.X)</c>;
/// every other has its method here, so that its context cannot be forgotten.
/// </summary>
internal static class UiMessages
{
    /// <summary>A message without context.</summary>
    public static UiText Of(int id)
    {
        var entry = MessageCatalogue.ById[id];
        if (entry.Text.Contains('{') || entry.ContextKeys.Length > 0)
            throw new ArgumentException($"Message {id} needs words put in; use its own method.", nameof(id));
        return new UiText(id, entry.Text, entry.Type);
    }

    public static UiText LoginWithProvider(string label, string providerId) =>
        Make(MessageIds.LoginWithProvider, ("provider", label), ("provider_id", providerId));

    public static UiText LoginConfirmWithProvider(string label) => Make(MessageIds.LoginConfirmWithProvider, ("provider", label));

    /// <summary>The channel is <c>email</c> or <c>sms</c>.</summary>
    public static UiText LoginSendCodeTo(string address, string channel) =>
        Make(MessageIds.LoginSendCodeTo, ("address", address), ("channel", channel));

    public static UiText LoginLinkAccount(string duplicateIdentifier, string provider, string newLoginUrl,
        IEnumerable<string> credentialTypes, IEnumerable<string> providers) => Make(MessageIds.LoginLinkAccount,
        ("available_credential_types", Texts(credentialTypes)), ("available_providers", Texts(providers)),
        ("duplicateIdentifier", duplicateIdentifier), ("duplicate_identifier", duplicateIdentifier),
        ("newLoginUrl", newLoginUrl), ("new_login_url", newLoginUrl), ("provider", provider));

    public static UiText RegistrationWithProvider(string label, string providerId) =>
        Make(MessageIds.RegistrationWithProvider, ("provider", label), ("provider_id", providerId));

    public static UiText SettingsLink(string label) => Make(MessageIds.SettingsLink, ("provider", label));

    public static UiText SettingsUnlink(string label) => Make(MessageIds.SettingsUnlink, ("provider", label));

    public static UiText SettingsTotpSecret(string secret) => Make(MessageIds.SettingsTotpSecret, ("secret", secret));

    public static UiText SettingsLookupSecret(string code) => Make(MessageIds.SettingsLookupSecret, ("secret", code));

    public static UiText SettingsLookupUsed(DateTimeOffset usedAt) =>
        Make(MessageIds.SettingsLookupUsed, ("used_at", Time(usedAt)), ("used_at_unix", usedAt.ToUnixTimeSeconds()));

    /// <summary>The whole list: <see cref="SettingsLookupSecret"/> or <see cref="SettingsLookupUsed"/> for each code.</summary>
    public static UiText SettingsLookupCodes(IReadOnlyList<UiText> codes)
    {
        var secrets = new JsonArray();
        foreach (var code in codes) secrets.Add(Json(code));
        var shown = codes.Select(c => c.Id == MessageIds.SettingsLookupUsed ? "used" : c.Text);
        return Make(MessageIds.SettingsLookupCodes, [("codes", string.Join(", ", shown))], ("secrets", secrets));
    }

    public static UiText SettingsWebAuthnRemove(string displayName, DateTimeOffset addedAt) =>
        Key(MessageIds.SettingsWebAuthnRemove, displayName, addedAt);

    public static UiText SettingsPasskeyRemove(string displayName, DateTimeOffset addedAt) =>
        Key(MessageIds.SettingsPasskeyRemove, displayName, addedAt);

    public static UiText RecoverySuccessful(DateTimeOffset privilegedUntil, DateTimeOffset now) => Make(MessageIds.RecoverySuccessful,
        [("minutes", Minutes(privilegedUntil - now))],
        ("privilegedSessionExpiresAt", Time(privilegedUntil)), ("privileged_session_expires_at", Time(privilegedUntil)),
        ("privileged_session_expires_at_unix", privilegedUntil.ToUnixTimeSeconds()));

    public static UiText RecoveryCodeSentTo(string maskedAddress) => Make(MessageIds.RecoveryCodeSentTo, ("masked_address", maskedAddress));

    /// <summary>An address of which only a part is shown; it has no context, so that the page cannot tell more.</summary>
    public static UiText NodeMaskedAddress(string maskedAddress) => Make(MessageIds.NodeMaskedAddress, [("address", maskedAddress)]);

    public static UiText NodeTrait(string title, string name) => Make(MessageIds.NodeTrait, ("name", name), ("title", title));

    /// <summary>Whatever has no message of its own. The reason is a whole sentence.</summary>
    public static UiText Invalid(string reason) => Make(MessageIds.Invalid, ("reason", reason));

    public static UiText Required(string property) => Make(MessageIds.Required, ("property", property));

    public static UiText MinLength(int least, int actual) =>
        Make(MessageIds.MinLength, ("actual_length", actual), ("min_length", least));

    public static UiText MaxLength(int most, int actual) =>
        Make(MessageIds.MaxLength, ("actual_length", actual), ("max_length", most));

    public static UiText Pattern(string pattern) => Make(MessageIds.Pattern, ("pattern", pattern));

    public static UiText PasswordPolicy(string reason) => Make(MessageIds.PasswordPolicy, ("reason", reason));

    public static UiText Minimum(JsonNode least, JsonNode actual) => Make(MessageIds.Minimum, ("actual", actual), ("minimum", least));

    public static UiText ExclusiveMinimum(JsonNode above, JsonNode actual) =>
        Make(MessageIds.ExclusiveMinimum, ("actual", actual), ("minimum", above));

    public static UiText Maximum(JsonNode most, JsonNode actual) => Make(MessageIds.Maximum, ("actual", actual), ("maximum", most));

    public static UiText ExclusiveMaximum(JsonNode below, JsonNode actual) =>
        Make(MessageIds.ExclusiveMaximum, ("actual", actual), ("maximum", below));

    public static UiText MultipleOf(JsonNode factor, JsonNode actual) => Make(MessageIds.MultipleOf, ("actual", actual), ("base", factor));

    public static UiText MaxItems(int most, int actual) => Make(MessageIds.MaxItems, ("actual_items", actual), ("max_items", most));

    public static UiText MinItems(int least, int actual) => Make(MessageIds.MinItems, ("actual_items", actual), ("min_items", least));

    public static UiText UniqueItems(int a, int b) => Make(MessageIds.UniqueItems, ("index_a", a), ("index_b", b));

    public static UiText WrongType(IReadOnlyList<string> allowed, string actual) => Make(MessageIds.WrongType,
        [("types", string.Join(" or ", allowed))], ("actual_type", actual), ("allowed_types", Texts(allowed)));

    /// <param name="expected">The constant as JSON text, as <c>true</c>.</param>
    public static UiText Const(string expected) => Make(MessageIds.Const, ("expected", expected));

    /// <summary>The providers are the ids of the social accounts one can sign in with.</summary>
    public static UiText DuplicateAccountWithHints(string identifier, IReadOnlyList<string> credentialTypes, IReadOnlyList<string> providers)
    {
        var ways = credentialTypes.Select(WayOf).Concat(providers).ToList();
        return Make(MessageIds.DuplicateAccountWithHints,
            [("ways", ways.Count == 0 ? "" : $" You can sign in with {string.Join(" or ", ways)}.")],
            ("available_credential_types", Texts(credentialTypes)), ("available_oidc_providers", Texts(providers)),
            ("credential_identifier_hint", identifier));
    }

    public static UiText PasswordTooShort(int least, int actual) =>
        Make(MessageIds.PasswordTooShort, ("actual_length", actual), ("min_length", least));

    public static UiText PasswordTooLong(int most, int actual) =>
        Make(MessageIds.PasswordTooLong, ("actual_length", actual), ("max_length", most));

    public static UiText PasswordBreached(long breaches) => Make(MessageIds.PasswordBreached, ("breaches", breaches));

    public static UiText EmailInvalid(string value) => Make(MessageIds.EmailInvalid, ("value", value));

    public static UiText PhoneInvalid(string value) => Make(MessageIds.PhoneInvalid, ("value", value));

    public static UiText LoginExpired(DateTimeOffset at, DateTimeOffset now) => Expired(MessageIds.LoginExpired, at, now);

    public static UiText RegistrationExpired(DateTimeOffset at, DateTimeOffset now) => Expired(MessageIds.RegistrationExpired, at, now);

    public static UiText SettingsExpired(DateTimeOffset at, DateTimeOffset now) => Expired(MessageIds.SettingsExpired, at, now);

    public static UiText RecoveryExpired(DateTimeOffset at, DateTimeOffset now) => Expired(MessageIds.RecoveryExpired, at, now);

    public static UiText VerificationExpired(DateTimeOffset at, DateTimeOffset now) => Expired(MessageIds.VerificationExpired, at, now);

    public static UiText SystemError(string reason) => Make(MessageIds.SystemError, ("reason", reason));

    private static UiText Expired(int id, DateTimeOffset at, DateTimeOffset now) => Make(id,
        [("minutes", Minutes(now - at))], ("expired_at", Time(at)), ("expired_at_unix", at.ToUnixTimeSeconds()));

    private static UiText Key(int id, string displayName, DateTimeOffset addedAt) => Make(id,
        ("added_at", Time(addedAt)), ("added_at_unix", addedAt.ToUnixTimeSeconds()), ("display_name", displayName));

    private static UiText Make(int id, params ReadOnlySpan<(string Key, JsonNode? Value)> context) => Make(id, [], context);

    /// <summary>Fills the entry's words from <paramref name="words"/> and the context.</summary>
    private static UiText Make(int id, (string Key, string Value)[] words, params ReadOnlySpan<(string Key, JsonNode? Value)> context)
    {
        var entry = MessageCatalogue.ById[id];
        JsonObject? shown = context.Length == 0 ? null : [];
        var fill = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in words) fill[key] = value;
        foreach (var (key, value) in context)
        {
            fill[key] = value?.ToString() ?? "";
            shown!.Add(key, value?.Parent is null ? value : value.DeepClone());
        }
        return new UiText(id, MessageTemplate.Fill(entry.Text, fill), entry.Type) { Context = shown };
    }

    private static JsonArray Texts(IEnumerable<string> values) => [.. values.Select(v => (JsonNode?)v)];

    private static JsonNode? Json(UiText text)
    {
        var o = new JsonObject { ["id"] = text.Id, ["text"] = text.Text, ["type"] = UiText.NameOf(text.Type) };
        if (text.Context is not null) o["context"] = text.Context.DeepClone();
        return o;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'");

    private static string Minutes(TimeSpan span) =>
        (long)Math.Max(1, Math.Round(span.TotalMinutes)) is var n && n == 1 ? "a minute" : $"{n} minutes";

    private static string WayOf(string credentialType) => credentialType switch
    {
        "password" => "your password",
        "code" => "a code",
        "webauthn" => "a security key",
        "passkey" => "a passkey",
        "oidc" => "a social account",
        _ => credentialType,
    };
}
