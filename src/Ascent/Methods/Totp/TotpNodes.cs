namespace Ascent.Methods.Totp;

/// <summary>The names of the form's parts.</summary>
internal static class TotpNodes
{
    public const string Code = "totp_code";
    public const string Qr = "totp_qr";
    public const string SecretKey = "totp_secret_key";
    public const string Unlink = "totp_unlink";
}
