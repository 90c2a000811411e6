using System.Text.Json;

namespace Ascent.Config;

internal sealed record CourierConfig
{
    [Key("How mail is sent.")]
    public DeliveryStrategy DeliveryStrategy { get; init; } = DeliveryStrategy.Smtp;

    [Key("Further attempts after a failed one.", Min = 0, Max = 100)]
    public int MessageRetries { get; init; } = 5;

    [Key("The worker that sends.")]
    public CourierWorkerConfig Worker { get; init; } = new();

    [Key("Sending by SMTP.")]
    public SmtpConfig Smtp { get; init; } = new();

    [Key("Sending by an HTTP service.")]
    public CourierHttpConfig Http { get; init; } = new();

    [Key("Channels; one with id sms carries text messages.")]
    public IReadOnlyList<ChannelConfig> Channels { get; init; } = [];

    [Key("Text messages, before channels existed.", Ignored = true, Instead = "courier.channels")]
    public JsonElement? Sms { get; init; }

    [Key("A directory whose templates win over the built-in ones.")]
    public string? TemplateOverridePath { get; init; }

    [Key("Texts of messages.")]
    public TemplatesConfig Templates { get; init; } = new();
}

internal enum DeliveryStrategy { Smtp, Http }

internal sealed record CourierWorkerConfig
{
    [Key("Messages taken at once.", Min = 1, Max = 1000)]
    public int PullCount { get; init; } = 10;

    [Key("How often the queue is looked at.", Min = 0.001)]
    public TimeSpan PullWait { get; init; } = TimeSpan.FromSeconds(1);
}

internal sealed record SmtpConfig
{
    [Key("smtp://user:password@host:port/ or smtps://…; ?skip_ssl_verify=true, ?disable_starttls=true.", Format = TextFormat.Url)]
    public Secret? ConnectionUri { get; init; }

    [Key("The sender's address.", Format = TextFormat.Email)]
    public string FromAddress { get; init; } = "no-reply@ory.kratos.sh";

    [Key("The sender's name.")]
    public string? FromName { get; init; }

    [Key("Headers added to every mail.")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [Key("Our name in EHLO.")]
    public string LocalName { get; init; } = "localhost";

    [Key("Our client certificate's file, PEM.")]
    public string? ClientCertPath { get; init; }

    [Key("Its key's file, PEM.")]
    public string? ClientKeyPath { get; init; }
}

internal sealed record CourierHttpConfig
{
    [Key("The request.")]
    public CourierRequest? RequestConfig { get; init; }
}

internal sealed record CourierRequest
{
    [Key("Where to send.", Required = true, Format = TextFormat.HttpUrl)]
    public string Url { get; init; } = "";

    [Key("HTTP method.")]
    public string Method { get; init; } = "POST";

    [Key("Headers to send.")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [Key("A Jsonnet document that makes the body.", Default = "courier.http: one with recipient, template, codes, URLs, subject and body", Format = TextFormat.Document)]
    public string? Body { get; init; }

    [Key("How to authenticate.")]
    public RequestAuth? Auth { get; init; }
}

internal sealed record ChannelConfig
{
    [Key("sms, or email.", Required = true)]
    public string Id { get; init; } = "";

    [Key("http is the only type.")]
    public ChannelType Type { get; init; } = ChannelType.Http;

    [Key("The request; body is needed here.", Required = true)]
    public CourierRequest RequestConfig { get; init; } = new();
}

internal enum ChannelType { Http, Smtp }

internal sealed record TemplatesConfig
{
    [Key("Recovery by link.")]
    public ValidityTemplates Recovery { get; init; } = new();

    [Key("Recovery by code.")]
    public ValidityTemplates RecoveryCode { get; init; } = new();

    [Key("Verification by link.")]
    public ValidityTemplates Verification { get; init; } = new();

    [Key("Verification by code.")]
    public ValidityTemplates VerificationCode { get; init; } = new();

    [Key("Login by code.")]
    public ValidityTemplates LoginCode { get; init; } = new();

    [Key("Registration by code.")]
    public ValidityTemplates RegistrationCode { get; init; } = new();

    [Key("To a former address after a change.")]
    public MessageTemplate VerifiableAddressChanged { get; init; } = new();

    [Key("To an address that somebody signed up with though it, or a name beside it, is taken; see security.account_enumeration.mitigate.", Ours = true)]
    public MessageTemplate RegistrationTaken { get; init; } = new();

    [Key("To every address after a factor was added.", Planned = true)]
    public MessageTemplate AuthenticatorKeyAdded { get; init; } = new();
}

internal sealed record ValidityTemplates
{
    [Key("To a known address.")]
    public MessageTemplate Valid { get; init; } = new();

    [Key("To an unknown address.")]
    public MessageTemplate Invalid { get; init; } = new();
}

internal sealed record MessageTemplate
{
    [Key("As mail.")]
    public EmailTemplate Email { get; init; } = new();

    [Key("As a text message.")]
    public SmsTemplate Sms { get; init; } = new();
}

internal sealed record EmailTemplate
{
    [Key("Its subject.", Format = TextFormat.Document)]
    public string? Subject { get; init; }

    [Key("Its body.")]
    public EmailBody Body { get; init; } = new();
}

internal sealed record EmailBody
{
    [Key("As plain text.", Format = TextFormat.Document)]
    public string? Plaintext { get; init; }

    [Key("As HTML.", Format = TextFormat.Document)]
    public string? Html { get; init; }
}

internal sealed record SmsTemplate
{
    [Key("Its body.")]
    public SmsBody Body { get; init; } = new();
}

internal sealed record SmsBody
{
    [Key("As plain text.", Format = TextFormat.Document)]
    public string? Plaintext { get; init; }
}
