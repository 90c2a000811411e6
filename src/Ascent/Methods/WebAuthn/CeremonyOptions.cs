using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ascent.Config;
using Ascent.Http;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn;

/// <summary>What a page hands to <c>navigator.credentials</c>, as JSON; bytes are base64url.</summary>
internal static class CeremonyOptions
{
    private const int ChallengeLength = 32;

    public static byte[] NewChallenge() => RandomNumberGenerator.GetBytes(ChallengeLength);

    public sealed record Request(RelyingParty Party, byte[] Challenge, TimeSpan Timeout, CeremonyWish UserVerification)
    {
        /// <summary>The keys that may answer; any that the authenticator knows where there are none.</summary>
        public IReadOnlyList<StoredKey> Keys { get; init; } = [];
    }

    public sealed record Creation(RelyingParty Party, byte[] Challenge, TimeSpan Timeout, CeremonyWish UserVerification, byte[] UserHandle, string UserName)
    {
        /// <summary>Keys that the user has: an authenticator that holds one makes no other.</summary>
        public IReadOnlyList<StoredKey> Keys { get; init; } = [];
        public AuthenticatorSelection? Selection { get; init; }
        public AttestationPreference? Attestation { get; init; }
    }

    public static string ToJson(Request request) => Text(request, static (w, r) =>
    {
        w.WriteStartObject();
        w.WriteStartObject("publicKey"u8);
        w.WriteString("challenge"u8, Base64Url.EncodeToString(r.Challenge));
        w.WriteNumber("timeout"u8, (long)r.Timeout.TotalMilliseconds);
        w.WriteString("rpId"u8, r.Party.Id);
        if (r.Keys.Count > 0) WriteKeys(w, "allowCredentials", r.Keys);
        w.WriteString("userVerification"u8, Name(r.UserVerification));
        w.WriteEndObject();
        w.WriteEndObject();
    });

    public static string ToJson(Creation creation) => Text(creation, Write);

    /// <summary>The same with the names of the fields whose value the page shows as the passkey's name.</summary>
    public static string ToJson(Creation creation, IReadOnlyList<string> nameFields) => Text((creation, nameFields), static (w, s) =>
    {
        w.WriteStartObject();
        w.WritePropertyName("credentialOptions"u8);
        Write(w, s.creation);
        w.WriteString("displayNameFieldName"u8, s.nameFields.Count > 0 ? s.nameFields[0] : "");
        w.WriteStartArray("displayNameFieldNames"u8);
        foreach (var name in s.nameFields) w.WriteStringValue(name);
        w.WriteEndArray();
        w.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter w, Creation c)
    {
        w.WriteStartObject();
        w.WriteStartObject("publicKey"u8);
        w.WriteStartObject("rp"u8);
        w.WriteString("name"u8, c.Party.DisplayName);
        w.WriteString("id"u8, c.Party.Id);
        w.WriteEndObject();
        w.WriteStartObject("user"u8);
        w.WriteString("name"u8, c.UserName);
        w.WriteString("displayName"u8, c.UserName);
        w.WriteString("id"u8, Base64Url.EncodeToString(c.UserHandle));
        w.WriteEndObject();
        w.WriteString("challenge"u8, Base64Url.EncodeToString(c.Challenge));
        w.WriteStartArray("pubKeyCredParams"u8);
        foreach (var algorithm in CoseAlgorithm.All)
        {
            w.WriteStartObject();
            w.WriteString("type"u8, "public-key"u8);
            w.WriteNumber("alg"u8, algorithm.Id);
            w.WriteEndObject();
        }
        w.WriteEndArray();
        w.WriteNumber("timeout"u8, (long)c.Timeout.TotalMilliseconds);
        if (c.Keys.Count > 0) WriteKeys(w, "excludeCredentials", c.Keys);
        WriteSelection(w, c);
        if (c.Attestation is { } attestation) w.WriteString("attestation"u8, attestation.ToString().ToLowerInvariant());
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void WriteSelection(Utf8JsonWriter w, Creation c)
    {
        w.WriteStartObject("authenticatorSelection"u8);
        if (c.Selection is { } selection)
        {
            if (selection.Attachment is { } attachment) w.WriteString("authenticatorAttachment"u8, attachment == AuthenticatorAttachment.CrossPlatform ? "cross-platform"u8 : "platform"u8);
            w.WriteBoolean("requireResidentKey"u8, selection.ResidentKey == CeremonyWish.Required);
            w.WriteString("residentKey"u8, Name(selection.ResidentKey));
        }
        w.WriteString("userVerification"u8, Name(c.UserVerification));
        w.WriteEndObject();
    }

    private static void WriteKeys(Utf8JsonWriter w, string name, IReadOnlyList<StoredKey> keys)
    {
        w.WriteStartArray(name);
        foreach (var key in keys)
        {
            w.WriteStartObject();
            w.WriteString("type"u8, "public-key"u8);
            w.WriteString("id"u8, Base64Url.EncodeToString(key.Id));
            if (key.Transports.Count > 0)
            {
                w.WriteStartArray("transports"u8);
                foreach (var transport in key.Transports) w.WriteStringValue(transport);
                w.WriteEndArray();
            }
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private static string Name(CeremonyWish wish) => wish.ToString().ToLowerInvariant();

    private static string Text<T>(T value, Action<Utf8JsonWriter, T> write) => Encoding.UTF8.GetString(JsonOut.ToBytes(value, write));
}
