using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ascent.Config;
using Ascent.Identities;

namespace Ascent.Methods.Totp;

/// <summary>
/// The secret that an authenticator app shares with us, and the codes it shows: RFC 6238 with HMAC-SHA-1, six digits, 30 seconds.
/// Other parameters in an imported URL are not looked at, as many apps do not either.
/// </summary>
internal sealed class TotpKey
{
    /// <summary>RFC 4226, section 4, R6 recommends 160 bits.</summary>
    private const int SecretBytes = 20;
    private const int PeriodSeconds = 30, Modulus = 1_000_000;
    public const int Digits = 6;

    /// <summary>Clocks of devices go wrong: one step before and one after count too (RFC 6238, section 5.2).</summary>
    private const int Skew = 1;

    private readonly byte[] secret;

    private TotpKey(byte[] secret) => this.secret = secret;

    /// <summary>The secret as people type it into an app that cannot scan.</summary>
    public string Text => Base32.Encode(secret);

    public static TotpKey New() => new(RandomNumberGenerator.GetBytes(SecretBytes));

    public static TotpKey? FromText(string base32) => Base32.Decode(base32) is { Length: > 0 } bytes ? new TotpKey(bytes) : null;

    public static TotpKey? FromUrl(string url)
    {
        if (!url.StartsWith("otpauth://totp/", StringComparison.OrdinalIgnoreCase) || url.IndexOf('?', StringComparison.Ordinal) is var at && at < 0) return null;
        return System.Web.HttpUtility.ParseQueryString(url[(at + 1)..])["secret"] is { } text ? FromText(text) : null;
    }

    /// <summary>The key of an identity's credential; null where there is none that could be used.</summary>
    public static TotpKey? Of(IReadOnlyDictionary<string, Credential> credentials) =>
        credentials.TryGetValue(CredentialTypes.Totp, out var credential) ? Of(credential) : null;

    public static TotpKey? Of(Credential credential) =>
        JsonElement.Parse(credential.Config).TryGetProperty("totp_url"u8, out var url) && url.ValueKind == JsonValueKind.String ? FromUrl(url.GetString()!) : null;

    /// <summary>What the QR code says.</summary>
    public string Url(string issuer, string account) =>
        $"otpauth://totp/{Label(issuer)}:{Label(account)}?algorithm=SHA1&digits={Digits}&issuer={Uri.EscapeDataString(issuer)}&period={PeriodSeconds}&secret={Text}";

    public static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / PeriodSeconds;

    /// <summary>
    /// The time step whose code this is, or null. All steps are looked at, whichever fits. Blanks are left out: apps show the
    /// digits in two groups.
    /// </summary>
    public long? Match(string code, DateTimeOffset now)
    {
        var typed = string.Concat(code.Where(c => !char.IsWhiteSpace(c)));
        if (typed.Length != Digits || !typed.All(char.IsAsciiDigit)) return null;
        long? found = null;
        for (var step = StepAt(now) - Skew; step <= StepAt(now) + Skew; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(step)), Encoding.ASCII.GetBytes(typed)))
                found = step;
        return found;
    }

    /// <summary>RFC 4226, section 5.3: four bytes of the MAC, from where its last half-byte says.</summary>
    public string Code(long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        HMACSHA1.HashData(secret, counter, mac);
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 0x0f)..]) & int.MaxValue;
        return (number % Modulus).ToString("D6", CultureInfo.InvariantCulture);
    }

    public override string ToString() => Secret.Shown;

    /// <summary>Escaped but for the @ of an address, which apps show as it stands.</summary>
    private static string Label(string text) => Uri.EscapeDataString(text).Replace("%40", "@", StringComparison.Ordinal);
}
