using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Ascent.Config;
using Ascent.Courier;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>The mail client against a server that is really there.</summary>
public sealed class SmtpTests
{
    private const string Host = "mail.example.org";

    [Fact]
    public async Task By_STARTTLS_nothing_is_said_in_the_clear()
    {
        await using var server = new TestMailServer { Certificate = TestMailServer.NewCertificate(Host), Mechanisms = "LOGIN PLAIN", Password = "p@ss:wörd" };
        await using var bench = await StartAsync($"smtp://us%40er:p%40ss%3Aw%C3%B6rd@127.0.0.1:{server.Port}/?skip_ssl_verify=true");
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldBeNull();
        var mail = server.Mails.Single();
        (mail.Secure, mail.User, mail.From, mail.To).ShouldBe((true, "us@er", "no-reply@example.org", CourierBench.Ada));
        server.Commands.Take(3).ShouldBe(["EHLO localhost", "STARTTLS", "EHLO localhost"]);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("XOAUTH2 LOGIN")]
    public async Task By_TLS_from_the_start_credentials_go_as_the_server_takes_them(string mechanisms)
    {
        await using var server = new TestMailServer { Certificate = TestMailServer.NewCertificate(Host), Implicit = true, Mechanisms = mechanisms, Password = "right" };
        await using var bench = await StartAsync($"smtps://user:right@127.0.0.1:{server.Port}/?skip_ssl_verify=true");
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldBeNull();
        server.Mails.Single().User.ShouldBe("user");
        await using var wrong = await StartAsync($"smtps://user:mistaken@127.0.0.1:{server.Port}/?skip_ssl_verify=true");
        var (message, error) = await wrong.TryAsync(CourierBench.LoginCode());
        message.Status.ShouldBe(MessageStatus.Queued, "credentials can be put right, so the message waits");
        error.ShouldNotBeNull().ShouldContain("535");
        error.ShouldNotContain("mistaken");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_gets_no_mail()
    {
        await using var server = new TestMailServer { Certificate = TestMailServer.NewCertificate(Host) };
        await using var bench = await StartAsync($"smtp://user:secret@127.0.0.1:{server.Port}/?server_name={Host}");
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("certificate");
        server.Mails.ShouldBeEmpty();
        server.Commands.ShouldNotContain(c => c.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_without_STARTTLS_gets_no_mail_unless_the_configuration_says_so()
    {
        await using var server = new TestMailServer();
        await using var bench = await StartAsync($"smtp://127.0.0.1:{server.Port}/");
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("disable_starttls");
        server.Commands.ShouldBe(["EHLO localhost"]);
    }

    [Fact]
    public async Task What_is_slipped_in_before_TLS_does_not_count()
    {
        await using var server = new TestMailServer { Certificate = TestMailServer.NewCertificate(Host), Instead = line => line == "STARTTLS" ? "220 go\r\n250-fake\r\n250 AUTH PLAIN" : null };
        await using var bench = await StartAsync($"smtp://user:secret@127.0.0.1:{server.Port}/?skip_ssl_verify=true");
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("before TLS");
        server.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task Our_own_certificate_is_shown()
    {
        using var own = TestMailServer.NewCertificate("client.example.org");
        var folder = Directory.CreateTempSubdirectory("ascent-mail-");
        var (certificate, key) = (Path.Combine(folder.FullName, "c.pem"), Path.Combine(folder.FullName, "k.pem"));
        await File.WriteAllTextAsync(certificate, own.ExportCertificatePem());
        await File.WriteAllTextAsync(key, own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using var server = new TestMailServer { Certificate = TestMailServer.NewCertificate(Host), Implicit = true, WantsClientCertificate = true };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings($"smtps://127.0.0.1:{server.Port}/?skip_ssl_verify=true",
            c => c with { Smtp = c.Smtp with { ClientCertPath = certificate, ClientKeyPath = key } }));
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldBeNull();
        server.ClientCertificate.ShouldBe("CN=client.example.org");
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData(".")]
    public async Task A_mail_that_is_refused_for_good_is_not_sent_again(string at)
    {
        await using var server = new TestMailServer { Instead = line => line == at || line.StartsWith(at + " ", StringComparison.Ordinal) ? "550 5.1.1 not here" : null };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(server));
        var (message, error) = await bench.TryAsync(CourierBench.LoginCode());
        (message.Status, message.SendCount).ShouldBe((MessageStatus.Abandoned, 1));
        error.ShouldNotBeNull().ShouldContain("550 5.1.1 not here");
    }

    [Theory]
    [InlineData("EHLO", "end", "closed the connection")]
    [InlineData("EHLO", "hello?", "otherwise than SMTP")]
    [InlineData("MAIL", "452 full", "452 full")]
    [InlineData("DATA", "end", "closed the connection")]
    [InlineData(".", "451 later", "451 later")]
    public async Task What_goes_wrong_for_now_is_tried_again(string at, string reply, string said)
    {
        await using var server = new TestMailServer { Instead = line => line.StartsWith(at, StringComparison.Ordinal) ? reply : null };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(server));
        var (message, error) = await bench.TryAsync(CourierBench.LoginCode());
        message.Status.ShouldBe(MessageStatus.Queued);
        error.ShouldNotBeNull().ShouldContain(said);
    }

    [Fact]
    public async Task A_reply_that_does_not_end_is_not_read_for_ever()
    {
        await using var server = new TestMailServer { Instead = line => line.StartsWith("EHLO", StringComparison.Ordinal) ? string.Join("\r\n", Enumerable.Repeat("250-x", 200)) : null };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(server));
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("does not end");
    }

    [Fact]
    public async Task A_silent_server_is_left_after_a_minute()
    {
        await using var server = new TestMailServer { Instead = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "silence" : null };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(server));
        var id = await bench.QueueAsync(CourierBench.LoginCode());
        var sending = bench.SendDueAsync();
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !server.Commands.Any(c => c.StartsWith("RCPT", StringComparison.Ordinal)); await Task.Yield()) clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        bench.Advance(TimeSpan.FromSeconds(61));
        (await sending.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(1);
        (await bench.LastErrorAsync(id)).ShouldNotBeNull().ShouldContain("in time");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_so()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        await using var bench = await StartAsync($"smtp://127.0.0.1:{((System.Net.IPEndPoint)reserved.LocalEndPoint!).Port}/");
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("ConnectionRefused");
    }

