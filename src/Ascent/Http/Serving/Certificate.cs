using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ascent.Config;

namespace Ascent.Http.Serving;

/// <summary>
/// The certificate of a listener. Files are looked at again from time to time, so that a renewed certificate is used
/// without a restart; a broken renewal keeps the old one in use.
/// </summary>
internal sealed class Certificate(TlsConfig config, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private X509Certificate2? current;
    private X509Certificate2Collection chain = [];
    private DateTime fileTime;
    private long looked;

    public X509Certificate2 Current
    {
        get
        {
            lock (gate)
            {
                if (current is not null && (time.GetElapsedTime(looked) < Look || FileTime() == fileTime)) return current;
                try
                {
                    Load();
                }
                catch (Exception) when (current is not null)
                {
                    looked = time.GetTimestamp();
                }
                return current!;
            }
        }
    }

    /// <summary>What stands behind the certificate in its file.</summary>
    public X509Certificate2Collection Chain => chain;

    private void Load()
    {
        looked = time.GetTimestamp();
        fileTime = FileTime();
        var text = Pem(config.Cert, "cert");
        using var pem = X509Certificate2.CreateFromPem(text, Pem(config.Key, "key"));
        var all = new X509Certificate2Collection();
        all.ImportFromPem(text);
        chain = [.. all.Skip(1)];
        // A key straight from PEM is not usable for TLS everywhere; a round trip through PKCS#12 is.
        current = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static string Pem(PemConfig pem, string what) =>
        pem.Path is { Length: > 0 } path ? File.ReadAllText(path)
        : pem.Base64 is { } base64 ? Encoding.UTF8.GetString(Convert.FromBase64String(base64.Value))
        : throw new InvalidOperationException($"tls.{what} needs a path or base64.");

    private DateTime FileTime() => config.Cert.Path is { Length: > 0 } path ? File.GetLastWriteTimeUtc(path) : default;
}
