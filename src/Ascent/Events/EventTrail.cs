using System.Collections;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Ascent.Config;
using Microsoft.Extensions.Logging;

namespace Ascent.Events;

/// <summary>Events that are committed, as lines of the log (<c>audience=audit</c>, switched by <c>audit.log</c>) and as figures.</summary>
internal sealed class EventTrail(ConfigStore config, ILoggerFactory logs)
{
    private static readonly Meter OwnMeter = new("Ascent.Events");
    private static readonly Counter<long> Written = OwnMeter.CreateCounter<long>("ascent.events", "{event}", "Events of the audit trail, by type");

    private readonly ILogger log = logs.CreateLogger("Ascent.Audit");

    public void Tell(StoredEvent e)
    {
        Written.Add(1, new KeyValuePair<string, object?>("type", e.Type));
        var settings = config.Current;
        if (!settings.Audit.Log || !log.IsEnabled(LogLevel.Information)) return;
        var shown = settings.Log.ClientAddress ? e : e with { Address = null, UserAgent = null };
        log.Log(LogLevel.Information, default, new AuditLine(shown), null, static (line, _) => line.ToString());
    }

    /// <summary>The fields of the line.</summary>
    private readonly struct AuditLine(StoredEvent e) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => Fields().Count();
        public KeyValuePair<string, object?> this[int index] => Fields().ElementAt(index);
        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Fields().GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"{e.Type} by {e.Actor}";

        private IEnumerable<KeyValuePair<string, object?>> Fields()
        {
            yield return new("audience", "audit");
            yield return new("event_id", e.Id);
            yield return new("at", e.At);
            yield return new("type", e.Type);
            yield return new("actor", e.Actor);
            if (e.IdentityId is not null) yield return new("identity_id", e.IdentityId);
            if (e.SessionId is not null) yield return new("session_id", e.SessionId);
            if (e.Address is not null) yield return new("address", e.Address);
            if (e.UserAgent is not null) yield return new("user_agent", e.UserAgent);
            yield return new("data", JsonNode.Parse(e.Data));
        }
    }
}
