using Ascent.Http;

namespace Ascent.Identities.Admin;

/// <summary>
/// Identities as <c>GET /admin/identities</c> gives them, here or at Kratos, taken over whole: <c>?import=exact</c>. Configs stay as they are, but
/// they are looked at as closely as any other import's.
/// </summary>
internal static class ExactImport
{
    private static readonly string[] Types =
        [CredentialTypes.Password, CredentialTypes.Oidc, CredentialTypes.Saml, CredentialTypes.Totp, CredentialTypes.LookupSecret, CredentialTypes.WebAuthn, CredentialTypes.Passkey, CredentialTypes.Code];

    /// <exception cref="ApiException">A field is not as it must be.</exception>
    public static ExactFacts ReadFacts(ObjectReader fields)
    {
        fields.Ignore("schema_url");
        return new ExactFacts
        {
            Id = fields.Uuid("id") is { } id && id != Guid.Empty ? id : throw fields.Invalid("id", "the identity's UUID"),
            CreatedAt = Time(fields, "created_at"), UpdatedAt = Time(fields, "updated_at"), StateChangedAt = Time(fields, "state_changed_at"),
            Credentials = fields.Object("credentials") is { } all ? Types.Select(t => (Type: t, One: all.Object(t))).Where(c => c.One is not null).ToDictionary(c => c.Type, c => ReadFacts(c.One!, c.Type), StringComparer.Ordinal)
                : new Dictionary<string, ExactCredential>(StringComparer.Ordinal),
            Verifiable = ReadAddresses(fields, "verifiable_addresses"), Recovery = ReadAddresses(fields, "recovery_addresses"),
        };
    }

    /// <exception cref="ApiException">One is not as it must be.</exception>
    public static IReadOnlyList<CredentialImport> ReadCredentials(ObjectReader credentials)
    {
        var imports = Types.Select(type => credentials.Object(type) is { } one ? Read(one, type) : null).OfType<CredentialImport>().ToList();
        credentials.Done();
        return imports;
    }

    private static CredentialImport? Read(ObjectReader one, string type)
    {
        one.Ignore("type", "identifiers", "version", "created_at", "updated_at");
        var (config, text) = (one.Object("config"), one.Any("config"));
        one.Done();
        if (config is null || text is not { } json)
            // Codes follow from the traits; of anything else the secret would be lost without a word.
            return type == CredentialTypes.Code ? null : throw one.Invalid("config", $"there: read the identity with include_credential={type}");
        if (json.EnumerateObject().MoveNext()) Check(config, type);
        return new CredentialImport.Exact(type, json.GetRawText());
    }

    private static void Check(ObjectReader config, string type)
    {
        switch (type)
        {
            case CredentialTypes.Password:
                // Hashes that are kept in another spelling than they came in are for the plain import to turn.
                if (config.String("hashed_password") is { Length: > 0 } hash && PasswordForm.Check(config, hash) != hash)
                    throw config.Invalid("hashed_password", "a hash as it is kept here; import it without import=exact");
                config.Boolean("use_password_migration_hook");
                break;
            case CredentialTypes.Oidc or CredentialTypes.Saml: CheckLinks(config); break;
            case CredentialTypes.Totp: TotpForm.Read(config); break;
            case CredentialTypes.LookupSecret: LookupForm.Read(config, "recovery_codes", strict: true); break;
            case CredentialTypes.WebAuthn or CredentialTypes.Passkey: KeyForm.Read(type, config, strict: true, mayBeEmpty: true); break;
            default: config.Ignore("addresses", "address_type", "used_at"); break;
        }
        config.Done();
    }

    private static void CheckLinks(ObjectReader config)
    {
        foreach (var (item, pointer) in config.Array("providers", 1000) ?? [])
        {
            var link = ObjectReader.Of(item, pointer);
            foreach (var name in (ReadOnlySpan<string>)["subject", "provider"])
                if (link.RequiredString(name).Length == 0)
                    throw link.Invalid(name, "a string that is not empty");
            foreach (var name in (ReadOnlySpan<string>)["initial_id_token", "initial_access_token", "initial_refresh_token", "organization"]) link.String(name);
            link.Boolean("use_auto_link");
            link.Done();
        }
    }

    private static ExactCredential ReadFacts(ObjectReader one, string type)
    {
        if (one.String("type") is { } named && named != type) throw one.Invalid("type", $"{type}, as the credential is called");
        one.Integer("version", 0, 100);
        return new ExactCredential(one.Strings("identifiers", 1000) ?? [], Time(one, "created_at"), Time(one, "updated_at"));
    }

    private static ExactAddress[] ReadAddresses(ObjectReader fields, string list) => [.. (fields.Array(list, 1000) ?? []).Select(i =>
    {
        var a = ObjectReader.Of(i.Item, i.Pointer);
        var via = a.RequiredString("via");
        return new ExactAddress(via, IdentityBody.Normalised(via, a.RequiredString("value")), a.Uuid("id"), Time(a, "created_at"), Time(a, "updated_at"));
    })];

    private static DateTimeOffset? Time(ObjectReader fields, string name) => fields.Time(name) is { } time ? Storage.Instant.Truncate(time) : null;
}
