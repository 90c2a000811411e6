using Ascent.Config;
using Ascent.Courier.Channels;
using Ascent.Courier.Templates;
using Ascent.Http;
using Ascent.Jsonnet;

namespace Ascent.Courier;

/// <summary>What sending needs of one configuration, read and found good: texts, and the way of each channel (null where there is none).</summary>
internal sealed record CourierSetup(MessageTexts Texts, ICourierChannel? Email, ICourierChannel? Sms);

/// <summary>The courier's share of the configuration: every template and every way is read before it comes into force.</summary>
internal sealed class CourierPart(ConfigReferences references, Ascent.Jsonnet.Templates templates, OutboundClient client, TimeProvider time) : IConfigPart
{
    private volatile CourierSetup? current;

    public CourierSetup Current => current ?? throw new InvalidOperationException("No configuration is in force yet.");

    public async Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct)
    {
        var faults = new List<ConfigFault>();
        var texts = await new TextLoader(references, next.Clients.Http, next.Serve.Public.BaseUrl).LoadAsync(next.Courier, faults, ct);
        var email = await EmailAsync(next, faults, ct);
        var sms = await ChannelAsync(next, "sms", faults, ct);
        return faults.Count > 0 ? PreparedPart.Faulty(faults) : new PreparedPart([], () => current = new CourierSetup(texts, email, sms));
    }

    /// <summary>A channel called email comes first, then the strategy decides.</summary>
    private async Task<ICourierChannel?> EmailAsync(AscentConfig config, List<ConfigFault> faults, CancellationToken ct)
    {
        if (config.Courier.Channels.Any(c => c.Id == "email")) return await ChannelAsync(config, "email", faults, ct);
        if (config.Courier.DeliveryStrategy == DeliveryStrategy.Http)
            return config.Courier.Http.RequestConfig is { } request ? await HttpAsync(config, request, "courier.http.request_config", faults, ct) : null;
        return SmtpServer.Read(config, faults) is { } server ? new SmtpChannel(server, time) : null;
    }

    private async Task<ICourierChannel?> ChannelAsync(AscentConfig config, string id, List<ConfigFault> faults, CancellationToken ct)
    {
        for (var i = 0; i < config.Courier.Channels.Count; i++)
            if (config.Courier.Channels[i] is { } channel && channel.Id == id)
                return await HttpAsync(config, channel.RequestConfig, $"courier.channels.{i}.request_config", faults, ct);
        return null;
    }

    private async Task<ICourierChannel?> HttpAsync(AscentConfig config, CourierRequest request, string path, List<ConfigFault> faults, CancellationToken ct)
    {
        Template? body = null;
        if (request.Body is { } reference)
        {
            try
            {
                switch (await templates.ReadAsync(await references.FetchAsync(reference, config.Clients.Http, ct), ct))
                {
                    case TemplateResult.Good good:
                        body = good.Template;
                        break;
                    case TemplateResult.Faulty faulty:
                        faults.Add(new ConfigFault($"{path}.body", faulty.Message));
                        return null;
                }
            }
            catch (ConfigReferenceException e)
            {
                faults.Add(new ConfigFault($"{path}.body", e.Message));
                return null;
            }
        }
        return new HttpChannel(request, body, templates, client, config.Clients.Http, time);
    }
}
