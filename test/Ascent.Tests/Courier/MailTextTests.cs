using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Courier;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>What a mail looks like on the wire, as a server received it.</summary>
public sealed class MailTextTests
{
    [Fact]
    public async Task A_mail_has_what_mails_have()
    {
        var (mail, id) = await SendAsync(CourierBench.LoginCode());
        mail.Header("From").ShouldBe("\"Ascent\" <no-reply@example.org>");
        mail.Header("To").ShouldBe(CourierBench.Ada);
        mail.Header("Date").ShouldBe("Fri, 02 Jan 2026 03:04:05 +0000");
        mail.Header("Message-ID").ShouldBe($"<{id:n}@example.org>");
        mail.Header("MIME-Version").ShouldBe("1.0");
        mail.Header("Subject").ShouldNotBeNull().ShouldNotContain(CourierBench.Code, Case.Sensitive, "a subject is shown on locked screens");
        mail.Header("Content-Type").ShouldNotBeNull().ShouldStartWith("multipart/alternative; boundary=");
        mail.Raw.IndexOf("Content-Type: text/plain", StringComparison.Ordinal).ShouldBeLessThan(mail.Raw.IndexOf("Content-Type: text/html", StringComparison.Ordinal));
        foreach (var type in (string[])["text/plain", "text/html"]) mail.Part(type).ShouldContain(CourierBench.Code);
    }

    [Theory]
    [InlineData("plain words")]
    [InlineData("ünïcödé, a good deal longer than what fits into one encoded word of seventy-five characters")]
    [InlineData("日本語の件名はとても長いので一つの符号化語には収まりません。だから二つに分けます。")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀")]
    [InlineData("=?utf-8?Q?not_encoded?=")]
    [InlineData("one \"quoted\" <word>; and, more")]
    public async Task Every_subject_arrives_as_it_was(string subject)
    {
        var (mail, _) = await SendAsync(CourierBench.LoginCode(), subject: subject);
        Decoded(mail.Header("Subject")!).ShouldBe(subject);
        Lines(mail).ShouldAllBe(l => l.Length <= 78);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".\r\n.\r\n..\r\n")]
    [InlineData("a\r\n.\r\nMAIL FROM:<eve@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\n")]
    [InlineData("a\n.\nQUIT\n")]
    [InlineData("a\r.\rQUIT\r")]
    [InlineData("ends in a blank \nand a tab\t\n = and =3D =")]
    [InlineData("grüße, Ørsted & Łukasz; mostly ASCII, so that it stays readable to whoever looks at the source of the mail, line after line of it")]
    [InlineData("Привет, вот ваш код")]
    [InlineData("日本語\n\n\n日本語")]
    public async Task Every_text_arrives_as_it_was(string text)
    {
        var (mail, _) = await SendAsync(CourierBench.LoginCode(), text: text);
        mail.Part("text/plain").TrimEnd('\r', '\n').ShouldBe(text.ReplaceLineEndings("\r\n").TrimEnd('\r', '\n'));
        Lines(mail).ShouldAllBe(l => l.Length <= 78 && l.All(char.IsAscii));
    }

    [Fact]
    public async Task A_very_long_line_is_broken_and_put_together_again()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789=ü ", 2000));
        var (mail, _) = await SendAsync(CourierBench.LoginCode(), text: text);
        mail.Part("text/plain").Trim().ShouldBe(text.Trim());
        Lines(mail).ShouldAllBe(l => l.Length <= 78);
    }

    [Fact]
    public async Task No_value_can_begin_a_header()
    {
        const string Evil = "x\r\nBcc: eve@example.org\r\n\r\nhello";
        var message = CourierBench.LoginCode() with { TemplateData = new JsonObject { ["login_code"] = Evil, ["transient_payload"] = new JsonObject { ["subject"] = Evil } } };
        var (mail, _) = await SendAsync(message, subject: "{{ .TransientPayload.subject }}", text: "{{ .LoginCode }}");
        mail.Header("Bcc").ShouldBeNull();
        mail.Header("Subject").ShouldBe("x Bcc: eve@example.org hello");
        Lines(mail).TakeWhile(l => l.Length > 0).ShouldAllBe(l => !l.StartsWith("Bcc", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Configured_names_and_headers_are_encoded_and_win()
    {
        var (mail, _) = await SendAsync(CourierBench.LoginCode(), change: s => s with
        {
            FromName = "Jörg \"Ä\" Müller", Headers = new Dictionary<string, string> { ["Reply-To"] = "help@example.org", ["X-Tag"] = "größe", ["auto-submitted"] = "no" },
        });
        Decoded(mail.Header("From")!).ShouldBe("Jörg \"Ä\" Müller <no-reply@example.org>");
        mail.Header("Reply-To").ShouldBe("help@example.org");
        Decoded(mail.Header("X-Tag")!).ShouldBe("größe");
        mail.Header("Auto-Submitted").ShouldBe("no");
    }

    private static async Task<(ReceivedMail Mail, Guid Id)> SendAsync(CourierMessage message, string? subject = null, string? text = null, Func<SmtpConfig, SmtpConfig>? change = null)
    {
        await using var server = new TestMailServer();
        var email = new EmailTemplate { Subject = subject is null ? null : Data(subject), Body = new EmailBody { Plaintext = text is null ? null : Data(text) } };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(server, c => c with
        {
            Smtp = change?.Invoke(c.Smtp) ?? c.Smtp, Templates = new TemplatesConfig { LoginCode = new ValidityTemplates { Valid = new MessageTemplate { Email = email } } },
        }));
        var (sent, error) = await bench.TryAsync(message);
        error.ShouldBeNull();
        server.Mails.Count.ShouldBe(1);
        return (server.Mails.Single(), sent.Id);
    }

    private static string Data(string text) => "base64://" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string[] Lines(ReceivedMail mail) => mail.Raw.Split("\r\n");

    /// <summary>RFC 2047: encoded words side by side are one text.</summary>
    private static string Decoded(string value)
    {
        var text = new StringBuilder();
        foreach (var word in value.Split(' '))
            if (word.StartsWith("=?utf-8?B?", StringComparison.Ordinal) && word.EndsWith("?=", StringComparison.Ordinal)) text.Append(Encoding.UTF8.GetString(Convert.FromBase64String(word[10..^2])));
            else text.Append(text.Length > 0 ? " " : "").Append(word);
        return text.ToString();
    }
}
