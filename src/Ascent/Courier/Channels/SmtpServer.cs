using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ascent.Config;

namespace Ascent.Courier.Channels;

internal enum SmtpSecurity
{
    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>TLS before anything is said; a server without it is no server for us.</summary>
    StartTls,

    /// <summary>None, because the configuration says so.</summary>
    Plain,
}

/// <summary>The mail server and how we show ourselves to it, from <c>courier.smtp</c>.</summary>
internal sealed record SmtpServer
{
    private const string Path = "courier.smtp.connection_uri";
    private static readonly HashSet<string> OwnHeaders = new(["From", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Bcc", "Cc", "Sender"], StringComparer.OrdinalIgnoreCase);

    public required string Host { get; init; }
    public required int Port { get; init; }
    public required SmtpSecurity Security { get; init; }

    /// <summary>The name that the server's certificate must bear.</summary>
    public required string CertificateName { get; init; }
    public bool AnyCertificate { get; init; }
    public string? User { get; init; }
    public Secret? Password { get; init; }
    public X509Certificate2? ClientCertificate { get; init; }
    public required string LocalName { get; init; }
    public required string FromAddress { get; init; }
    public string? FromName { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }
    public bool OpenAddressesOnly { get; init; }

    public override string ToString() => $"{Host}:{Port}";

    /// <summary>Null where no server is configured, or where something about it is wrong.</summary>
    public static SmtpServer? Read(AscentConfig config, List<ConfigFault> faults)
    {
        var given = config.Courier.Smtp;
        var before = faults.Count;
        Check(given, faults);
        if (given.ConnectionUri is not { } secret) return null;
        if (!Uri.TryCreate(secret.Value, UriKind.Absolute, out var uri) || uri.Scheme is not ("smtp" or "smtps") || uri.IdnHost.Length == 0)
        {
            faults.Add(new ConfigFault(Path, "must be smtp://host:port/ or smtps://host:port/, with user:password@ before the host where the server wants it; other characters in these are percent-encoded"));
            return null;
        }
        var query = Query(uri, faults);
        var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? uri.UserInfo : uri.UserInfo[..colon]);
        var certificate = ClientCertificateOf(given, faults);
        if (faults.Count > before) return null;
        return new SmtpServer
        {
            Host = uri.IdnHost, Port = uri.Port > 0 ? uri.Port : uri.Scheme == "smtps" ? 465 : 25,
            Security = uri.Scheme == "smtps" ? SmtpSecurity.Tls : Flag(query, "disable_starttls") ? SmtpSecurity.Plain : SmtpSecurity.StartTls,
            CertificateName = query.GetValueOrDefault("server_name") is { Length: > 0 } name ? name : uri.IdnHost, AnyCertificate = Flag(query, "skip_ssl_verify"),
            User = user.Length > 0 ? user : null, Password = user.Length > 0 ? new Secret(colon < 0 ? "" : Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..])) : null,
            ClientCertificate = certificate, LocalName = given.LocalName, FromAddress = given.FromAddress, FromName = given.FromName, Headers = given.Headers,
            OpenAddressesOnly = config.Clients.Smtp.DisallowPrivateIpRanges,
        };
    }

    private static void Check(SmtpConfig given, List<ConfigFault> faults)
    {
        if (given.LocalName.Length == 0 || given.LocalName.AsSpan().ContainsAnyExceptInRange('!', '~')) faults.Add(new ConfigFault("courier.smtp.local_name", "must be a host name"));
        if (MailAddress.Parse(given.FromAddress) is null) faults.Add(new ConfigFault("courier.smtp.from_address", "must be an address such as no-reply@example.org"));
        foreach (var (name, value) in given.Headers)
        {
            var path = $"courier.smtp.headers.{name}";
            if (OwnHeaders.Contains(name)) faults.Add(new ConfigFault(path, "is set by the courier itself"));
            else if (name.Length == 0 || name.Contains(':', StringComparison.Ordinal) || name.AsSpan().ContainsAnyExceptInRange('!', '~')) faults.Add(new ConfigFault(path, "is no name of a header"));
            else if (value.Any(char.IsControl)) faults.Add(new ConfigFault(path, "must be one line"));
        }
    }

    private static Dictionary<string, string> Query(Uri uri, List<ConfigFault> faults)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? (pair[..at], Uri.UnescapeDataString(pair[(at + 1)..])) : (pair, "");
            all[name] = value;
            // legacy_ssl asks for what is done anyhow: STARTTLS on the port that is given.
            if (name is not ("skip_ssl_verify" or "disable_starttls" or "server_name" or "legacy_ssl"))
                faults.Add(new ConfigFault(Path, $"has the query parameter {name}; skip_ssl_verify, disable_starttls and server_name are understood"));
            else if (name != "server_name" && value is not ("true" or "false" or "1" or "0" or "")) faults.Add(new ConfigFault(Path, $"the query parameter {name} must be true or false"));
        }
        return all;
    }

    private static bool Flag(Dictionary<string, string> query, string name) => query.GetValueOrDefault(name) is "true" or "1";

    private static X509Certificate2? ClientCertificateOf(SmtpConfig given, List<ConfigFault> faults)
    {
        if (given.ClientCertPath is not { Length: > 0 } certificate)
        {
            if (given.ClientKeyPath is { Length: > 0 }) faults.Add(new ConfigFault("courier.smtp.client_cert_path", "is missing beside client_key_path"));
            return null;
        }
        if (given.ClientKeyPath is not { Length: > 0 } key)
        {
            faults.Add(new ConfigFault("courier.smtp.client_key_path", "is missing beside client_cert_path"));
            return null;
        }
        try
        {
            using var read = X509Certificate2.CreateFromPemFile(certificate, key);
            // A key that was read from a file apart must be stored with the certificate before TLS takes it.
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigFault("courier.smtp.client_cert_path", $"cannot be used with its key: {e.Message}"));
            return null;
        }
    }
}
