using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>The certificates of an attestation statement, and what formats ask of the first.</summary>
internal static class Certificates
{
    private const string AaguidExtension = "1.3.6.1.4.1.45724.1.1.4";
    private const int MostInPath = 10;

    /// <summary>The statement's <c>x5c</c>, the attestation certificate first; null where it is no list of DER certificates.</summary>
    public static IReadOnlyList<X509Certificate2>? Of(CborMap statement)
    {
        if (statement.Array("x5c") is not { Count: > 0 and <= MostInPath } list) return null;
        var certificates = new List<X509Certificate2>();
        foreach (var item in list)
        {
            // The loader would take PEM too, and what comes after the certificate.
            if (item is not byte[] { Length: > 0 } der || der[0] != 0x30) return null;
            var certificate = X509CertificateLoader.LoadCertificate(der);
            if (certificate.RawData.Length != der.Length) return null;
            certificates.Add(certificate);
        }
        return certificates;
    }

    public static X509Extension? Extension(this X509Certificate2 certificate, string oid) => certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == oid);

    /// <summary>Basic constraints are there and say that it is no CA.</summary>
    public static bool IsEndEntity(this X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: false };

    /// <summary>The certificate's id-fido-gen-ce-aaguid is not there, or names the model that the authenticator data name.</summary>
    public static bool NamesModel(this X509Certificate2 certificate, Guid aaguid)
    {
        if (certificate.Extension(AaguidExtension) is not { } extension) return true;
        var value = AsnDecoder.ReadOctetString(extension.RawData, AsnEncodingRules.DER, out var read);
        return !extension.Critical && read == extension.RawData.Length && value.Length == 16 && new Guid(value, bigEndian: true) == aaguid;
    }

    /// <summary>The first value of an attribute in the subject.</summary>
    public static string? Subject(this X509Certificate2 certificate, string oid) => certificate.SubjectName.EnumerateRelativeDistinguishedNames()
        .Where(rdn => !rdn.HasMultipleElements && rdn.GetSingleElementType().Value == oid)
        .Select(rdn => rdn.GetSingleElementValue())
        .FirstOrDefault();
}

/// <summary>Whether a chain of certificates leads to a root that we trust (step 25 of a registration). Nothing is fetched for it.</summary>
internal static class TrustPath
{
    public static bool LeadsTo(IReadOnlyList<X509Certificate2> anchors, IReadOnlyList<X509Certificate2> path, DateTimeOffset now)
    {
        if (anchors.Count == 0 || path.Count == 0) return false;
        // "… or is itself an acceptable certificate".
        if (anchors.Any(a => a.RawDataMemory.Span.SequenceEqual(path[0].RawDataMemory.Span))) return true;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors.ToArray());
        chain.ChainPolicy.ExtraStore.AddRange(path.Skip(1).ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        var trusted = chain.Build(path[0]);
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return trusted;
    }
}
