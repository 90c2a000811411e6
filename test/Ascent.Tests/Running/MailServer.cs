using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Ascent.Tests.Running;

/// <summary>A mail as the server took it, with how its sender came.</summary>
internal sealed record TakenMail(string To, string From, string User, bool Tls, string Id, string Subject, string Text);

/// <summary>
/// A real mail server, of another make and in a process of its own, that wants STARTTLS and AUTH. Skips the test where Debian's
/// python3-aiosmtpd is not there.
/// </summary>
internal sealed class MailServer : IAsyncDisposable
{
    public const string User = "ascent@mail.example.org", Password = "a mail password: 100%/@";
    private const string Python = "/usr/bin/python3";

    private readonly DirectoryInfo directory;
    private readonly Process process;

    private MailServer(DirectoryInfo directory, Process process, int port) => (this.directory, this.process, Port) = (directory, process, port);

    public int Port { get; }

    private string Ledger => Path.Combine(directory.FullName, "ledger");

    /// <param name="seconds">How long a mail takes before it is written down, and again until that is said.</param>
    public static async Task<MailServer> StartAsync(double seconds = 0)
    {
        if (!await IsThereAsync()) Assert.Skip("A mail server is not there: apt-get install python3-aiosmtpd");
        var folder = Directory.CreateTempSubdirectory("ascent-mail-");
        var (certificate, key) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
        await WriteCertificateAsync(certificate, key);
        var started = Start([Path.Combine(TestFiles.Root, "test/Ascent.Tests/Running/mail_server.py"), certificate, key, User, Password, Path.Combine(folder.FullName, "ledger"), FormattableString.Invariant($"{seconds}")]);
        // It complains of each connection, and would stand still once nobody listened any more.
        var complaints = started.StandardError.ReadToEndAsync();
        var line = await started.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return int.TryParse(line, out var port) ? new MailServer(folder, started, port) : throw new InvalidOperationException(await complaints);
    }

    /// <summary>The configuration's courier.</summary>
    public string Courier(string password = Password, string query = "?skip_ssl_verify=true", string worker = "pull_count: 10, pull_wait: 100ms") => $$"""

        courier:
          worker: { {{worker}} }
          smtp: { connection_uri: "smtp://{{Uri.EscapeDataString(User)}}:{{Uri.EscapeDataString(password)}}@127.0.0.1:{{Port}}/{{query}}", from_address: no-reply@example.org }
        """;

    public IReadOnlyList<TakenMail> Mails()
    {
        if (!File.Exists(Ledger)) return [];
        using var file = new FileStream(Ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
        process.Dispose();
        directory.Delete(recursive: true);
    }

    private static TakenMail Read(string line)
    {
        var mail = JsonElement.Parse(line);
        string Text(string name) => mail.GetProperty(name).GetString()!;
        return new TakenMail(string.Join(',', mail.GetProperty("to").EnumerateArray().Select(t => t.GetString())), Text("from"), Text("user"), mail.GetProperty("tls").GetBoolean(), Text("id"), Text("subject"), Text("text"));
    }

    private static async Task<bool> IsThereAsync()
    {
        if (!File.Exists(Python)) return false;
        using var probe = Start(["-c", "import aiosmtpd"]);
        probe.StandardInput.Close();
        await probe.WaitForExitAsync();
        return probe.ExitCode == 0;
    }

    private static Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Python) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static async Task WriteCertificateAsync(string certificate, string key)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example.org", ecdsa, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        await File.WriteAllTextAsync(certificate, made.ExportCertificatePem());
        await File.WriteAllTextAsync(key, ecdsa.ExportPkcs8PrivateKeyPem());
    }
}
