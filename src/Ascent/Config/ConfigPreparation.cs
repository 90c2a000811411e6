namespace Ascent.Config;

/// <summary>
/// The one way from files to a configuration in force. <c>config validate</c>, the start and every reload go it, so each finds
/// what the others find; what a key refers to is looked at even where other keys have faults, so everything is told in one round.
/// </summary>
internal sealed class ConfigPreparation(ConfigLoader loader, IReadOnlyList<IConfigPart> parts)
{
    public ConfigResult Read() => loader.Load();

    /// <summary>With <paramref name="isStart"/> what only its own users suffer from is a warning; a check or a reload refuses it.</summary>
    public async Task<PreparedConfig> PrepareAsync(ConfigResult read, CancellationToken ct, bool isStart = false)
    {
        if ((read.Config ?? read.Draft) is not { } config) return new PreparedConfig(null, read.Faults, read.Warnings, []);
        var prepared = new List<PreparedPart>(parts.Count);
        foreach (var part in parts) prepared.Add(await (read.Config is null ? TryAsync(part, config, ct) : part.PrepareAsync(config, ct)));
        // What follows from a fault of the key itself would only repeat it.
        // A start that is refused in any case tells all of it.
        var tolerates = isStart && read.Faults.Count == 0 && prepared.TrueForAll(p => p.Faults.Count == 0);
        ConfigFault[] faults = [.. read.Faults, .. prepared.SelectMany(p => tolerates ? [] : p.Faults.Concat(p.Tolerated)).Where(f => !read.Faults.Any(known => Touch(known.Path, f.Path)))];
        var tolerated = tolerates ? prepared.SelectMany(p => p.Tolerated).Select(f => new ConfigWarning(f.Path, f.Message)) : [];
        return new PreparedConfig(faults.Length == 0 ? config : null, faults, [.. read.Warnings, .. prepared.SelectMany(p => p.Warnings), .. tolerated], prepared);
    }

    /// <summary>A draft has holes that no part need be ready for. It is refused in any case; here it may only yield more faults.</summary>
    private static async Task<PreparedPart> TryAsync(IConfigPart part, AscentConfig draft, CancellationToken ct)
    {
        try
        {
            return await part.PrepareAsync(draft, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return PreparedPart.Faulty([]);
        }
    }

    private static bool Touch(string a, string b) => a.Length > 0 && b.Length > 0 && (a == b || a.StartsWith(b + ".", StringComparison.Ordinal) || b.StartsWith(a + ".", StringComparison.Ordinal));
}

/// <summary>A configuration with all that it refers to, or every fault of both.</summary>
internal sealed record PreparedConfig(AscentConfig? Config, IReadOnlyList<ConfigFault> Faults, IReadOnlyList<ConfigWarning> Warnings, IReadOnlyList<PreparedPart> Parts)
{
    public void TakeIntoForce()
    {
        if (Config is null) throw new InvalidOperationException("A configuration with faults cannot come into force.");
        foreach (var part in Parts) part.TakeIntoForce();
    }

    public async Task AfterwardsAsync(CancellationToken ct)
    {
        foreach (var part in Parts)
            if (part.Afterwards is { } afterwards)
                await afterwards(ct);
    }
}
