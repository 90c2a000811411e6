using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Risk;

/// <summary>What an auditor is told of a wrong attempt. What was typed is not in it: it may be a password in the wrong field.</summary>
internal sealed record FailedAttempt(string EventType, string Method, HttpContext Http)
{
    public string? Aal { get; init; }

    /// <summary>The numbers of what the client was told.</summary>
    public IReadOnlyList<int> Messages { get; init; } = [];

    /// <summary>Whether not to know an account means that there is none; codes are judged without one.</summary>
    public bool NamesAccount { get; init; }

    public Event ToEvent(Guid? identityId, Guid? subject, int unwritten)
    {
        var data = new JsonObject { ["method"] = Method, ["reason"] = NamesAccount && identityId is null ? "unknown_account" : "wrong_proof" };
        if (Aal is not null) data["aal"] = Aal;
        if (Messages.Count > 0) data["messages"] = new JsonArray([.. Messages.Select(m => (JsonNode)m)]);
        if (subject is { } counted) data["subject"] = counted.ToString();
        if (unwritten > 0) data[EventSampler.Unwritten] = unwritten;
        return new Event(EventType) { Actor = "self", IdentityId = identityId, Address = ClientAddress.Of(Http).ToString(), UserAgent = UserAgent.Of(Http), Data = data };
    }
}
