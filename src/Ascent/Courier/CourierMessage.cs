using System.Text.Json.Nodes;

namespace Ascent.Courier;

/// <summary>By which way a message goes.</summary>
internal enum MessageChannel { Email, Sms }

internal static class MessageChannels
{
    extension(MessageChannel)
    {
        /// <summary>The way to an address, as its <c>via</c> says, or the one that was stored.</summary>
        public static MessageChannel Of(string via) => via == "sms" ? MessageChannel.Sms : MessageChannel.Email;
    }
}

/// <summary>
/// A message to somebody: its words are the template's, what stands in their gaps is <paramref name="TemplateData"/>, by the names
/// of the wire contract: <c>recovery_code</c>, <c>verification_code</c>, <c>login_code</c>, <c>registration_code</c>,
/// <c>recovery_url</c>, <c>verification_url</c>, <c>expires_in_minutes</c>, <c>identity</c>, <c>traits</c>, <c>request_url</c>,
/// <c>transient_payload</c>, <c>changed_at</c>, <c>added_at</c>. <c>to</c> is filled in from the recipient; what a channel does
/// not have (<c>verification_url</c> in a text message) is left out, what it has more (<c>request_url_domain</c>) is worked out.
/// </summary>
/// <param name="Locale">Such as <c>de</c> or <c>de-CH</c>; a template of that name is taken where there is one.</param>
internal sealed record CourierMessage(MessageChannel Channel, string Recipient, TemplateType TemplateType, JsonObject TemplateData, string? Locale = null)
{
    /// <summary>Headers of the request that caused the message, as an HTTP service may see them.</summary>
    public JsonObject? RequestHeaders { get; init; }

    /// <summary>Codes and addresses stay out of whatever prints this.</summary>
    public override string ToString() => $"{TemplateType.Name} by {Channel}";
}
