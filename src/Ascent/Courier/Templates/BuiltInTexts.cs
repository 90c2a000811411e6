namespace Ascent.Courier.Templates;

/// <summary>The words we send where nobody gave others.</summary>
internal static class BuiltInTexts
{
    private const string Minutes = "{{ if .ExpiresInMinutes }}It is good for {{ .ExpiresInMinutes }} minutes.{{ end }}";

    /// <summary>The last line lets telephones fill in the code, and only on the site that asked for it.</summary>
    private const string BoundTo = "{{ if .RequestURLDomain }}\n\n@{{ .RequestURLDomain }} #{{ .%CODE% }}{{ end }}";

    private static readonly Words Unknown = new(
        "There is no account with this address", "Somebody asked for a message to {{ .To }}, but no account uses this address.",
        null, "If it was you, sign up, or try another address of yours. If it was not, you need do nothing.");

    private static readonly Dictionary<TemplateType, Words> All = new()
    {
        [TemplateType.RecoveryCodeValid] = new("Your code to get back into your account", "Use this code to get back into your account:", "RecoveryCode",
            "If you did not ask for it, ignore this message: without the code nothing changes."),
        [TemplateType.RecoveryValid] = new("Get back into your account", "Open this address to get back into your account:", "RecoveryURL",
            "If you did not ask for it, ignore this message: unless the address is opened, nothing changes."),
        [TemplateType.RecoveryInvalid] = Unknown,
        [TemplateType.RecoveryCodeInvalid] = Unknown,
        [TemplateType.VerificationCodeValid] = new("Confirm your address", "Use this code to confirm that this address is yours:", "VerificationCode",
            "If you did not ask for it, ignore this message.", Link: "VerificationURL"),
        [TemplateType.VerificationValid] = new("Confirm your address", "Open this address to confirm that you read mail here:", "VerificationURL",
            "If you did not ask for it, ignore this message."),
        [TemplateType.VerificationInvalid] = Unknown,
        [TemplateType.VerificationCodeInvalid] = Unknown,
        [TemplateType.LoginCodeValid] = new("Your code to sign in", "Use this code to sign in:", "LoginCode",
            "If you did not ask for it, give it to nobody: somebody else tries to sign in as you."),
        [TemplateType.RegistrationCodeValid] = new("Your code to sign up", "Use this code to finish signing up:", "RegistrationCode",
            "If you did not ask for it, ignore this message: no account is made without the code."),
        [TemplateType.VerifiableAddressChanged] = new("A verifiable address on your account was changed", "{{ .To }} is an address of your account, or was one until now. The account's addresses were changed{{ if .ChangedAt }} at {{ .ChangedAt }}{{ end }}.",
            null, "If it was not you, get back into your account at once, and tell who runs this service."),
        [TemplateType.RegistrationTaken] = new("Somebody tried to sign up with this address", "Somebody tried to sign up with {{ .To }}, but this address, or the name that was given with it, belongs to an account already. No account was made.",
            null, "If it was you, sign in, get back into your account by this address, or sign up with another name. If it was not, you need do nothing: nobody got into an account."),
        [TemplateType.AuthenticatorKeyAdded] = new("A new way to sign in was added to your account", "A key or a device that can sign in was added to your account{{ if .AddedAt }} at {{ .AddedAt }}{{ end }}.",
            null, "If it was not you, remove it in your account's settings at once, and tell who runs this service."),
    };

    public static string Subject(TemplateType type) => All[type].Subject;

    public static string Plain(TemplateType type)
    {
        var w = All[type];
        var gap = w.Gap is null ? "" : $"\n\n{{{{ .{w.Gap} }}}}\n";
        var link = w.Link is null ? "" : $"{{{{ if .{w.Link} }}}}\nor open this address:\n\n{{{{ .{w.Link} }}}}\n{{{{ end }}}}";
        return $"{w.Lead}{gap}{link}\n{(w.Gap is null ? "" : Minutes)}\n\n{w.Advice}\n";
    }

    public static string Html(TemplateType type)
    {
        var w = All[type];
        var gap = w.Gap switch
        {
            null => "",
            { } url when url.EndsWith("URL", StringComparison.Ordinal) => Anchor(url),
            _ => $"<p><strong>{{{{ .{w.Gap} }}}}</strong></p>\n",
        };
        var link = w.Link is null ? "" : $"{{{{ if .{w.Link} }}}}<p>or open this address:</p>\n{Anchor(w.Link)}{{{{ end }}}}";
        var minutes = w.Gap is null ? "" : $"<p>{Minutes}</p>\n";
        return $"<!DOCTYPE html>\n<html>\n<body>\n<p>{w.Lead}</p>\n{gap}{link}{minutes}<p>{w.Advice}</p>\n</body>\n</html>\n";
    }

    public static string Sms(TemplateType type)
    {
        var w = All[type];
        if (w.Gap is null) return $"{w.Lead} {w.Advice}";
        var code = $"{w.Subject}: {{{{ .{w.Gap} }}}}";
        return w.Gap.EndsWith("URL", StringComparison.Ordinal) ? code : code + BoundTo.Replace("%CODE%", w.Gap, StringComparison.Ordinal);
    }

    private static string Anchor(string url) => $"<p><a href=\"{{{{ .{url} }}}}\">{{{{ .{url} }}}}</a></p>\n";

    /// <param name="Gap">The variable that the message is there for.</param>
    /// <param name="Link">One that may stand beside it.</param>
    private sealed record Words(string Subject, string Lead, string? Gap, string Advice, string? Link = null);
}
