using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;

namespace Ascent.Flows.Settings;

/// <summary>All parts of the settings by name, in the order in which they build the form.</summary>
internal sealed class SettingsMethods(IEnumerable<ISettingsMethod> methods)
{
    private readonly FrozenDictionary<string, ISettingsMethod> byName = methods.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    public IReadOnlyList<ISettingsMethod> All { get; } = [.. methods];

    public IEnumerable<ISettingsMethod> For(AscentConfig config) => All.Where(m => m.IsEnabled(config));

    /// <summary>Whether a field is the button of a method, which says yes or no.</summary>
    public bool IsButton(string name) => All.Any(m => m.Buttons.Contains(name, StringComparer.Ordinal));

    /// <summary>
    /// The method that a submission is for: the first that claims it, by its buttons or by <c>method</c>. A button that says neither yes
    /// nor no stops the search where its method stands.
    /// </summary>
    public (ISettingsMethod? Method, string? BadButton) Find(JsonObject body)
    {
        foreach (var method in All)
        {
            if (method.Buttons.FirstOrDefault(b => IsUnclear(body, b)) is { } bad) return (null, bad);
            if (method.Claims(body)) return (method, null);
        }
        return (body.Text("method") is { } name ? byName.GetValueOrDefault(name) : null, null);
    }

    private static bool IsUnclear(JsonObject body, string button) =>
        body[button] switch { null => false, JsonValue v => v.ToString() is { Length: > 0 } text && FormBoolean.Of(text) is null, _ => true };
}
