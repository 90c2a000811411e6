using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;

namespace Ascent.Storage.Postgres;

/// <summary>
/// While nobody answers, one caller a second tries to connect and all others hear at once why that is in vain: a host that drops
/// packets would otherwise hold every request for the whole time limit, and the server that comes back would meet all of them together.
/// </summary>
internal sealed class ConnectBreaker
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private volatile StorageUnusableException? last;
    private long nextTry;

    /// <summary>Whether a failure is one that every caller would meet. That a server has no connection to give is none: pooled ones go on.</summary>
    public static bool IsForAll(NpgsqlException e)
    {
        if (e is PostgresException answer) return answer.SqlState is PostgresErrorCodes.CannotConnectNow;
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
            if (inner is SocketException)
                return true;
        return e.InnerException is TimeoutException && !e.Message.Contains("pool", StringComparison.OrdinalIgnoreCase);
    }

    public void ThrowIfOpen()
    {
        if (last is not { } known) return;
        lock (gate)
        {
            var now = Stopwatch.GetTimestamp();
            if (now < nextTry) throw new StorageUnusableException(known.Fault!, known.InnerException);
            nextTry = now + (long)(Pause.TotalSeconds * Stopwatch.Frequency);
        }
    }

    public void Open(StorageUnusableException why)
    {
        lock (gate) (last, nextTry) = (why, Stopwatch.GetTimestamp() + (long)(Pause.TotalSeconds * Stopwatch.Frequency));
    }

    public void Close()
    {
        if (last is not null) last = null;
    }

    /// <summary>The next caller tries, whatever the others heard.</summary>
    public void LetThrough()
    {
        lock (gate) nextTry = 0;
    }
}