    [Fact]
    public async Task A_private_address_is_not_reached_where_that_is_forbidden()
    {
        await using var server = new TestMailServer();
        var settings = CourierBench.Settings(server);
        await using var bench = await CourierBench.StartAsync("sqlite", settings with { Clients = new ClientsConfig { Smtp = new SmtpClientConfig { DisallowPrivateIpRanges = true } } });
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("may not be reached");
        server.Connections.ShouldBe(0);
    }

    [Theory]
    [InlineData("ada@example.org\r\nRCPT TO:<eve@example.org>")]
    [InlineData("ada@example.org>\r\nDATA")]
    [InlineData("ada@example.org> SIZE=1")]
    [InlineData("\"ada eve\"@example.org")]
    [InlineData("<ada@example.org>")]
    [InlineData("ada@example.org,eve@example.org")]
    [InlineData("ada@exa mple.org")]
    [InlineData("ada@[127.0.0.1]")]
    [InlineData("ada\u2028@example.org")]
    [InlineData("nobody")]
    [InlineData("@example.org")]
    [InlineData("ada@")]
    [InlineData("")]
    public async Task No_recipient_can_say_more_than_who_it_is(string recipient)
    {
        await using var server = new TestMailServer();
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(server));
        var (message, error) = await bench.TryAsync(CourierBench.LoginCode(recipient));
        message.Status.ShouldBe(MessageStatus.Abandoned);
        error.ShouldNotBeNull().ShouldContain("not an address");
        server.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Addresses_of_other_scripts_go_where_the_server_takes_them()
    {
        await using var able = new TestMailServer { Abilities = ["SMTPUTF8"] };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(able));
        (await bench.TryAsync(CourierBench.LoginCode("jörg@bücher.example"))).Error.ShouldBeNull();
        able.Commands.ShouldContain("RCPT TO:<jörg@xn--bcher-kva.example>");
        able.Commands.ShouldContain(c => c.EndsWith(" SMTPUTF8", StringComparison.Ordinal));
        await using var plain = new TestMailServer();
        await using var other = await CourierBench.StartAsync("sqlite", CourierBench.Settings(plain));
        (await other.TryAsync(CourierBench.LoginCode("joerg@bücher.example"))).Error.ShouldBeNull();
        (await other.TryAsync(CourierBench.LoginCode("jörg@bücher.example"))).Error.ShouldNotBeNull().ShouldContain("cannot take");
    }

    private static Task<CourierBench> StartAsync(string uri) => CourierBench.StartAsync("sqlite", CourierBench.Settings(uri));
}
