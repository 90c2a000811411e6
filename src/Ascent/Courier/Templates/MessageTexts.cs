using System.Text.Json.Nodes;

namespace Ascent.Courier.Templates;

internal enum TextPart { Subject, Plain, Html, Sms }

/// <summary>Every text of one configuration, read and found good. What is asked for in a locale falls back to its language, then to the text for all.</summary>
/// <param name="domain">The site that telephones may fill a code in on. It is ours, whatever host the request for the code named.</param>
internal sealed class MessageTexts(IReadOnlyDictionary<(TemplateType Type, TextPart Part, string Locale), TextTemplate> all, string domain)
{
    /// <summary>The message in words, with the data as an HTTP service gets them.</summary>
    public MessageContent Render(CourierMessage message)
    {
        var data = DataOf(message);
        var headers = (JsonObject?)message.RequestHeaders?.DeepClone() ?? [];
        if (message.Channel == MessageChannel.Email)
        {
            var subject = string.Join(' ', Fill(TextPart.Subject).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            return new MessageContent(subject, Fill(TextPart.Plain), Fill(TextPart.Html), data, headers);
        }
        var text = Fill(TextPart.Sms).Trim();
        // On the wire a recovery's code in a text message goes by the other name.
        if (data.Remove("recovery_code", out var code)) data["verification_code"] = code;
        return new MessageContent("", text, null, data, headers);

        string Fill(TextPart part) => Find(message.TemplateType, part, message.Locale).Fill(data);
    }

    private TextTemplate Find(TemplateType type, TextPart part, string? locale)
    {
        for (var l = locale?.Replace('_', '-').ToLowerInvariant() ?? ""; l.Length > 0; l = l.LastIndexOf('-') is > 0 and var cut ? l[..cut] : "")
            if (all.TryGetValue((type, part, l), out var own)) return own;
        return all[(type, part, "")];
    }

    private JsonObject DataOf(CourierMessage message)
    {
        var data = (JsonObject)message.TemplateData.DeepClone();
        data["to"] = message.Recipient;
        if (message.Channel == MessageChannel.Email) return data;
        if (message.TemplateType == TemplateType.VerificationCodeValid) data.Remove("verification_url");
        data["request_url_domain"] = domain;
        return data;
    }
}
