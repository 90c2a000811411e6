using System.Text.Json.Nodes;
using Ascent.Config;

namespace Ascent.Flows.Verification;

/// <summary>All ways to verify an address.</summary>
internal sealed class VerificationMethods(IEnumerable<IVerificationMethod> methods)
{
    public IReadOnlyList<IVerificationMethod> All { get; } = [.. methods];

    /// <summary>The one that flows begin with; null where it is switched off.</summary>
    public IVerificationMethod? InUse(AscentConfig config) => All.FirstOrDefault(m => m.IsInUse(config) && m.IsEnabled(config));

    /// <summary>Whether a submission names a method that there is, or none.</summary>
    public bool Knows(JsonObject body) => body.Text("method") is not { } name || All.Any(m => m.Name == name);

    /// <summary>The enabled method that a submission is for: the one it names, or the one that knows it by what it holds.</summary>
    public IVerificationMethod? Find(JsonObject body, Flow flow, AscentConfig config)
    {
        var name = body.Text("method");
        return All.FirstOrDefault(m => m.IsEnabled(config) && (name is null ? m.Claims(body, flow) : m.Name == name));
    }
}
