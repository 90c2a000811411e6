using System.Diagnostics.Metrics;
using System.Globalization;
using Ascent.Flows.Messages;
using Ascent.Http;

namespace Ascent.Flows;

/// <summary>
/// What became of submissions, for figures and for the request's line in the log: logins, registrations, recoveries and verifications by
/// method, and what was wrong or not let through.
/// </summary>
internal static class FlowOutcomes
{
    private static readonly Meter OwnMeter = new("Ascent.Flows");
    private static readonly Counter<long> Done = OwnMeter.CreateCounter<long>("ascent.flows.completed", "{flow}", "Flows that reached their end");
    private static readonly Counter<long> Wrong = OwnMeter.CreateCounter<long>("ascent.flows.failed", "{attempt}", "Proofs that were looked at and found wrong");
    private static readonly Counter<long> Refused = OwnMeter.CreateCounter<long>("ascent.flows.blocked", "{attempt}", "Attempts that were not looked at because of too many wrong ones");

    public static void Completed(FlowContext c, Flow flow, string? method, Guid? identity = null)
    {
        Done.Add(1, Kind(flow), By(method));
        var notes = RequestNotes.Of(c.Http);
        (notes.Flow, notes.Outcome) = (flow.Kind.Name, "completed");
        if (identity is not null) notes.IdentityId = identity;
    }

    public static void Failed(FlowContext c, Flow flow, string? method, Guid? identity = null)
    {
        Wrong.Add(1, Kind(flow), By(method));
        if (identity is not null) RequestNotes.Of(c.Http).IdentityId = identity;
    }

    public static void Blocked(Flow flow, string? method) => Refused.Add(1, Kind(flow), By(method));

    /// <summary>The form is shown again.</summary>
    public static void Shown(FlowContext c, Flow flow)
    {
        var notes = RequestNotes.Of(c.Http);
        if (notes.Outcome is not null) return;
        var said = flow.Ui.Messages.Concat(flow.Ui.Nodes.SelectMany(n => n.Messages)).Where(m => m.Type == UiTextType.Error).Select(m => m.Id).Distinct().Take(8);
        notes.Flow = flow.Kind.Name;
        notes.Messages = string.Join(',', said.Select(id => id.ToString(CultureInfo.InvariantCulture))) is { Length: > 0 } ids ? ids : null;
        notes.Outcome = notes.Messages is null ? "next" : "refused";
    }

    public static void Failed(FlowContext c, ApiError error)
    {
        var notes = RequestNotes.Of(c.Http);
        (notes.Outcome, notes.Messages) = ("failed", error.Id ?? error.Code.ToString(CultureInfo.InvariantCulture));
    }

    private static KeyValuePair<string, object?> Kind(Flow flow) => new("flow", flow.Kind.Name);

    private static KeyValuePair<string, object?> By(string? method) => new("method", method ?? "none");
}
