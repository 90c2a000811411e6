using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;

namespace Ascent.Flows.Hooks;

/// <summary>
/// Makes of an answer what it says. A refusal with messages, <c>{"messages":[{"instance_ptr":"#/traits/email","messages":[…]}]}</c>, goes
/// to the form where the hook may interrupt; <c>{"identity":{…}}</c> changes the identity where it is parsed. Everything else that is
/// not a success is the other side's fault.
/// </summary>
internal static class WebHookAnswer
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public static WebHookResult Read(WebHookReply reply, HookSettings hook) => reply switch
    {
        WebHookReply.Overdue => new WebHookResult.Failed(ApiError.GatewayTimeout("A service that takes part in this did not answer in time. Please try again later.")),
        WebHookReply.Unusable => Improper("The web hook gave no usable answer"),
        WebHookReply.Answered { Status: >= 200 and < 300 } answer => Success(answer, hook),
        WebHookReply.Answered { Status: >= 400 } answer when hook.Response.Parse || hook.CanInterrupt => (WebHookResult?)Refusal(answer.Body) ?? BadStatus(answer.Status),
        WebHookReply.Answered answer => BadStatus(answer.Status),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static WebHookResult.Failed Improper(string message) => new(ApiError.BadGateway("A service that takes part in this answered improperly. Please try again later.") with { Message = message });

    private static WebHookResult.Failed BadStatus(int status) => Improper($"The web hook answered with status {status}");

    private static WebHookResult Success(WebHookReply.Answered answer, HookSettings hook)
    {
        if (!hook.Response.Parse || answer.Status == 204 || answer.Body.AsSpan().Trim(" \t\r\n"u8).IsEmpty) return new WebHookResult.Done();
        try
        {
            var root = JsonElement.Parse(answer.Body, Options);
            if (root.ValueKind != JsonValueKind.Object) return Improper("The web hook's answer is no JSON object");
            return Member(root, "identity") is { } identity ? new WebHookResult.Changed(Patch(identity)) : new WebHookResult.Done();
        }
        catch (JsonException)
        {
            return Improper("The web hook's answer is no JSON");
        }
        catch (FormatException e)
        {
            return Improper($"The web hook's answer cannot be used: {e.Message}");
        }
    }

    private static WebHookResult.Refused? Refusal(byte[] body)
    {
        try
        {
            var root = JsonElement.Parse(body, Options);
            if (root.ValueKind != JsonValueKind.Object || Member(root, "messages") is not { ValueKind: JsonValueKind.Array } places) return null;
            var messages = new List<FieldText>();
            foreach (var place in places.EnumerateArray())
            {
                if (place.ValueKind != JsonValueKind.Object || Member(place, "messages") is not { ValueKind: JsonValueKind.Array } texts) continue;
                var pointer = Member(place, "instance_ptr") is { ValueKind: JsonValueKind.String } at ? at.GetString()! : "";
                messages.AddRange(texts.EnumerateArray().Select(Text).OfType<UiText>().Select(t => new FieldText(pointer, t)));
            }
            return messages.Count > 0 ? new WebHookResult.Refused(messages) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Only the text is needed; an unknown type is an error, a missing number 0.</summary>
    private static UiText? Text(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Member(json, "text") is not { ValueKind: JsonValueKind.String } words) return null;
        var id = Member(json, "id") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var n) ? n : 0;
        var type = Member(json, "type") is { ValueKind: JsonValueKind.String } t ? t.GetString() : null;
        var context = Member(json, "context") is { ValueKind: JsonValueKind.Object } c ? JsonObject.Create(c.Clone()) : null;
        return new UiText(id, words.GetString()!, type switch { "info" => UiTextType.Info, "success" => UiTextType.Success, _ => UiTextType.Error }) { Context = context is { Count: > 0 } ? context : null };
    }

    /// <exception cref="FormatException">A member has a form that it may not have.</exception>
    private static IdentityPatch Patch(JsonElement identity)
    {
        if (identity.ValueKind != JsonValueKind.Object) throw new FormatException("identity must be an object");
        return new IdentityPatch
        {
            Traits = Member(identity, "traits") is { } traits ? traits.ValueKind == JsonValueKind.Object ? traits.GetRawText() : throw new FormatException("identity.traits must be an object") : null,
            MetadataPublic = Raw(identity, "metadata_public"),
            MetadataAdmin = Raw(identity, "metadata_admin"),
            SchemaId = NonEmpty(identity, "schema_id"),
            State = NonEmpty(identity, "state") is { } state ? IdentityStates.IsOne(state) ? state : throw new FormatException("identity.state must be active or inactive") : null,
            ExternalId = Words(identity, "external_id"),
            VerifiableAddresses = Member(identity, "verifiable_addresses") is { } list ? Addresses(list) : null,
        };
    }

    private static List<AddressMark> Addresses(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) throw new FormatException("identity.verifiable_addresses must be a list");
        return [.. list.EnumerateArray().Select(a =>
        {
            if (a.ValueKind != JsonValueKind.Object || NonEmpty(a, "via") is not { } via || NonEmpty(a, "value") is not { } value)
                throw new FormatException("each of identity.verifiable_addresses needs via and value");
            if (!AddressVias.IsOne(via)) throw new FormatException("via in identity.verifiable_addresses must be email or sms");
            var normalised = (via == AddressVias.Sms ? Identifiers.NormalizePhone(value) : Identifiers.NormalizeEmail(value)) ?? value.Trim();
            var status = NonEmpty(a, "status");
            if (status is not null && !AddressStatuses.IsOne(status)) throw new FormatException("the status of an address must be pending, sent or completed");
            return new AddressMark(via, normalised, Member(a, "verified") is { ValueKind: JsonValueKind.True }, status);
        })];
    }

    /// <summary>Null where it is missing or null.</summary>
    private static JsonElement? Member(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>As it stands there, also where it is null.</summary>
    private static string? Raw(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetRawText() : null;

    private static string? Words(JsonElement json, string name) => Member(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new FormatException($"{name} must be text"),
    };

    private static string? NonEmpty(JsonElement json, string name) => Words(json, name) is { Length: > 0 } text ? text : null;
}
