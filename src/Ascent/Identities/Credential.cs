namespace Ascent.Identities;

/// <summary>One way in which an identity proves itself. Secrets in <see cref="Config"/> are readable here and sealed in the database.</summary>
internal sealed record Credential
{
    /// <summary>One of <see cref="CredentialTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>A JSON object; its form is the type's own.</summary>
    public required string Config { get; init; }
    public required int Version { get; init; }

    /// <summary>Unique within the type; what a sign-in finds it by.</summary>
    public required IReadOnlyList<string> Identifiers { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Without the config, which is secret.</summary>
    public override string ToString() => $"{Type} v{Version} ({Identifiers.Count} identifiers)";
}

internal static class CredentialTypes
{
    public const string Password = "password";
    public const string Oidc = "oidc";
    public const string Saml = "saml";
    public const string Totp = "totp";
    public const string LookupSecret = "lookup_secret";
    public const string WebAuthn = "webauthn";
    public const string Passkey = "passkey";
    public const string Code = "code";

    /// <summary>Names that the wire contract knows as credential types, those we never store included.</summary>
    private static readonly string[] Known =
        [Password, Oidc, Totp, LookupSecret, WebAuthn, Code, Passkey, "profile", Saml, "deviceauthn", "identifier_first", "link_recovery", "code_recovery"];

    public static bool IsKnown(string type) => Known.Contains(type, StringComparer.Ordinal);

    /// <summary>The version of the form in which we keep a type's config.</summary>
    public static int VersionOf(string type) => type is Password or WebAuthn or Code ? 1 : 0;
}

/// <summary>An identity with the credential that an identifier led to.</summary>
internal sealed record CredentialMatch(Identity Identity, Credential Credential);

/// <summary>An identity with all its credentials, by type.</summary>
internal sealed record IdentityState(Identity Identity, IReadOnlyDictionary<string, Credential> Credentials);
