using System.Text.Json.Nodes;
using Ascent.Config;

namespace Ascent.Flows.Registration;

/// <summary>All registration methods, in the order in which they build the form and are asked.</summary>
internal sealed class RegistrationMethods(IEnumerable<IRegistrationMethod> methods)
{
    public IReadOnlyList<IRegistrationMethod> All { get; } = [.. methods];

    public IEnumerable<IRegistrationMethod> Enabled(AscentConfig config) => All.Where(m => m.IsEnabled(config));

    /// <summary>The method that a submission is for; one that is switched off only where no other wants it.</summary>
    public IRegistrationMethod? Find(JsonObject body, AscentConfig config)
    {
        IRegistrationMethod? off = null;
        foreach (var method in All)
        {
            if (!method.Claims(body, config)) continue;
            if (method.IsEnabled(config)) return method;
            off ??= method;
        }
        return off;
    }
}
