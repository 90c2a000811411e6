namespace Ascent.Config;

/// <summary>What is wrong at a path, and what would be right. Values of secrets are never in the message.</summary>
internal sealed record ConfigFault(string Path, string Message)
{
    /// <summary>What the message of a key begins with that nobody knows.</summary>
    public const string UnknownKey = "unknown key";

    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";

    /// <summary>All of them, for who started the program.</summary>
    public static string Tell(IReadOnlyList<ConfigFault> faults) => $"The configuration cannot be used:{string.Concat(faults.Select(f => $"\n  {f}"))}{HintOf(faults)}";

    private static string HintOf(IReadOnlyList<ConfigFault> faults) =>
        faults.Any(f => f.Message.StartsWith(UnknownKey, StringComparison.Ordinal)) ? "\n(--allow-unknown-keys passes over keys that nobody knows.)" : "";
}

/// <summary>Nothing to stop for, but likely not what was meant.</summary>
internal sealed record ConfigWarning(string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>What loading found. <see cref="Config"/> is there exactly when there are no faults.</summary>
internal sealed record ConfigResult(AscentConfig? Config, IReadOnlyList<ConfigFault> Faults, IReadOnlyList<ConfigWarning> Warnings)
{
    /// <summary>What could be read in spite of the faults, with defaults in their place: good for finding more faults, and for nothing else.</summary>
    public AscentConfig? Draft { get; init; }

    /// <summary>The configuration, for callers that have dealt with the faults.</summary>
    public AscentConfig Required => Config ?? throw new InvalidOperationException(string.Join(Environment.NewLine, Faults));
}

/// <summary>Collects findings while the configuration is read.</summary>
internal sealed class Findings
{
    private readonly List<ConfigFault> faults = [];
    private readonly List<ConfigWarning> warnings = [];

    public IReadOnlyList<ConfigFault> Faults => faults;
    public IReadOnlyList<ConfigWarning> Warnings => warnings;

    /// <summary>One fault a path: what follows from the first would only repeat it.</summary>
    public void Fault(string path, string message)
    {
        if (path.Length == 0 || !HasFault(path)) faults.Add(new ConfigFault(path, message));
    }

    public void Warn(string path, string message) => warnings.Add(new ConfigWarning(path, message));

    public bool HasFault(string path) => faults.Exists(f => f.Path == path);

    public bool HasFaultBelow(string path) => faults.Exists(f => f.Path == path || f.Path.StartsWith(path + ".", StringComparison.Ordinal));
}
