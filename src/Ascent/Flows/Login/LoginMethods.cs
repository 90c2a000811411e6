using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Ascent.Config;

namespace Ascent.Flows.Login;

/// <summary>All login methods by name, in the order in which they build the form.</summary>
internal sealed class LoginMethods(IEnumerable<ILoginMethod> methods)
{
    private readonly FrozenDictionary<string, ILoginMethod> byName = methods.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    public IReadOnlyList<ILoginMethod> All { get; } = [.. methods];

    public IEnumerable<ILoginMethod> For(string aal, AscentConfig config) => All.Where(m => m.IsEnabled(config) && m.ServesAal(aal, config));

    /// <summary>The method that a submission is for: the one it names, or the one that knows it by what it holds.</summary>
    public ILoginMethod? Find(JsonObject body, string aal, AscentConfig config)
    {
        if (body["method"] is JsonValue v && v.TryGetValue<string>(out var name) && name.Length > 0)
            return byName.TryGetValue(name, out var named) && named.ServesAal(aal, config) ? named : Rest(aal, config);
        return All.FirstOrDefault(m => m.ServesAal(aal, config) && m.Claims(body)) ?? Rest(aal, config);
    }

    private ILoginMethod? Rest(string aal, AscentConfig config) => For(aal, config).FirstOrDefault(m => m.TakesTheRest);
}
