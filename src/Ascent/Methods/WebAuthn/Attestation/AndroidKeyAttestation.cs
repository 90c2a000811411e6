using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>Section 8.4: Android's key store certifies the key, how it came to be and what it may do.</summary>
internal sealed class AndroidKeyAttestation : IAttestationFormat
{
    private const string DescriptionExtension = "1.3.6.1.4.1.11129.2.1.17";

    // KM_PURPOSE_SIGN and KM_ORIGIN_GENERATED.
    private const int PurposeSign = 2, OriginGenerated = 0;

    public AttestationEvidence? Verify(AttestationInput input, out string? fault)
    {
        var statement = input.Statement;
        if (statement.Bytes("sig") is not { } signature || CoseAlgorithm.Find(statement.Number("alg")) is not { } algorithm || Certificates.Of(statement) is not { } path)
        {
            fault = "The android-key statement lacks sig, a known alg or an x5c of certificates.";
            return null;
        }
        fault = Check(input, CoseKey.Of(path[0], algorithm), signature) ?? Check(path[0].Extension(DescriptionExtension)?.RawData, input.ClientDataHash);
        return fault is null ? new AttestationEvidence(AttestationType.Basic, path) : null;
    }

    private static string? Check(AttestationInput input, CoseKey? key, byte[] signature) =>
        key?.Verify(input.Signed, signature) != true ? "The android-key statement is not signed by its certificate's key."
        : !key.IsSame(input.Key) ? "The android-key statement's certificate is for another key."
        : null;

    private static string? Check(byte[]? description, byte[] clientDataHash)
    {
        if (description is null) return "The android-key statement's certificate has no description of the key.";
        var fields = new AsnReader(description, AsnEncodingRules.DER).ReadSequence();
        fields.ReadInteger();
        fields.ReadEncodedValue();
        fields.ReadInteger();
        fields.ReadEncodedValue();
        if (!CryptographicOperations.FixedTimeEquals(fields.ReadOctetString(), clientDataHash)) return "The android-key statement's certificate is for another request.";
        fields.ReadOctetString();
        var software = Authorizations.Read(fields.ReadSequence());
        var hardware = Authorizations.Read(fields.ReadSequence());
        // A key that any application may use is not scoped to the party. Keys in software count too, as both lists together.
        if (software.AllApplications || hardware.AllApplications) return "The android-key statement is for a key that all applications may use.";
        // The W3C's own vector says nothing of origin and purpose; what is said must be right.
        if ((hardware.Origin ?? software.Origin ?? OriginGenerated) != OriginGenerated) return "The android-key statement is for a key that was not generated there.";
        List<BigInteger> purposes = [.. software.Purposes, .. hardware.Purposes];
        return purposes.TrueForAll(p => p == PurposeSign) ? null : "The android-key statement is for a key that is for more than signing.";
    }

    /// <summary>What a list says of the few things that are asked; each is tagged explicitly.</summary>
    private sealed record Authorizations(bool AllApplications, BigInteger? Origin, IReadOnlyList<BigInteger> Purposes)
    {
        private const int PurposeTag = 1, AllApplicationsTag = 600, OriginTag = 702;

        public static Authorizations Read(AsnReader list)
        {
            var all = false;
            BigInteger? origin = null;
            var purposes = new List<BigInteger>();
            while (list.HasData)
            {
                var tag = list.PeekTag();
                var value = list.ReadSequence(tag);
                switch (tag.TagValue)
                {
                    case PurposeTag:
                        for (var set = value.ReadSetOf(); set.HasData;) purposes.Add(set.ReadInteger());
                        break;
                    case AllApplicationsTag:
                        all = true;
                        break;
                    case OriginTag:
                        origin = value.ReadInteger();
                        break;
                }
            }
            return new Authorizations(all, origin, purposes);
        }
    }
}
