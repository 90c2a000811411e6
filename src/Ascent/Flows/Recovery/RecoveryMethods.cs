using Ascent.Config;

namespace Ascent.Flows.Recovery;

/// <summary>All recovery methods, in the order in which a submission is offered to them.</summary>
internal sealed class RecoveryMethods(IEnumerable<IRecoveryMethod> methods)
{
    private readonly IRecoveryMethod[] all = [.. methods];

    /// <summary>The one that flows begin with.</summary>
    public IRecoveryMethod Configured(AscentConfig config) => Named(config.SelfService.Flows.Recovery.Use == AddressProof.Link ? "link" : "code")!;

    /// <summary>The one that a flow is about: the one in use last, or else the configured one.</summary>
    public IRecoveryMethod Of(Flow flow, AscentConfig config) => Named(flow.Active) ?? Configured(config);

    public (IRecoveryMethod? Method, RecoveryIntent? Intent) Find(RecoverySubmission submission)
    {
        foreach (var method in all)
            if (method.IntentOf(submission) is { } intent)
                return (method, intent);
        return (null, null);
    }

    private IRecoveryMethod? Named(string? name) => Array.Find(all, m => m.Name == name);
}
