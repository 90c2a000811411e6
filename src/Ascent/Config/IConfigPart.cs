namespace Ascent.Config;

/// <summary>
/// Something that a module works out from the configuration and that may turn out faulty: schemas to load, keys to read. It is
/// worked out before a configuration comes into force, at the start as well as at every reload.
/// </summary>
internal interface IConfigPart
{
    Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct);
}

/// <summary>Faults, or what puts the new state in the old one's place; it must not fail.</summary>
internal sealed record PreparedPart(IReadOnlyList<ConfigFault> Faults, Action TakeIntoForce)
{
    public IReadOnlyList<ConfigWarning> Warnings { get; init; } = [];

    /// <summary>What is to be done once the configuration is in force and the database was found good.</summary>
    public Func<CancellationToken, Task>? Afterwards { get; init; }

    /// <summary>
    /// Wrong as well, but only what uses them suffers: a start warns of them and goes on, a reload keeps the former configuration,
    /// a check of the configuration reports them.
    /// </summary>
    public IReadOnlyList<ConfigFault> Tolerated { get; init; } = [];

    public static PreparedPart Faulty(IReadOnlyList<ConfigFault> faults) => new(faults, static () => { });
}
