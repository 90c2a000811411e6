using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ascent.Http;

namespace Ascent.Courier.Channels;

/// <summary>The server said no, or what no server says.</summary>
internal sealed class SmtpException(int code, string message) : Exception(message)
{
    /// <summary>The reply's code; 0 where there was no proper reply.</summary>
    public int Code { get; } = code;
}

internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int MostShown = 200;

    public string Shown
    {
        get
        {
            var text = string.Concat(string.Join(' ', Lines).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
            return $"{Code} {(text.Length > MostShown ? text[..MostShown] : text)}";
        }
    }
}

/// <summary>
/// A conversation by RFC 5321: commands out, replies in, TLS from the start (RFC 8314) or by STARTTLS (RFC 3207). Replies are
/// bounded, and whatever came before TLS is forgotten with it.
/// </summary>
internal sealed class SmtpConnection : IAsyncDisposable
{
    private const int MostInLine = 4096, MostLines = 100;
    private readonly byte[] buffer = new byte[8192];
    private Stream stream;
    private int from, until;

    private SmtpConnection(Stream stream) => this.stream = stream;

    public static async Task<SmtpConnection> OpenAsync(SmtpServer server, CancellationToken ct)
    {
        var socket = await OutboundConnection.OpenAsync(server.Host, server.Port, server.OpenAddressesOnly, ct);
        var connection = new SmtpConnection(new NetworkStream(socket, ownsSocket: true));
        try
        {
            if (server.Security == SmtpSecurity.Tls) await connection.SecureAsync(server, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task SecureAsync(SmtpServer server, CancellationToken ct)
    {
        // What was sent along with the answer to STARTTLS was sent in the clear, by whoever: it must not count as said in private.
        if (from < until) throw new SmtpException(0, "the server said more before TLS than it may");
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        stream = tls;
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = server.CertificateName,
            ClientCertificates = server.ClientCertificate is { } own ? [own] : null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || server.AnyCertificate,
        }, ct);
    }

    /// <summary>Sends one command and reads the reply.</summary>
    public async Task<SmtpReply> AskAsync(string command, CancellationToken ct)
    {
        if (command.AsSpan().ContainsAny('\r', '\n', '\0')) throw new SmtpException(0, "a command would have more than one line");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), ct);
        await stream.FlushAsync(ct);
        return await ReadAsync(ct);
    }

    /// <summary>Sends a text whose lines end in CRLF, dots at their beginning doubled, and the end sign; reads the reply.</summary>
    public async Task<SmtpReply> SendAsync(string text, CancellationToken ct)
    {
        var stuffed = (text[0] == '.' ? "." : "") + text.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(stuffed + ".\r\n"), ct);
        await stream.FlushAsync(ct);
        return await ReadAsync(ct);
    }

    public async Task<SmtpReply> ReadAsync(CancellationToken ct)
    {
        var lines = new List<string>();
        while (lines.Count < MostLines)
        {
            var line = await LineAsync(ct);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code) || (line.Length > 3 && line[3] is not (' ' or '-'))) throw new SmtpException(0, "the server answers otherwise than SMTP");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ') return new SmtpReply(code, lines);
        }
        throw new SmtpException(0, "the server's reply does not end");
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<string> LineAsync(CancellationToken ct)
    {
        var line = new List<byte>(128);
        while (true)
        {
            if (from == until)
            {
                (from, until) = (0, await stream.ReadAsync(buffer, ct));
                if (until == 0) throw new SmtpException(0, "the server closed the connection");
            }
            var b = buffer[from++];
            if (b == '\n') break;
            if (line.Count == MostInLine) throw new SmtpException(0, "the server's line does not end");
            line.Add(b);
        }
        if (line is [.., (byte)'\r']) line.RemoveAt(line.Count - 1);
        return Encoding.Latin1.GetString([.. line]);
    }
}
