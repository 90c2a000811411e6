using System.Text.Json.Nodes;

namespace Ascent.Events;

/// <summary>
/// Something that happened and that an auditor would ask for. The type is one of <see cref="EventTypes"/>; the data hold ids and facts,
/// never secrets, and nothing of a person: where somebody was is in <see cref="Address"/> and <see cref="UserAgent"/>, which are
/// forgotten with the identity.
/// </summary>
internal sealed record Event(string Type)
{
    public Guid? IdentityId { get; init; }
    public Guid? SessionId { get; init; }

    /// <summary>Who did it: <c>self</c>, <c>admin</c> or <c>admin:</c> with the name of the token, <c>operator</c> (the command line) or <c>system</c>.</summary>
    public required string Actor { get; init; }

    public string? Address { get; init; }
    public string? UserAgent { get; init; }
    public JsonObject Data { get; init; } = [];
}

/// <summary>An event as it was written.</summary>
internal sealed record StoredEvent(Guid Id, DateTimeOffset At, string Type, string Actor)
{
    public Guid? IdentityId { get; init; }
    public Guid? SessionId { get; init; }
    public string? Address { get; init; }
    public string? UserAgent { get; init; }

    /// <summary>A JSON object.</summary>
    public required string Data { get; init; }
}
