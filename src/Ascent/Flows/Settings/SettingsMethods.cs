using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Ascent.Config;

namespace Ascent.Flows.Settings;

/// <summary>All parts of the settings by name, in the order in which they build the form.</summary>
internal sealed class SettingsMethods(IEnumerable<ISettingsMethod> methods)
{
    private readonly FrozenDictionary<string, ISettingsMethod> byName = methods.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    public IReadOnlyList<ISettingsMethod> All { get; } = [.. methods];

    public IEnumerable<ISettingsMethod> For(AscentConfig config) => All.Where(m => m.IsEnabled(config));

    /// <summary>The method that a submission is for: the one it names, or the one that knows it by what it holds.</summary>
    public ISettingsMethod? Find(JsonObject body) => body.Text("method") is { } name
        ? byName.GetValueOrDefault(name)
        : All.FirstOrDefault(m => m.Claims(body));
}
