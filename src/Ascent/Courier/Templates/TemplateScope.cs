using System.Collections.Frozen;

namespace Ascent.Courier.Templates;

/// <summary>What a template may use: the variables of its message, and other templates by name.</summary>
internal sealed record TemplateScope(IReadOnlySet<string> Variables, bool Html, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Templates are written with the names on the left; data have those on the right.</summary>
    public static FrozenDictionary<string, string> DataNames { get; } = new Dictionary<string, string>
    {
        ["To"] = "to", ["Identity"] = "identity", ["Traits"] = "traits", ["RequestURL"] = "request_url", ["RequestURLDomain"] = "request_url_domain",
        ["TransientPayload"] = "transient_payload", ["ExpiresInMinutes"] = "expires_in_minutes", ["RecoveryCode"] = "recovery_code", ["RecoveryURL"] = "recovery_url",
        ["VerificationCode"] = "verification_code", ["VerificationURL"] = "verification_url", ["LoginCode"] = "login_code", ["RegistrationCode"] = "registration_code",
        ["ChangedAt"] = "changed_at", ["AddedAt"] = "added_at",
    }.ToFrozenDictionary(StringComparer.Ordinal);
}

/// <summary>A template cannot be understood; the message is for who wrote it.</summary>
internal sealed class TemplateFaultException(string message) : Exception(message);
