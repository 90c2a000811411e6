using System.Collections.Frozen;
using Ascent.Config;

namespace Ascent.Courier;

/// <summary>What a message is about: one of the wire contract's types or of ours, with the texts that the configuration may give it.</summary>
internal sealed class TemplateType
{
    private static readonly string[] Always = ["To", "Identity", "RequestURL", "RequestURLDomain", "TransientPayload", "ExpiresInMinutes"];

    private TemplateType(string name, string folder, string key, Func<TemplatesConfig, MessageTemplate> overrides, params string[] own)
    {
        (Name, Folder, Key, Overrides) = (name, folder, $"courier.templates.{key}", overrides);
        Variables = own.Concat(Always).ToFrozenSet(StringComparer.Ordinal);
    }

    public static TemplateType RecoveryValid { get; } = new("recovery_valid", "recovery/valid", "recovery.valid", t => t.Recovery.Valid, "RecoveryURL");
    public static TemplateType RecoveryInvalid { get; } = new("recovery_invalid", "recovery/invalid", "recovery.invalid", t => t.Recovery.Invalid);
    public static TemplateType RecoveryCodeValid { get; } = new("recovery_code_valid", "recovery_code/valid", "recovery_code.valid", t => t.RecoveryCode.Valid, "RecoveryCode");
    public static TemplateType RecoveryCodeInvalid { get; } = new("recovery_code_invalid", "recovery_code/invalid", "recovery_code.invalid", t => t.RecoveryCode.Invalid);
    public static TemplateType VerificationValid { get; } = new("verification_valid", "verification/valid", "verification.valid", t => t.Verification.Valid, "VerificationURL");
    public static TemplateType VerificationInvalid { get; } = new("verification_invalid", "verification/invalid", "verification.invalid", t => t.Verification.Invalid);
    public static TemplateType VerificationCodeValid { get; } = new("verification_code_valid", "verification_code/valid", "verification_code.valid", t => t.VerificationCode.Valid, "VerificationCode", "VerificationURL");
    public static TemplateType VerificationCodeInvalid { get; } = new("verification_code_invalid", "verification_code/invalid", "verification_code.invalid", t => t.VerificationCode.Invalid);
    public static TemplateType LoginCodeValid { get; } = new("login_code_valid", "login_code/valid", "login_code.valid", t => t.LoginCode.Valid, "LoginCode");
    public static TemplateType RegistrationCodeValid { get; } = new("registration_code_valid", "registration_code/valid", "registration_code.valid", t => t.RegistrationCode.Valid, "RegistrationCode", "Traits");
    public static TemplateType VerifiableAddressChanged { get; } = new("verifiable_address_changed", "verifiable_address_changed", "verifiable_address_changed", t => t.VerifiableAddressChanged, "ChangedAt");
    public static TemplateType AuthenticatorKeyAdded { get; } = new("authenticator_key_added", "authenticator_key_added", "authenticator_key_added", t => t.AuthenticatorKeyAdded, "AddedAt");
    public static TemplateType RegistrationTaken { get; } = new("registration_taken", "registration_taken", "registration_taken", t => t.RegistrationTaken);

    public static IReadOnlyList<TemplateType> All { get; } =
    [
        RecoveryValid, RecoveryInvalid, RecoveryCodeValid, RecoveryCodeInvalid, VerificationValid, VerificationInvalid, VerificationCodeValid, VerificationCodeInvalid,
        LoginCodeValid, RegistrationCodeValid, VerifiableAddressChanged, AuthenticatorKeyAdded, RegistrationTaken,
    ];

    /// <summary>As the wire contract calls it.</summary>
    public string Name { get; }

    /// <summary>Below <c>courier.template_override_path</c>.</summary>
    public string Folder { get; }

    /// <summary>The configuration key of its texts.</summary>
    public string Key { get; }

    public Func<TemplatesConfig, MessageTemplate> Overrides { get; }

    /// <summary>What its templates may name, in their spelling.</summary>
    public FrozenSet<string> Variables { get; }

    public override string ToString() => Name;
}
