using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Ascent.Methods.WebAuthn.Attestation;
using Ascent.Methods.WebAuthn.Ceremony;
using Shouldly;

namespace Ascent.Tests.Methods.WebAuthn;

/// <summary>The test vectors of Web Authentication Level 3.</summary>
public sealed class VectorTests
{
    private const string File = "data/webauthn-l3-vectors.json";

    public static TheoryData<string> Names => TestFiles.Shared(File) is { } path
        ? [.. JsonElement.Parse(System.IO.File.ReadAllText(path)).GetProperty("vectors").EnumerateArray().Select(v => v.GetProperty("name").GetString()!)]
        : ["all of them"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_vector_s_registration_and_assertion_are_accepted(string name)
    {
        var (document, vector) = Find(name);
        var made = Registration.Verify(Expectation(document, vector.GetProperty("registration")), Answer(vector.GetProperty("registration")));
        if (name == "packed-ed448")
        {
            // Ed448 is no algorithm that we offer: neither the framework nor our Ed25519 has it.
            made.ShouldBeOfType<RegistrationOutcome.Rejected>().Fault.Kind.ShouldBe(FaultKind.Algorithm);
            return;
        }
        var key = made.ShouldBeOfType<RegistrationOutcome.Verified>(made.ToString()).Key;
        Convert.ToHexStringLower(key.Id).ShouldBe(Hex(vector.GetProperty("registration"), "credential_id"));
        key.Aaguid.ShouldBe(new Guid(Bytes(vector.GetProperty("registration"), "aaguid"), bigEndian: true));
        name.ShouldStartWith(key.AttestationFormat + "-");
        key.Attestation.Type.ShouldBe(TypeOf(name));
        key.Attestation.Trusted.ShouldBe(key.Attestation.TrustPath.Count > 0);

        var authentication = vector.GetProperty("authentication");
        var answer = new AssertionAnswer(key.Id, Bytes(authentication, "clientDataJSON"), Bytes(authentication, "authenticatorData"), Bytes(authentication, "signature"), null);
        var expected = new AssertionExpectation
        {
            RpId = document.GetProperty("rpId").GetString()!, Origins = Origins(document, "origin"), TopOrigins = Origins(document, "topOrigin"), AllowsUnknownFrames = true,
            Challenge = Bytes(authentication, "challenge"), UserHandle = [1], Allowed = [key.Id],
        };
        var outcome = Assertion.Verify(expected, new KnownKey(key.Id, key.PublicKey, key.SignCount, key.BackupEligible), answer);
        outcome.ShouldBeOfType<AssertionOutcome.Verified>(outcome.ToString());

        // The same with one bit of the signature changed, and of what is signed.
        Assertion.Verify(expected, new KnownKey(key.Id, key.PublicKey, key.SignCount, null), answer with { Signature = Flipped(answer.Signature) })
            .ShouldBeOfType<AssertionOutcome.Rejected>().Fault.Kind.ShouldBe(FaultKind.Signature);
        Assertion.Verify(expected, new KnownKey(key.Id, key.PublicKey, key.SignCount, null), answer with { AuthenticatorData = Flipped(answer.AuthenticatorData) })
            .ShouldBeOfType<AssertionOutcome.Rejected>().Fault.Kind.ShouldBe(FaultKind.Signature);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_attestation_of_a_vector_is_refused_where_one_bit_of_it_is_changed(string name)
    {
        var (document, vector) = Find(name);
        var registration = vector.GetProperty("registration");
        var expected = Expectation(document, registration) with { RequiresTrustedAttestation = name.StartsWith("none", StringComparison.Ordinal) is false && !name.Contains("self", StringComparison.Ordinal) };
        var answer = Answer(registration);
        var accepted = 0;
        for (var at = 0; at < answer.AttestationObject.Length; at++)
        {
            var bytes = answer.AttestationObject.ToArray();
            bytes[at] ^= 0x01;
            if (Registration.Verify(expected, answer with { AttestationObject = bytes }) is RegistrationOutcome.Verified) accepted++;
        }
        // Without an attestation nothing binds the bytes; with one, what is neither signed nor checked is a handful at most.
        if (!name.StartsWith("none", StringComparison.Ordinal)) accepted.ShouldBeLessThan(answer.AttestationObject.Length / 20, name);
    }

    [Fact]
    public void An_attestation_that_leads_to_no_trusted_root_is_refused_where_one_is_asked_for()
    {
        var (document, vector) = Find("packed-es256");
        var expected = Expectation(document, vector.GetProperty("registration"));
        Registration.Verify(expected with { TrustAnchors = [] }, Answer(vector.GetProperty("registration"))).ShouldBeOfType<RegistrationOutcome.Verified>().Key.Attestation.Trusted.ShouldBeFalse();
        Registration.Verify(expected with { TrustAnchors = [], RequiresTrustedAttestation = true }, Answer(vector.GetProperty("registration")))
            .ShouldBeOfType<RegistrationOutcome.Rejected>().Fault.ShouldSatisfyAllConditions(f => f.Kind.ShouldBe(FaultKind.AttestationTrust), f => f.Step.ShouldBe("7.1:29"));
    }

    [Fact]
    public void A_frame_is_refused_unless_it_is_expected()
    {
        var (document, vector) = Find("none-es256-topOrigin");
        var registration = vector.GetProperty("registration");
        Registration.Verify(Expectation(document, registration) with { TopOrigins = new OriginList([]) }, Answer(registration)).ShouldBeOfType<RegistrationOutcome.Rejected>().Fault.Kind.ShouldBe(FaultKind.CrossOrigin);
        (document, vector) = Find("none-es256-crossOrigin");
        registration = vector.GetProperty("registration");
        Registration.Verify(Expectation(document, registration) with { AllowsUnknownFrames = false }, Answer(registration)).ShouldBeOfType<RegistrationOutcome.Rejected>().Fault.Kind.ShouldBe(FaultKind.CrossOrigin);
    }

    private static AttestationType TypeOf(string name) => name switch
    {
        _ when name.StartsWith("none", StringComparison.Ordinal) => AttestationType.None,
        _ when name.StartsWith("packed-self", StringComparison.Ordinal) => AttestationType.Self,
        _ when name.StartsWith("tpm", StringComparison.Ordinal) => AttestationType.AttestationCa,
        _ when name.StartsWith("apple", StringComparison.Ordinal) => AttestationType.AnonymizationCa,
        _ => AttestationType.Basic,
    };

    private static (JsonElement Document, JsonElement Vector) Find(string name)
    {
        if (TestFiles.Shared(File) is not { } path)
        {
            Assert.Skip($"The vectors are not there: ../shared/{File}");
            return default;
        }
        var document = JsonElement.Parse(System.IO.File.ReadAllText(path));
        return (document, document.GetProperty("vectors").EnumerateArray().Single(v => v.GetProperty("name").GetString() == name));
    }

    private static RegistrationExpectation Expectation(JsonElement document, JsonElement registration) => new()
    {
        RpId = document.GetProperty("rpId").GetString()!, Origins = Origins(document, "origin"), TopOrigins = Origins(document, "topOrigin"), AllowsUnknownFrames = true,
        Challenge = Bytes(registration, "challenge"), Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        TrustAnchors = [X509CertificateLoader.LoadCertificate(Bytes(document, "attestationRootCertificate"))],
    };

    private static AttestationAnswer Answer(JsonElement registration) => new(Bytes(registration, "clientDataJSON"), Bytes(registration, "attestationObject"), []);

    private static OriginList Origins(JsonElement document, string name) => new([document.GetProperty(name).GetString()!]);

    private static string Hex(JsonElement holder, string name) => holder.GetProperty(name).GetString()!.ToLowerInvariant();

    private static byte[] Bytes(JsonElement holder, string name) => Convert.FromHexString(holder.GetProperty(name).GetString()!);

    private static byte[] Flipped(byte[] bytes)
    {
        var copy = bytes.ToArray();
        copy[^1] ^= 1;
        return copy;
    }
}
