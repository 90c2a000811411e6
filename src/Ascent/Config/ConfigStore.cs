using Ascent.Config.Loading;

namespace Ascent.Config;

/// <summary>
/// The snapshot in force. Read <see cref="Current"/> once a request; subscribe to hear of a new one. Without a loader the
/// configuration stays as it was given.
/// </summary>
internal sealed class ConfigStore(AscentConfig first, ConfigLoader? loader = null, params IReadOnlyList<IConfigPart> parts) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private Action<AscentConfig>? listeners;
    private volatile AscentConfig current = first;

    public AscentConfig Current => current;

    /// <summary>The files it came from.</summary>
    public IReadOnlyList<string> Files => loader?.Source.Files ?? [];

    /// <summary>Calls <paramref name="listener"/> after each new snapshot came in force, until what is returned is disposed.</summary>
    public IDisposable Subscribe(Action<AscentConfig> listener)
    {
        lock (gate) listeners += listener;
        return new Subscription(this, listener);
    }

    /// <summary>Reads the files again; a valid change comes into force, an invalid one leaves everything as it is.</summary>
    public async Task<ReloadResult> ReloadAsync(CancellationToken ct)
    {
        if (loader is null) return new ReloadResult.Unchanged();
        await turn.WaitAsync(ct);
        try
        {
            var result = loader.Load();
            if (result.Config is not { } next) return new ReloadResult.Refused(result.Faults);
            var before = current;
            if (next.ContentHash == before.ContentHash) return new ReloadResult.Unchanged();
            var prepared = new List<PreparedPart>(parts.Count);
            foreach (var part in parts) prepared.Add(await part.PrepareAsync(next, ct));
            if (prepared.SelectMany(p => p.Faults.Concat(p.Tolerated)).ToArray() is { Length: > 0 } faults) return new ReloadResult.Refused(faults);
            foreach (var part in prepared) part.TakeIntoForce();
            Replace(next);
            return new ReloadResult.Applied(next.EffectiveRevision, result.Warnings, RestartKeys.Changed(before, next));
        }
        finally
        {
            turn.Release();
        }
    }

    public void Replace(AscentConfig next)
    {
        current = next;
        Action<AscentConfig>? all;
        lock (gate) all = listeners;
        all?.Invoke(next);
    }

    public void Dispose() => turn.Dispose();

    private sealed class Subscription(ConfigStore store, Action<AscentConfig> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (store.gate) store.listeners -= listener;
        }
    }
}

/// <summary>What reading the files again came to.</summary>
internal abstract record ReloadResult
{
    private ReloadResult() { }

    public sealed record Unchanged : ReloadResult;

    /// <summary>In force now, except <paramref name="NeedRestart"/>, which the running server cannot take.</summary>
    public sealed record Applied(string Revision, IReadOnlyList<ConfigWarning> Warnings, IReadOnlyList<string> NeedRestart) : ReloadResult;

    /// <summary>The former configuration stays.</summary>
    public sealed record Refused(IReadOnlyList<ConfigFault> Faults) : ReloadResult;
}
