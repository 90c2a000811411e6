using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Tests.Methods.WebAuthn;

/// <summary>An authenticator in software: it answers rightly unless a test changes what it says.</summary>
internal sealed class SoftKey : IDisposable
{
    public const string RpId = "example.org", Origin = "https://example.org";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; init; } = RandomNumberGenerator.GetBytes(32);
    public byte[] UserHandle { get; set; } = "handle"u8.ToArray();
    public uint Counter { get; set; }

    /// <summary>What it says; a change is what a test is about.</summary>
    public sealed record Says
    {
        public string Type { get; init; } = "webauthn.create";
        public string Origin { get; init; } = SoftKey.Origin;
        public string? TopOrigin { get; init; }
        public bool CrossOrigin { get; init; }
        public string RpId { get; init; } = SoftKey.RpId;
        public byte Flags { get; init; } = 0x05;
        public byte[]? ClientData { get; init; }
        public Func<byte[], byte[]> AuthData { get; init; } = static d => d;
        public Func<byte[], byte[]> Object { get; init; } = static o => o;
        public string Format { get; init; } = "none";
        public Action<CborWriter, byte[], byte[]>? Statement { get; init; }
    }

    public byte[] Sign(byte[] data) => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    public byte[] Cose(Action<CborWriter>? more = null, int entries = 5)
    {
        var q = key.ExportParameters(false).Q;
        var w = new CborWriter(CborConformanceMode.Lax);
        w.WriteStartMap(entries);
        foreach (var (label, value) in ((int, int)[])[(1, 2), (3, -7), (-1, 1)])
        {
            w.WriteInt32(label);
            w.WriteInt32(value);
        }
        w.WriteInt32(-2);
        w.WriteByteString(q.X!);
        w.WriteInt32(-3);
        w.WriteByteString(q.Y!);
        more?.Invoke(w);
        w.WriteEndMap();
        return w.Encode();
    }

    public static byte[] Attested(byte[] id, byte[] cose) => [.. new byte[16], (byte)(id.Length >> 8), (byte)id.Length, .. id, .. cose];

    public AttestationAnswer Create(byte[] challenge, Says? says = null, byte[]? attested = null)
    {
        says ??= new Says();
        var client = ClientData(challenge, says);
        var auth = says.AuthData(AuthData(says, (byte)(says.Flags | 0x40), attested ?? Attested(Id, Cose())));
        var w = new CborWriter(CborConformanceMode.Lax);
        w.WriteStartMap(3);
        w.WriteTextString("fmt");
        w.WriteTextString(says.Format);
        w.WriteTextString("attStmt");
        if (says.Statement is null)
        {
            w.WriteStartMap(0);
            w.WriteEndMap();
        }
        else says.Statement(w, auth, SHA256.HashData(client));
        w.WriteTextString("authData");
        w.WriteByteString(auth);
        w.WriteEndMap();
        return new AttestationAnswer(client, says.Object(w.Encode()), ["internal"]);
    }

    public AssertionAnswer Get(byte[] challenge, Says? says = null)
    {
        says ??= new Says { Type = "webauthn.get" };
        var client = ClientData(challenge, says);
        Counter++;
        var auth = says.AuthData(AuthData(says, says.Flags, []));
        return new AssertionAnswer(Id, client, auth, Sign([.. auth, .. SHA256.HashData(client)]), UserHandle);
    }

    public static string Json(AttestationAnswer answer, byte[] id) => new JsonObject
    {
        ["id"] = Text(id), ["rawId"] = Text(id), ["type"] = "public-key",
        ["response"] = new JsonObject { ["clientDataJSON"] = Text(answer.ClientDataJson), ["attestationObject"] = Text(answer.AttestationObject), ["transports"] = new JsonArray("internal") },
    }.ToJsonString();

    public static string Json(AssertionAnswer answer) => new JsonObject
    {
        ["id"] = Text(answer.Id), ["rawId"] = Text(answer.Id), ["type"] = "public-key",
        ["response"] = new JsonObject
        {
            ["clientDataJSON"] = Text(answer.ClientDataJson), ["authenticatorData"] = Text(answer.AuthenticatorData), ["signature"] = Text(answer.Signature),
            ["userHandle"] = answer.UserHandle is null ? null : Text(answer.UserHandle),
        },
    }.ToJsonString();

    public static string Text(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    public void Dispose() => key.Dispose();

    private static byte[] ClientData(byte[] challenge, Says says)
    {
        if (says.ClientData is not null) return says.ClientData;
        var json = new JsonObject { ["type"] = says.Type, ["challenge"] = Text(challenge), ["origin"] = says.Origin, ["crossOrigin"] = says.CrossOrigin };
        if (says.TopOrigin is not null) json["topOrigin"] = says.TopOrigin;
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private byte[] AuthData(Says says, byte flags, byte[] attested)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(says.RpId)), flags, .. counter, .. attested];
    }
}
