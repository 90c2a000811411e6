using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Crypto;

namespace Ascent.Courier;

/// <summary>What a message says, and what it was made of.</summary>
internal sealed record MessageContent(string Subject, string Body, string? Html, JsonObject Data, JsonObject RequestHeaders)
{
    public override string ToString() => "message content";
}

/// <summary>Keeps contents so that who reads the database learns no code: encrypted, each for its own row.</summary>
internal sealed class MessageSeal(Cipher cipher)
{
    private const string Purpose = "courier-message";

    public string Close(Guid id, MessageContent content) => cipher.Encrypt(Purpose, new JsonObject
    {
        ["subject"] = content.Subject, ["body"] = content.Body, ["html"] = content.Html, ["data"] = content.Data.DeepClone(), ["headers"] = content.RequestHeaders.DeepClone(),
    }.ToJsonString(), id.ToString());

    /// <summary>The content sealed anew where an older secret sealed it; null where nothing changes.</summary>
    /// <exception cref="InvalidOperationException">No secret opens it.</exception>
    public string? Reseal(Guid id, string sealedContent) => cipher.IsCurrent(Purpose, sealedContent) ? null
        : cipher.Encrypt(Purpose, cipher.Decrypt(Purpose, sealedContent, id.ToString()) ?? throw new InvalidOperationException($"The content of message {id} cannot be decrypted."), id.ToString());

    /// <summary>Null where there is nothing, or nothing that the configured secrets open.</summary>
    public MessageContent? Open(Guid id, string? sealedContent)
    {
        if (sealedContent is null || cipher.Decrypt(Purpose, sealedContent, id.ToString()) is not { } text) return null;
        try
        {
            var json = JsonNode.Parse(text)!.AsObject();
            return new MessageContent((string)json["subject"]!, (string)json["body"]!, (string?)json["html"], json["data"]!.AsObject(), json["headers"]!.AsObject());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            return null;
        }
    }
}
