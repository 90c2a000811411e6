using System.Security.Cryptography;
using System.Text;
using Ascent.Methods.WebAuthn.Attestation;
using Ascent.Methods.WebAuthn.Ceremony;
using Shouldly;

namespace Ascent.Tests.Methods.WebAuthn;

public sealed class CeremonyTests : IDisposable
{
    private static readonly byte[] Challenge = RandomNumberGenerator.GetBytes(32);
    private readonly SoftKey key = new();

    [Fact]
    public void A_key_is_made_and_signs_in_and_says_what_it_knows()
    {
        var made = Register(new SoftKey.Says { Flags = 0x1D }).ShouldBeOfType<RegistrationOutcome.Verified>().Key;
        made.Id.ShouldBe(key.Id);
        made.PublicKey.ShouldBe(key.Cose());
        (made.UserVerified, made.BackupEligible, made.BackupState, made.SignCount).ShouldBe((true, true, true, 0u));
        (made.AttestationFormat, made.Attestation.Type, made.Attestation.Trusted).ShouldBe(("none", AttestationType.None, false));
        var used = Assertion.Verify(Asked(), new KnownKey(made.Id, made.PublicKey, 0, true), key.Get(Challenge, new SoftKey.Says { Type = "webauthn.get", Flags = 0x0D }))
            .ShouldBeOfType<AssertionOutcome.Verified>().Evidence;
        (used.UserVerified, used.BackupEligible, used.BackupState, used.SignCount, used.MayBeCloned).ShouldBe((true, true, false, 1u, false));
    }

    public static TheoryData<string, string, string> WrongWords => new()
    {
        { "Type", "7.1:7", "webauthn.get" },
        { "Origin", "7.1:9", "https://evil.example.org" },
        { "Origin", "7.1:9", "http://example.org" },
        { "Origin", "7.1:9", "https://example.org:8443" },
        { "Origin", "7.1:9", "https://example.org/" },
        { "Origin", "7.1:9", "https://example.org@evil.example" },
        { "Origin", "7.1:9", "https://example.org.evil.example" },
        { "RpId", "7.1:14", "evil.example.org" },
    };

    [Theory]
    [MemberData(nameof(WrongWords))]
    public void What_is_for_others_is_refused_with_the_step_that_failed(string kind, string step, string value)
    {
        var says = kind switch
        {
            "Type" => new SoftKey.Says { Type = value },
            "Origin" => new SoftKey.Says { Origin = value },
            _ => new SoftKey.Says { RpId = value },
        };
        Fault(Register(says)).ShouldBe((Enum.Parse<FaultKind>(kind), step));
    }

    [Fact]
    public void Another_challenge_is_refused() =>
        Fault(Registration.Verify(Expected(), key.Create(RandomNumberGenerator.GetBytes(32)))).ShouldBe((FaultKind.Challenge, "7.1:8"));

    [Theory]
    [InlineData(0x04, FaultKind.UserPresence, "7.1:15")]
    [InlineData(0x01, FaultKind.UserVerification, "7.1:16")]
    [InlineData(0x15, FaultKind.BackupState, "7.1:17")]
    internal void Flags_that_may_not_be_are_refused(byte flags, FaultKind kind, string step) =>
        Fault(Registration.Verify(Expected() with { RequiresUserVerification = true }, key.Create(Challenge, new SoftKey.Says { Flags = flags }))).ShouldBe((kind, step));

    [Theory]
    [InlineData(0x04, FaultKind.UserPresence, "7.2:16")]
    [InlineData(0x01, FaultKind.UserVerification, "7.2:17")]
    [InlineData(0x15, FaultKind.BackupState, "7.2:18")]
    [InlineData(0x0D, FaultKind.BackupEligibility, "7.2:19")]
    internal void Flags_that_may_not_be_are_refused_at_the_sign_in_too(byte flags, FaultKind kind, string step) =>
        Fault(Assertion.Verify(Asked() with { RequiresUserVerification = true }, Known(), key.Get(Challenge, new SoftKey.Says { Type = "webauthn.get", Flags = flags }))).ShouldBe((kind, step));

    [Theory]
    [InlineData("""{"type":"webauthn.create","challenge":"CHALLENGE","origin":"https://example.org","type":"webauthn.create"}""")]
    [InlineData("""{"type":"webauthn.create","challenge":"CHALLENGE"}""")]
    [InlineData("""{"type":"webauthn.create","challenge":7,"origin":"https://example.org"}""")]
    [InlineData("""{"type":"webauthn.create","challenge":"CHALLENGE","origin":"https://example.org","crossOrigin":"no"}""")]
    [InlineData("""{"type":"webauthn.create","challenge":"CHALLENGE","origin":"https://example.org","topOrigin":1}""")]
    [InlineData("""{"type":"webauthn.create","challenge":"CHALLENGE","origin":"\ud800"}""")]
    [InlineData("""["webauthn.create"]""")]
    [InlineData("""{"type":"webauthn.create","challenge":"CHALLENGE","origin":"https://example.org"}{}""")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("")]
    public void Client_data_that_are_no_such_object_are_refused(string json) =>
        Fault(Register(new SoftKey.Says { ClientData = Encoding.UTF8.GetBytes(json.Replace("CHALLENGE", SoftKey.Text(Challenge), StringComparison.Ordinal)) })).ShouldBe((FaultKind.ClientData, "7.1:6"));

