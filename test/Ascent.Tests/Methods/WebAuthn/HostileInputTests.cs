using System.Formats.Cbor;
using System.Security.Cryptography;
using Ascent.Methods.WebAuthn.Ceremony;
using Shouldly;

namespace Ascent.Tests.Methods.WebAuthn;

/// <summary>Bytes that no authenticator sends. Each is refused with a named fault; none makes anything throw or take long.</summary>
public sealed class HostileInputTests : IDisposable
{
    private static readonly byte[] Challenge = RandomNumberGenerator.GetBytes(32);
    private readonly SoftKey key = new();
    private int drawn;

    [Fact]
    public void An_attestation_object_cut_anywhere_is_refused()
    {
        var whole = key.Create(Challenge);
        for (var length = 0; length < whole.AttestationObject.Length; length++)
            Registration.Verify(Expected, whole with { AttestationObject = whole.AttestationObject[..length] }).ShouldBeOfType<RegistrationOutcome.Rejected>();
    }

    [Fact]
    public void Authenticator_data_cut_anywhere_are_refused()
    {
        var length = 0;
        for (var cut = 0; cut < 37 + 18 + 32 + 77; cut++)
        {
            length = cut;
            Registration.Verify(Expected, key.Create(Challenge, new SoftKey.Says { AuthData = d => d[..length] })).ShouldBeOfType<RegistrationOutcome.Rejected>().Fault.Kind.ShouldBe(FaultKind.AuthenticatorData);
        }
    }

