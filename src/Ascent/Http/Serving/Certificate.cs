using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ascent.Config;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ascent.Http.Serving;

/// <summary>
/// The certificate of a listener. Its files are looked at when somebody connects, at most once a second, so that a renewed certificate is
/// used without a restart. A renewal that cannot be used (half written, of another key, over already) is told once and looked at again:
/// the old one stays in use.
/// </summary>
internal sealed partial class Certificate(TlsConfig config, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private X509Certificate2? current;
    private X509Certificate2Collection chain = [];
    private SslStreamCertificateContext? context;
    private (DateTime, DateTime) fileTimes;
    private bool broken;
    private string? told;
    private long looked;

    /// <summary>Where renewals and what is wrong with them are told; not before the server has a log.</summary>
    public ILogger Log { get; set; } = NullLogger.Instance;

    public X509Certificate2 Current
    {
        get
        {
            lock (gate)
            {
                Refresh();
                return current!;
            }
        }
    }

    /// <summary>The certificate with what stands behind it in its file.</summary>
    public SslStreamCertificateContext Context
    {
        get
        {
            lock (gate)
            {
                Refresh();
                return context ??= SslStreamCertificateContext.Create(current!, chain, offline: true);
            }
        }
    }

    private void Refresh()
    {
        if (current is not null && (time.GetElapsedTime(looked) < Look || !broken && FileTimes() == fileTimes)) return;
        looked = time.GetTimestamp();
        try
        {
            var renews = current;
            Load();
            (broken, told) = (false, null);
            if (renews is not null) LogRenewed(Log, config.Cert.Path, current!.Subject, current.NotAfter.ToUniversalTime());
        }
        catch (Exception e) when (current is not null)
        {
            broken = true;
            if (told != e.Message) LogBroken(Log, config.Cert.Path, e.Message, current.NotAfter.ToUniversalTime());
            told = e.Message;
        }
    }

    private void Load()
    {
        var times = FileTimes();
        var text = Pem(config.Cert, "cert");
        using var pem = X509Certificate2.CreateFromPem(text, Pem(config.Key, "key"));
        var all = new X509Certificate2Collection();
        all.ImportFromPem(text);
        // A key straight from PEM is not usable for TLS everywhere; a round trip through PKCS#12 is.
        var next = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        if (current is not null && next.NotAfter.ToUniversalTime() <= time.GetUtcNow().UtcDateTime) throw new CryptographicException($"it is over since {next.NotAfter.ToUniversalTime():O}.");
        (current, chain, context, fileTimes) = (next, [.. all.Skip(1)], null, times);
    }

    private static string Pem(PemConfig pem, string what) =>
        pem.Path is { Length: > 0 } path ? File.ReadAllText(path)
        : pem.Base64 is { } base64 ? Encoding.UTF8.GetString(Convert.FromBase64String(base64.Value))
        : throw new InvalidOperationException($"tls.{what} needs a path or base64.");

    private (DateTime, DateTime) FileTimes() => (TimeOf(config.Cert), TimeOf(config.Key));

    private static DateTime TimeOf(PemConfig pem) => pem.Path is { Length: > 0 } path ? File.GetLastWriteTimeUtc(path) : default;

    [LoggerMessage(1, LogLevel.Information, "The certificate {File} was renewed: {Subject}, good until {Until:O}; new connections get it")]
    private static partial void LogRenewed(ILogger log, string? file, string subject, DateTime until);

    [LoggerMessage(2, LogLevel.Error, "The changed certificate {File} cannot be used: {Reason} The one before stays in use, good until {Until:O}")]
    private static partial void LogBroken(ILogger log, string? file, string reason, DateTime until);
}