    [Fact]
    public void Client_data_in_bytes_that_are_no_text_are_refused() =>
        Fault(Register(new SoftKey.Says { ClientData = [(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)'}'] })).ShouldBe((FaultKind.ClientData, "7.1:6"));

    [Fact]
    public void Frames_are_refused_unless_they_are_expected()
    {
        Fault(Register(new SoftKey.Says { CrossOrigin = true })).ShouldBe((FaultKind.CrossOrigin, "7.1:10"));
        Fault(Register(new SoftKey.Says { CrossOrigin = true, TopOrigin = "https://evil.example" })).ShouldBe((FaultKind.CrossOrigin, "7.1:11"));
        Registration.Verify(Expected() with { TopOrigins = new OriginList(["https://portal.example"]) }, key.Create(Challenge, new SoftKey.Says { CrossOrigin = true, TopOrigin = "https://portal.example" }))
            .ShouldBeOfType<RegistrationOutcome.Verified>();
    }

    [Theory]
    [InlineData("https://example.org/", "https://example.org", true)]
    [InlineData("https://example.org:443", "https://example.org", true)]
    [InlineData("https://Example.org/login", "https://example.org", true)]
    [InlineData("http://localhost:4455", "http://localhost:4455", true)]
    [InlineData("http://localhost:4455", "http://localhost:4456", false)]
    [InlineData("android:apk-key-hash:abc", "android:apk-key-hash:abc", true)]
    [InlineData("android:apk-key-hash:abc", "android:apk-key-hash:ABC", false)]
    public void Origins_are_compared_by_scheme_host_and_port(string configured, string origin, bool holds) => new OriginList([configured]).Holds(origin).ShouldBe(holds);

    [Fact]
    public void Counters_that_do_not_go_up_are_a_warning()
    {
        foreach (var (kept, sent, cloned) in ((uint, uint, bool)[])[(0, 0, false), (0, 1, false), (5, 6, false), (5, 5, true), (5, 4, true), (5, 0, true), (uint.MaxValue, 1, true)])
        {
            key.Counter = sent - 1;
            Assertion.Verify(Asked(), Known() with { SignCount = kept }, key.Get(Challenge)).ShouldBeOfType<AssertionOutcome.Verified>().Evidence.MayBeCloned.ShouldBe(cloned, $"{kept} then {sent}");
        }
    }

    [Fact]
    public void The_user_handle_has_to_fit_where_it_is_sent_and_be_there_where_nobody_was_named()
    {
        Fault(Assertion.Verify(Asked() with { UserHandle = "another"u8.ToArray() }, Known(), key.Get(Challenge))).ShouldBe((FaultKind.UserHandle, "7.2:6"));
        Assertion.Verify(Asked(), Known(), key.Get(Challenge) with { UserHandle = null }).ShouldBeOfType<AssertionOutcome.Verified>();
        Fault(Assertion.Verify(Asked() with { RequiresUserHandle = true }, Known(), key.Get(Challenge) with { UserHandle = null })).ShouldBe((FaultKind.UserHandle, "7.2:6"));
        Fault(Assertion.Verify(Asked() with { RequiresUserHandle = true }, Known(), key.Get(Challenge) with { UserHandle = [] })).ShouldBe((FaultKind.UserHandle, "7.2:6"));
    }

    [Fact]
    public void A_key_that_was_not_asked_for_and_another_s_signature_are_refused()
    {
        using var other = new SoftKey();
        Fault(Assertion.Verify(Asked() with { Allowed = [other.Id] }, Known(), key.Get(Challenge))).ShouldBe((FaultKind.CredentialId, "7.2:5"));
        Fault(Assertion.Verify(Asked(), Known() with { PublicKey = other.Cose() }, key.Get(Challenge))).ShouldBe((FaultKind.Signature, "7.2:22"));
        Fault(Assertion.Verify(Asked(), Known() with { PublicKey = "not a key"u8.ToArray() }, key.Get(Challenge))).ShouldBe((FaultKind.PublicKey, "7.2:22"));
        Fault(Assertion.Verify(Asked(), Known(), key.Get(Challenge) with { Signature = [] })).ShouldBe((FaultKind.Signature, "7.2:22"));
    }

    public void Dispose() => key.Dispose();

    private RegistrationOutcome Register(SoftKey.Says says) => Registration.Verify(Expected(), key.Create(Challenge, says));

    private KnownKey Known() => new(key.Id, key.Cose(), 0, false);

    private AssertionExpectation Asked() => new() { RpId = SoftKey.RpId, Origins = new OriginList([SoftKey.Origin]), Challenge = Challenge, UserHandle = key.UserHandle };

    internal static RegistrationExpectation ExpectedFor(byte[] challenge) => new()
    {
        RpId = SoftKey.RpId, Origins = new OriginList([SoftKey.Origin]), Challenge = challenge, Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    private static RegistrationExpectation Expected() => ExpectedFor(Challenge);

    internal static (FaultKind, string) Fault(RegistrationOutcome outcome) => outcome.ShouldBeOfType<RegistrationOutcome.Rejected>(outcome.ToString()).Fault is var f ? (f.Kind, f.Step) : default;

    internal static (FaultKind, string) Fault(AssertionOutcome outcome) => outcome.ShouldBeOfType<AssertionOutcome.Rejected>(outcome.ToString()).Fault is var f ? (f.Kind, f.Step) : default;
}
