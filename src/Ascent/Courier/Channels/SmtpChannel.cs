using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Ascent.Courier.Channels;

/// <summary>Mail by SMTP, a connection for each. What the server refuses with 5xx about this mail is refused for good.</summary>
internal sealed class SmtpChannel(SmtpServer server, TimeProvider time) : ICourierChannel
{
    public async Task<Delivery> SendAsync(Outgoing message, CancellationToken ct)
    {
        if (MailAddress.Parse(message.Recipient) is not { } to) return new Delivery.Refused("The recipient is not an address that mail can be sent to.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var timer = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, ICourierChannel.Patience, Timeout.InfiniteTimeSpan);
        try
        {
            return await ConverseAsync(message, to, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new Delivery.Failed($"The mail server {server} did not answer in time.");
        }
        catch (SmtpException e)
        {
            return new Delivery.Failed($"The mail server {server}: {e.Message}.");
        }
        catch (AuthenticationException)
        {
            return new Delivery.Failed($"The mail server {server} has no certificate for {server.CertificateName} that can be trusted, or speaks no TLS; courier.smtp.connection_uri takes ?server_name=… and, for tests, ?skip_ssl_verify=true.");
        }
        catch (SocketException e)
        {
            return new Delivery.Failed($"The mail server {server} cannot be reached ({e.SocketErrorCode}).");
        }
        catch (IOException e)
        {
            return new Delivery.Failed($"The mail server {server}: {e.Message}");
        }
    }

    private async Task<Delivery> ConverseAsync(Outgoing message, MailAddress to, CancellationToken ct)
    {
        await using var connection = await SmtpConnection.OpenAsync(server, ct);
        Expect(await connection.ReadAsync(ct), 220, "its greeting");
        var abilities = await GreetAsync(connection, ct);
        if (server.Security == SmtpSecurity.StartTls)
        {
            if (!abilities.ContainsKey("STARTTLS")) return new Delivery.Failed($"The mail server {server} offers no STARTTLS; use smtps://, or ?disable_starttls=true where the network can be trusted.");
            Expect(await connection.AskAsync("STARTTLS", ct), 220, "STARTTLS");
            await connection.SecureAsync(server, ct);
            abilities = await GreetAsync(connection, ct);
        }
        if (server.User is { } user && abilities.TryGetValue("AUTH", out var mechanisms)) await AuthenticateAsync(connection, user, server.Password?.Value ?? "", mechanisms, ct);
        if (to.NeedsUtf8 && !abilities.ContainsKey("SMTPUTF8")) return new Delivery.Refused("The recipient's address has characters that the mail server cannot take.");
        var utf8 = to.NeedsUtf8 ? " SMTPUTF8" : "";
        if (Refusal(await connection.AskAsync($"MAIL FROM:<{MailAddress.Parse(server.FromAddress)}>{utf8}", ct), "the sender") is { } no) return no;
        if (Refusal(await connection.AskAsync($"RCPT TO:<{to}>", ct), "the recipient") is { } nobody) return nobody;
        if (Refusal(await connection.AskAsync("DATA", ct), "a mail") is { } not) return not;
        if (Refusal(await connection.SendAsync(MailText.Write(message, to, server, time), ct), "the mail") is { } after) return after;
        await QuitAsync(connection, ct);
        return new Delivery.Sent();
    }

    private async Task<Dictionary<string, string>> GreetAsync(SmtpConnection connection, CancellationToken ct)
    {
        var reply = Expect(await connection.AskAsync($"EHLO {server.LocalName}", ct), 250, "EHLO");
        var abilities = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in reply.Lines.Skip(1))
        {
            var words = line.Split([' ', '='], 2);
            abilities[words[0]] = words.Length > 1 ? words[1] : "";
        }
        return abilities;
    }

    private static async Task AuthenticateAsync(SmtpConnection connection, string user, string password, string mechanisms, CancellationToken ct)
    {
        var offered = mechanisms.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (offered.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            Expect(await connection.AskAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", ct), 235, "the credentials");
        }
        else if (offered.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            Expect(await connection.AskAsync("AUTH LOGIN", ct), 334, "AUTH LOGIN");
            Expect(await connection.AskAsync(Base64(user), ct), 334, "the user");
            Expect(await connection.AskAsync(Base64(password), ct), 235, "the credentials");
        }
        else throw new SmtpException(0, "it wants neither AUTH PLAIN nor AUTH LOGIN");
    }

    // The mail is with the server already; how it takes leave changes nothing.
    private static async Task QuitAsync(SmtpConnection connection, CancellationToken ct)
    {
        try
        {
            await connection.AskAsync("QUIT", ct);
        }
        catch (Exception e) when (e is IOException or SmtpException or OperationCanceledException)
        {
            // Gone without a word.
        }
    }

    private Delivery? Refusal(SmtpReply reply, string what) => reply.Code switch
    {
        >= 200 and < 400 => null,
        >= 500 and < 600 => new Delivery.Refused($"The mail server {server} refused {what}: {reply.Shown}"),
        _ => new Delivery.Failed($"The mail server {server} did not take {what}: {reply.Shown}"),
    };

    // Some servers repeat what was sent to them: of a refusal of credentials only the code is told.
    private static SmtpReply Expect(SmtpReply reply, int code, string what) =>
        reply.Code == code ? reply : throw new SmtpException(reply.Code, $"to {what} it says {reply.Code}");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
