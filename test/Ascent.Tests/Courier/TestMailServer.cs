using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ascent.Tests.Running;

namespace Ascent.Tests.Courier;

internal sealed record ReceivedMail(string From, string To, string Raw, bool Secure, string? User)
{
    /// <summary>The header's value, unfolded.</summary>
    public string? Header(string name)
    {
        var head = Raw[..Raw.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Replace("\r\n ", " ", StringComparison.Ordinal);
        return head.Split("\r\n").Where(l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 2)..]).SingleOrDefault();
    }

    /// <summary>The text of the part with this type, its transfer encoding undone.</summary>
    public string Part(string type)
    {
        var boundary = "\r\n--" + Header("Content-Type")!.Split("boundary=")[1];
        var part = Raw.Split(boundary).Single(p => p.Contains($"Content-Type: {type};", StringComparison.Ordinal));
        var cut = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var body = part[(cut + 4)..];
        if (part[..cut].Contains("base64", StringComparison.Ordinal)) return Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\r\n", "", StringComparison.Ordinal)));
        var bytes = new List<byte>();
        body = body.Replace("=\r\n", "", StringComparison.Ordinal);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == '=') bytes.Add(Convert.FromHexString(body.AsSpan(i + 1, 2))[0]);
            else bytes.Add((byte)body[i]);
            if (body[i] == '=') i += 2;
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}

/// <summary>A mail server on a port of its own that takes mail, or does what a test wants instead.</summary>
internal sealed class TestMailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;
    private int connections;

    public TestMailServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();
    public ConcurrentQueue<string> Commands { get; } = new();
    public int Connections => connections;

    public X509Certificate2? Certificate { get; init; }

    /// <summary>TLS from the first byte; otherwise STARTTLS where there is a certificate.</summary>
    public bool Implicit { get; init; }
    public bool WantsClientCertificate { get; init; }
    public string? ClientCertificate { get; private set; }
    public string Mechanisms { get; init; } = "";
    public string Password { get; init; } = "";

    /// <summary>Further abilities, lines of EHLO's answer.</summary>
    public string[] Abilities { get; init; } = ["8BITMIME"];

    /// <summary>Gives the reply to a command in the usual one's place; "end" closes, "silence" says nothing more.</summary>
    public Func<string, string?>? Instead { get; set; }

    public static X509Certificate2 NewCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                Interlocked.Increment(ref connections);
                _ = Task.Run(() => ServeAsync(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client) await new Conversation(this, client.GetStream()).RunAsync(end.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // The client left.
        }
    }

    private sealed class Conversation(TestMailServer server, Stream first)
    {
        private Stream stream = first;
        private bool secure;
        private string from = "", to = "";
        private string? user;

        public async Task RunAsync(CancellationToken ct)
        {
            if (server.Implicit) await SecureAsync(ct);
            await SayAsync(server.Instead?.Invoke("") ?? "220 test ESMTP", ct);
            while (await LineAsync(ct) is { } line)
            {
                server.Commands.Enqueue(line);
                if (server.Instead?.Invoke(line) is { } instead)
                {
                    if (instead == "end") return;
                    if (instead == "silence") await Poll.NeverAsync(ct);
                    await SayAsync(instead, ct);
                    continue;
                }
                if (!await AnswerAsync(line, ct)) return;
            }
        }

        private async Task<bool> AnswerAsync(string line, CancellationToken ct)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    string[] all = ["test", .. server.Abilities, .. server.Certificate is not null && !secure ? ["STARTTLS"] : Array.Empty<string>(), .. server.Mechanisms.Length > 0 ? ["AUTH " + server.Mechanisms] : Array.Empty<string>()];
                    await SayAsync(string.Join("\r\n", all.Select((a, i) => (i == all.Length - 1 ? "250 " : "250-") + a)), ct);
                    break;
                case "STARTTLS":
                    await SayAsync("220 go", ct);
                    await SecureAsync(ct);
                    break;
                case "AUTH":
                    await SayAsync(await AuthenticateAsync(line, ct) ? "235 welcome" : "535 no", ct);
                    break;
                case "MAIL":
                    from = Between(line);
                    await SayAsync("250 ok", ct);
                    break;
                case "RCPT":
                    to = Between(line);
                    await SayAsync("250 ok", ct);
                    break;
                case "DATA":
                    await SayAsync("354 go on", ct);
                    var raw = new StringBuilder();
                    while (await LineAsync(ct) is { } text && text != ".") raw.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
                    if (server.Instead?.Invoke(".") is { } instead)
                    {
                        await SayAsync(instead, ct);
                        break;
                    }
                    server.Mails.Enqueue(new ReceivedMail(from, to, raw.ToString(), secure, user));
                    await SayAsync("250 kept", ct);
                    break;
                case "QUIT":
                    await SayAsync("221 bye", ct);
                    return false;
                default:
                    await SayAsync("502 what?", ct);
                    break;
            }
            return true;
        }

        private async Task<bool> AuthenticateAsync(string line, CancellationToken ct)
        {
            if (line.StartsWith("AUTH PLAIN ", StringComparison.Ordinal))
            {
                var parts = Text(line[11..]).Split('\0');
                user = parts[1];
                return parts[2] == server.Password;
            }
            await SayAsync("334 VXNlcm5hbWU6", ct);
            user = Text((await LineAsync(ct))!);
            await SayAsync("334 UGFzc3dvcmQ6", ct);
            return Text((await LineAsync(ct))!) == server.Password;
        }

        private async Task SecureAsync(CancellationToken ct)
        {
            var tls = new SslStream(stream);
            stream = tls;
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = server.Certificate, ClientCertificateRequired = server.WantsClientCertificate,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    server.ClientCertificate = certificate?.Subject;
                    return certificate is not null || !server.WantsClientCertificate;
                },
            }, ct);
            secure = true;
        }

        private async Task SayAsync(string text, CancellationToken ct) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), ct);

        private async Task<string?> LineAsync(CancellationToken ct)
        {
            var line = new List<byte>();
            var one = new byte[1];
            while (await stream.ReadAsync(one, ct) == 1)
            {
                if (one[0] == '\n' && line is [.., (byte)'\r']) return Encoding.UTF8.GetString([.. line[..^1]]);
                line.Add(one[0]);
            }
            return null;
        }

        private static string Between(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
        private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
    }
}
