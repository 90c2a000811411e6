using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Courier;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>Which words a message gets: the configuration's, a folder's, or ours.</summary>
public sealed class TextLoaderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ascent-texts-");

    public void Dispose() => folder.Delete(recursive: true);

    public static TheoryData<string> Types => [.. TemplateType.All.Select(t => t.Name)];

    [Theory, MemberData(nameof(Types))]
    public async Task Every_type_has_words_of_ours_on_every_channel(string name)
    {
        var type = TemplateType.All.Single(t => t.Name == name);
        var part = await PartAsync(new CourierConfig());
        var data = new JsonObject
        {
            ["recovery_code"] = "111111", ["verification_code"] = "111111", ["login_code"] = "111111", ["registration_code"] = "111111", ["expires_in_minutes"] = 15,
            ["recovery_url"] = "https://id.example.org/self-service/recovery?flow=1&token=a", ["verification_url"] = "https://id.example.org/self-service/verification?code=1&flow=a",
            ["changed_at"] = "2026-01-02", ["added_at"] = "2026-01-02", ["request_url"] = "https://evil.example/x",
        };
        var mail = part.Current.Texts.Render(new CourierMessage(MessageChannel.Email, "ada@example.org", type, data));
        var sms = part.Current.Texts.Render(new CourierMessage(MessageChannel.Sms, "+49176", type, data));
        foreach (var text in (string[])[mail.Subject, mail.Body, mail.Html!, sms.Body])
        {
            text.ShouldNotBeNullOrWhiteSpace();
            text.ShouldNotContain("{{");
            text.ShouldNotContain("}}");
        }
        mail.Subject.ShouldNotContain("111111");
        var secret = name.Contains("invalid", StringComparison.Ordinal) || name is "verifiable_address_changed" or "authenticator_key_added" or "registration_taken" ? null
            : name.Contains("code", StringComparison.Ordinal) ? "111111" : "/self-service/";
        if (secret is null) return;
        foreach (var text in (string[])[mail.Body, mail.Html!, sms.Body]) text.ShouldContain(secret);
        mail.Body.ShouldContain("15 minutes");
        if (secret == "111111") sms.Body.ShouldEndWith("\n\n@id.example.org #111111");
    }

    [Fact]
    public async Task A_text_message_has_the_data_of_its_channel()
    {
        var part = await PartAsync(new CourierConfig());
        var data = new JsonObject { ["recovery_code"] = "1", ["request_url"] = "https://evil.example:8443/x" };
        var sms = part.Current.Texts.Render(new CourierMessage(MessageChannel.Sms, "+49176", TemplateType.RecoveryCodeValid, data));
        sms.Data.Select(d => d.Key).Order().ShouldBe(["request_url", "request_url_domain", "to", "verification_code"]);
        ((string?)sms.Data["request_url_domain"]).ShouldBe("id.example.org");
        sms.Subject.ShouldBeEmpty();
        sms.Html.ShouldBeNull();
        data.ContainsKey("to").ShouldBeFalse("the caller's data stay as they are");
        part.Current.Texts.Render(new CourierMessage(MessageChannel.Email, "a@example.org", TemplateType.RecoveryCodeValid, data)).Data.Select(d => d.Key).Order().ShouldBe(["recovery_code", "request_url", "to"]);
        var verification = new JsonObject { ["verification_code"] = "1", ["verification_url"] = "https://x.example/" };
        part.Current.Texts.Render(new CourierMessage(MessageChannel.Sms, "+49176", TemplateType.VerificationCodeValid, verification)).Data.ContainsKey("verification_url").ShouldBeFalse();
    }

    [Fact]
    public async Task The_configuration_s_texts_win_over_the_folder_s_and_those_over_ours()
    {
        Put("recovery_code/valid/email.subject.gotmpl", "folder subject\n");
        Put("recovery_code/valid/email.body.plaintext.gotmpl", "folder text {{ .RecoveryCode }}");
        var file = Put("own.gotmpl", "own subject {{ .To }}");
        var content = await RenderAsync(new CourierConfig
        {
            TemplateOverridePath = folder.FullName,
            Templates = new TemplatesConfig { RecoveryCode = new ValidityTemplates { Valid = new MessageTemplate { Email = new EmailTemplate { Subject = "file://" + file } } } },
        });
        content.Subject.ShouldBe("own subject ada@example.org");
        content.Body.ShouldBe("folder text 111111");
        content.Html.ShouldNotBeNull().ShouldContain("<!DOCTYPE html>");
    }

    [Theory]
    [InlineData(null, "en 111111")]
    [InlineData("de", "de 111111")]
    [InlineData("de-CH", "de-ch 111111")]
    [InlineData("de_CH", "de-ch 111111")]
    [InlineData("de-AT-1996", "de 111111")]
    [InlineData("fr", "en 111111")]
    public async Task A_locale_s_file_is_taken_where_there_is_one(string? locale, string expected)
    {
        Put("recovery_code/valid/email.body.plaintext.gotmpl", "en {{ .RecoveryCode }}");
        Put("recovery_code/valid/email.body.plaintext.de.gotmpl", "de {{ .RecoveryCode }}");
        Put("recovery_code/valid/email.body.plaintext.de_CH.gotmpl", "de-ch {{ .RecoveryCode }}");
        (await RenderAsync(new CourierConfig { TemplateOverridePath = folder.FullName }, locale)).Body.ShouldBe(expected);
    }

    [Fact]
    public async Task Files_beside_a_text_are_parts_by_their_name()
    {
        Put("recovery_code/valid/email.body.gotmpl", "{{ if eq .TransientPayload.lang \"de\" }}{{ template \"email.body.deutsch.gotmpl\" . }}{{ end }}");
        Put("recovery_code/valid/email.body.deutsch.gotmpl", "<p>{{ .RecoveryCode }}</p>");
        (await RenderAsync(new CourierConfig { TemplateOverridePath = folder.FullName })).Html.ShouldBe("<p>111111</p>");
    }

    [Fact]
    public async Task Every_mistake_is_told_with_its_key_and_nothing_comes_into_force()
    {
        Put("login_code/valid/sms.body.gotmpl", "x\n{{ .Code }}");
        var bad = new CourierConfig
        {
            TemplateOverridePath = folder.FullName,
            Templates = new TemplatesConfig
            {
                Recovery = new ValidityTemplates { Valid = new MessageTemplate { Email = new EmailTemplate { Subject = "file:///nowhere.gotmpl", Body = new EmailBody { Html = Data("<script>{{ .To }}") } } } },
                AuthenticatorKeyAdded = new MessageTemplate { Sms = new SmsTemplate { Body = new SmsBody { Plaintext = "base64:///w==" } } },
            },
            Smtp = new SmtpConfig
            {
                ConnectionUri = new Secret("smtp://host:25/?disable_startls=true&skip_ssl_verify=maybe"), LocalName = "a b", ClientCertPath = "/nowhere.pem",
                Headers = new Dictionary<string, string> { ["Subject"] = "x", ["X Y"] = "x", ["X-Two"] = "a\r\nBcc: b" },
            },
            Channels = [new ChannelConfig { Id = "sms", RequestConfig = new CourierRequest { Url = "https://sms.example/", Body = Data("{\"to\": \"{{ ctx.recipient\"}") } }],
        };
        var (part, faults) = await CourierBench.PrepareAsync(new AscentConfig { Courier = bad });
        string Of(string path) => string.Join('\n', faults.Where(f => f.Path == path).Select(f => f.Message));
        Of("courier.templates.recovery.valid.email.subject").ShouldContain("cannot be read");
        Of("courier.templates.recovery.valid.email.body.html").ShouldContain("<script>");
        Of("courier.templates.authenticator_key_added.sms.body.plaintext").ShouldBe("is not UTF-8");
        Of("courier.template_override_path").ShouldContain("sms.body.gotmpl: line 2: {{ .Code }}");
        Of("courier.smtp.connection_uri").ShouldContain("disable_startls");
        Of("courier.smtp.connection_uri").ShouldContain("skip_ssl_verify must be true or false");
        Of("courier.smtp.local_name").ShouldNotBeEmpty();
        Of("courier.smtp.client_key_path").ShouldContain("missing");
        Of("courier.smtp.headers.Subject").ShouldContain("itself");
        Of("courier.smtp.headers.X Y").ShouldContain("no name");
        Of("courier.smtp.headers.X-Two").ShouldContain("one line");
        Of("courier.channels.0.request_config.body").ShouldNotBeEmpty();
        Should.Throw<InvalidOperationException>(() => part.Current);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_a_mistake() =>
        (await CourierBench.PrepareAsync(new AscentConfig { Courier = new CourierConfig { TemplateOverridePath = Path.Combine(folder.FullName, "no") } })).Faults.ShouldContain(f => f.Path == "courier.template_override_path");

    [Theory]
    [InlineData("smtp://user:secret@ho st:25/")]
    [InlineData("smtp:nothing")]
    public async Task A_server_s_address_that_is_none_is_told_without_its_password(string uri)
    {
        var fault = (await CourierBench.PrepareAsync(CourierBench.Settings(uri))).Faults.ShouldHaveSingleItem();
        fault.Path.ShouldBe("courier.smtp.connection_uri");
        fault.Message.ShouldNotContain("secret");
    }

    private static async Task<MessageContent> RenderAsync(CourierConfig config, string? locale = null) => (await PartAsync(config)).Current.Texts.Render(
        new CourierMessage(MessageChannel.Email, "ada@example.org", TemplateType.RecoveryCodeValid, new JsonObject { ["recovery_code"] = "111111", ["transient_payload"] = new JsonObject { ["lang"] = "de" } }, locale));

    private static async Task<CourierPart> PartAsync(CourierConfig config)
    {
        var (part, faults) = await CourierBench.PrepareAsync(new AscentConfig { Courier = config, Serve = new ServeConfig { Public = new PublicConfig { BaseUrl = "https://id.example.org/" } } });
        faults.ShouldBeEmpty();
        return part;
    }

    private string Put(string path, string text)
    {
        var full = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    private static string Data(string text) => "base64://" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
