namespace Ascent.Flows.Nodes;

/// <summary>Which method a node belongs to.</summary>
internal static class NodeGroups
{
    public const string Default = "default";
    public const string Password = "password";
    public const string Oidc = "oidc";
    public const string Profile = "profile";
    public const string Link = "link";
    public const string Code = "code";
    public const string Totp = "totp";
    public const string LookupSecret = "lookup_secret";
    public const string WebAuthn = "webauthn";
    public const string Passkey = "passkey";
    public const string IdentifierFirst = "identifier_first";
    public const string Captcha = "captcha";
    public const string Saml = "saml";
}

/// <summary>What an input is, as HTML names it.</summary>
internal static class InputTypes
{
    public const string Text = "text";
    public const string Password = "password";
    public const string Number = "number";
    public const string Checkbox = "checkbox";
    public const string Hidden = "hidden";
    public const string Email = "email";
    public const string Tel = "tel";
    public const string Submit = "submit";
    public const string Button = "button";
    public const string DateTimeLocal = "datetime-local";
    public const string Date = "date";
    public const string Url = "url";
}

internal static class Autocomplete
{
    public const string Email = "email";
    public const string Tel = "tel";
    public const string Url = "url";
    public const string CurrentPassword = "current-password";
    public const string NewPassword = "new-password";
    public const string OneTimeCode = "one-time-code";
    public const string UsernameWebAuthn = "username webauthn";
}
