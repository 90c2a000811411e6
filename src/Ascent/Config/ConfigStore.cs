namespace Ascent.Config;

/// <summary>The snapshot in force. Read <see cref="Current"/> once a request; subscribe to hear of a new one.</summary>
internal sealed class ConfigStore(AscentConfig first)
{
    private readonly Lock gate = new();
    private Action<AscentConfig>? listeners;
    private volatile AscentConfig current = first;

    public AscentConfig Current => current;

    /// <summary>Calls <paramref name="listener"/> after each new snapshot came in force, until what is returned is disposed.</summary>
    public IDisposable Subscribe(Action<AscentConfig> listener)
    {
        lock (gate) listeners += listener;
        return new Subscription(this, listener);
    }

    public void Replace(AscentConfig next)
    {
        current = next;
        Action<AscentConfig>? all;
        lock (gate) all = listeners;
        all?.Invoke(next);
    }

    private sealed class Subscription(ConfigStore store, Action<AscentConfig> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (store.gate) store.listeners -= listener;
        }
    }
}