    [Fact]
    public void What_follows_the_end_is_refused()
    {
        CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, new SoftKey.Says { AuthData = d => [.. d, 0] }))).ShouldBe((FaultKind.AuthenticatorData, "7.1:13"));
        CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, new SoftKey.Says { Object = o => [.. o, 0] }))).ShouldBe((FaultKind.AttestationObject, "7.1:13"));
        // Extensions are announced and are no map; and they are there unannounced.
        CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, new SoftKey.Says { Flags = 0x85 }))).ShouldBe((FaultKind.AuthenticatorData, "7.1:13"));
        CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, new SoftKey.Says { AuthData = d => [.. d, 0xA0] }))).ShouldBe((FaultKind.AuthenticatorData, "7.1:13"));
        Registration.Verify(Expected, key.Create(Challenge, new SoftKey.Says { Flags = 0x85, AuthData = d => [.. d, 0xA1, 0x61, 0x78, 0xF5] })).ShouldBeOfType<RegistrationOutcome.Verified>();
    }

    [Theory]
    [InlineData("A263666D74646E6F6E6563666D74646E6F6E65")]
    [InlineData("BF63666D74646E6F6E65FF")]
    [InlineData("BBFFFFFFFFFFFFFFFF")]
    [InlineData("A163666D745BFFFFFFFFFFFFFFFF")]
    [InlineData("A163666D747B7FFFFFFFFFFFFFFF61")]
    [InlineData("A1639F9F9F")]
    [InlineData("A101C074323031332D30332D32315432303A30343A30305A")]
    [InlineData("A101FB3FF199999999999A")]
    [InlineData("A1FBFF")]
    [InlineData("A1F600")]
    [InlineData("A11BFFFFFFFFFFFFFFFF00")]
    [InlineData("A10161FF")]
    [InlineData("80")]
    [InlineData("00")]
    [InlineData("FF")]
    [InlineData("")]
    public void CBOR_that_may_not_be_is_refused(string hex)
    {
        CborMap.TryRead(Convert.FromHexString(hex), out _, out _).ShouldBeFalse();
        CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, new SoftKey.Says { Object = _ => Convert.FromHexString(hex) }))).ShouldBe((FaultKind.AttestationObject, "7.1:13"));
    }

    [Fact]
    public void Deep_nesting_and_large_input_are_refused()
    {
        CborMap.TryRead(Enumerable.Repeat<byte>(0xA1, 100_000).ToArray(), out _, out _).ShouldBeFalse();
        CborMap.TryRead((byte[])[0xA1, 0x01, .. Enumerable.Repeat<byte>(0x81, 50_000), 0x00], out _, out _).ShouldBeFalse();
        CborMap.TryRead(new byte[1_000_000], out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void Keys_that_are_none_are_refused()
    {
        (string Why, byte[] Cose, FaultKind Kind)[] keys =
        [
            ("of an algorithm that nobody offered", Replace(key.Cose(), 3, w => w.WriteInt32(-65535)), FaultKind.Algorithm),
            ("of another type than its algorithm", Replace(key.Cose(), 1, w => w.WriteInt32(3)), FaultKind.PublicKey),
            ("on another curve than its algorithm", Replace(key.Cose(), -1, w => w.WriteInt32(2)), FaultKind.PublicKey),
            ("off its curve", Replace(key.Cose(), -2, w => w.WriteByteString(new byte[32])), FaultKind.PublicKey),
            ("with a short coordinate", Replace(key.Cose(), -3, w => w.WriteByteString(new byte[31])), FaultKind.PublicKey),
            ("with half of a point", Replace(key.Cose(), -3, w => w.WriteBoolean(true)), FaultKind.PublicKey),
            ("with a private part", key.Cose(w => { w.WriteInt32(-4); w.WriteByteString(new byte[32]); }, 6), FaultKind.PublicKey),
            ("of a small modulus", Rsa(new byte[128].Select(_ => (byte)0xFF).ToArray(), [1, 0, 1]), FaultKind.PublicKey),
            ("of a huge modulus", Rsa(new byte[4096].Select(_ => (byte)0xFF).ToArray(), [1, 0, 1]), FaultKind.PublicKey),
            ("of the exponent 1", Rsa(RSA.Create(2048).ExportParameters(false).Modulus!, [1]), FaultKind.PublicKey),
            ("of an even exponent", Rsa(RSA.Create(2048).ExportParameters(false).Modulus!, [1, 0, 0]), FaultKind.PublicKey),
            ("of a small order", Okp(new byte[32]), FaultKind.PublicKey),
            ("of a wrong length", Okp(new byte[31]), FaultKind.PublicKey),
        ];
        foreach (var (why, cose, kind) in keys)
            CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, attested: SoftKey.Attested(key.Id, cose)))).ShouldBe((kind, "7.1:20"), why);
    }

    [Fact]
    public void Ids_are_neither_empty_nor_long()
    {
        foreach (var id in (byte[][])[[], new byte[1024]])
            CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, attested: SoftKey.Attested(id, key.Cose())))).ShouldBe((FaultKind.CredentialId, "7.1:26"));
        Registration.Verify(Expected, key.Create(Challenge, attested: SoftKey.Attested(new byte[1023], key.Cose()))).ShouldBeOfType<RegistrationOutcome.Verified>();
    }

    [Fact]
    public void A_length_of_the_id_beyond_the_data_is_refused()
    {
        var attested = SoftKey.Attested(key.Id, key.Cose());
        attested[16] = 0xFF;
        CeremonyTests.Fault(Registration.Verify(Expected, key.Create(Challenge, attested: attested))).ShouldBe((FaultKind.AuthenticatorData, "7.1:13"));
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        var whole = key.Create(Challenge);
        var assertion = key.Get(Challenge);
        for (var i = 0; i < Sample.Times(3000); i++)
        {
            Registration.Verify(Expected, whole with { AttestationObject = Damaged(whole.AttestationObject) });
            Registration.Verify(Expected, whole with { ClientDataJson = Damaged(whole.ClientDataJson) });
            Assertion.Verify(Asked, new KnownKey(key.Id, Damaged(key.Cose()), 0, null), assertion with { AuthenticatorData = Damaged(assertion.AuthenticatorData), Signature = Damaged(assertion.Signature) })
                .ShouldBeOfType<AssertionOutcome.Rejected>();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("""{"id":"AA","rawId":"AA","type":"password","response":{"clientDataJSON":"AA","attestationObject":"AA"}}""")]
    [InlineData("""{"id":"AA","rawId":"AB","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA"}}""")]
    [InlineData("""{"id":"","rawId":"","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA"}}""")]
    [InlineData("""{"id":"AA","type":"public-key","response":{"clientDataJSON":"A A","attestationObject":"AA"}}""")]
    [InlineData("""{"id":"AA","type":"public-key","response":{"clientDataJSON":7,"attestationObject":"AA"}}""")]
    [InlineData("""{"id":"AA","id":"AA","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA"}}""")]
    [InlineData("""{"id":"\ud800","type":"public-key","response":{"clientDataJSON":"AA","attestationObject":"AA"}}""")]
    public void Answers_that_are_no_credential_are_none(string json)
    {
        AttestationAnswer.Parse(json).ShouldBeNull();
        AssertionAnswer.Parse(json).ShouldBeNull();
    }

    [Fact]
    public void Transports_are_words()
    {
        AttestationAnswer.Parse("""{"id":"AA","type":"public-key","response":{"clientDataJSON":"AA==","attestationObject":"AA","transports":["usb","usb","<b>",7,"smart-card",null]}}""")!
            .Transports.ShouldBe(["usb", "smart-card"]);
    }

    public void Dispose() => key.Dispose();

    private static RegistrationExpectation Expected => CeremonyTests.ExpectedFor(Challenge);

    private AssertionExpectation Asked => new() { RpId = SoftKey.RpId, Origins = new OriginList([SoftKey.Origin]), Challenge = Challenge, UserHandle = key.UserHandle };

    private byte[] Damaged(byte[] bytes)
    {
        var copy = bytes.ToArray();
        for (var n = 1 + Below(3); n > 0; n--) copy[Below(copy.Length)] ^= (byte)(1 + Below(255));
        return Below(3) == 0 ? copy[..Below(copy.Length)] : copy;
    }

    private int Below(int most) => (int)(Sample.Number($"damage {drawn++}") % (uint)most);

    private static byte[] Replace(byte[] cose, int label, Action<CborWriter> value)
    {
        var reader = new CborReader(cose);
        var writer = new CborWriter(CborConformanceMode.Lax);
        var count = reader.ReadStartMap();
        writer.WriteStartMap(count);
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            var at = reader.ReadInt32();
            writer.WriteInt32(at);
            var known = reader.ReadEncodedValue();
            if (at == label) value(writer);
            else writer.WriteEncodedValue(known.Span);
        }
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static byte[] Rsa(byte[] modulus, byte[] exponent) => Map((1, 3), (3, -257), (-1, modulus), (-2, exponent));

    private static byte[] Okp(byte[] x) => Map((1, 1), (3, -8), (-1, 6), (-2, x));

    private static byte[] Map(params (int Label, object Value)[] items)
    {
        var writer = new CborWriter();
        writer.WriteStartMap(items.Length);
        foreach (var (label, value) in items)
        {
            writer.WriteInt32(label);
            if (value is int number) writer.WriteInt32(number);
            else writer.WriteByteString((byte[])value);
        }
        writer.WriteEndMap();
        return writer.Encode();
    }
}
