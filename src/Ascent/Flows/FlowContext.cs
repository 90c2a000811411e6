using Ascent.Config;
using Ascent.Crypto.Hashing;
using Ascent.Http;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows;

/// <summary>One request to a flow: who asks, with which session, under which configuration. Made once, read by all.</summary>
internal sealed record FlowContext(HttpContext Http, AscentConfig Config, Guid Nid, DateTimeOffset Now, PresentedSession Presented)
{
    /// <summary>Set where a browser acts for a native app, whose flow it is: answers lead back to the app.</summary>
    public AppReturn? App { get; init; }

    /// <summary>The session that came along, if it is good.</summary>
    public Session? Session => Presented.ActiveAt(Now);

    /// <summary>Errors and submissions are answered as JSON.</summary>
    public bool IsJson => Negotiation.IsJsonRequest(Http);

    /// <summary>Whose hashing this is, so that one client does not keep the others waiting; null where a proxy of ours named nobody.</summary>
    public HashingClient? Hashing => ThrottleClient.Of(Http) is { } client ? new HashingClient(client.Name, client.Kind == ThrottleKind.Neighbour ? 0.75 : 0.5) : null;

    public CancellationToken Ct => Http.RequestAborted;

    /// <summary>A parameter of the query; absent and empty are the same, since clients send all they know of.</summary>
    public string? Query(string name) => Http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    public Guid? QueryId(string name) => Guid.TryParseExact(Query(name), "D", out var id) ? id : null;

    public bool QueryFlag(string name) => Query(name) is "1" or "t" or "T" or "true" or "TRUE" or "True";
}

internal sealed class FlowContexts(ConfigStore config, Tenant tenant, TimeProvider time, CurrentSession sessions)
{
    public async Task<FlowContext> OpenAsync(HttpContext http)
    {
        var presented = await sessions.ResolveAsync(http);
        var context = new FlowContext(http, config.Current, tenant.Nid, Instant.Truncate(time.GetUtcNow()), presented);
        if (context.Session is { } session) RequestNotes.Of(http).IdentityId = session.IdentityId;
        return context;
    }
}
