using System.Runtime.InteropServices;

namespace Ascent.Crypto.Hashing;

/// <summary>
/// Runs hashing on a few threads of its own, below the priority of those that answer requests, so that a storm of logins takes neither the
/// processor nor the memory from the rest. What finds no free thread waits in a bounded queue; beyond the bound, or when its turn would come
/// too late, it is refused with the time after which to come back. Of the line a client may have a share, so that none keeps the others out.
/// </summary>
internal sealed partial class HashingPool : IDisposable
{
    private const int LinuxNice = 10;
    private static readonly TimeSpan KeepMemory = TimeSpan.FromSeconds(30);

    private readonly Func<HasherOptions> options;
    private readonly TimeProvider time;
    private readonly HashingMetrics metrics;
    private readonly Lock gate = new();
    private readonly LinkedList<Job> waiting = new();
    private readonly Dictionary<string, int> waitingOf = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim available = new(0);
    private readonly CancellationTokenSource stopping = new();
    private readonly HashingMemory memory;
    private readonly ITimer trim;
    private int threads, busy;
    private double averageSeconds;
    private bool disposed;

    public HashingPool(Func<HasherOptions> options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        metrics = new HashingMetrics(() => Waiting);
        memory = new HashingMemory(() => options().DedicatedMemoryKiB * 1024);
        trim = time.CreateTimer(_ => memory.Trim(), null, KeepMemory, KeepMemory);
    }

    public HashingMetrics Metrics => metrics;
    public HashingMemory Memory => memory;
    public int Threads { get { lock (gate) return threads; } }
    public int Waiting { get { lock (gate) return waiting.Count; } }

    /// <summary>Runs the work on one of the threads, under the name of its format.</summary>
    /// <exception cref="HashingOverloadedException">Too many wait, or the wait was too long.</exception>
    public Task<T> RunAsync<T>(string format, Func<HashingMemory, T> work, CancellationToken ct, HashingClient? client = null, bool counted = true)
    {
        if (ct.IsCancellationRequested) return Task.FromCanceled<T>(ct);
        var job = new Job<T>(this, format, work, client) { Counted = counted };
        var wait = Enqueue(job);
        if (wait is { } limit) job.ExpireAfter(limit);
        job.CancelWith(ct);
        available.Release();
        return job.Task;
    }

    public void Dispose()
    {
        List<Job> left;
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            left = [.. waiting];
            waiting.Clear();
        }
        foreach (var job in left) job.Fail(new ObjectDisposedException(nameof(HashingPool)));
        stopping.Cancel();
        trim.Dispose();
        memory.Dispose();
        metrics.Dispose();
    }

    /// <summary>Puts the job in line, or throws. The answer is how long it may wait there, or null where a thread is free for it.</summary>
    private TimeSpan? Enqueue(Job job)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var o = options();
            var most = Math.Max(1, o.MaxConcurrent);
            var ahead = waiting.Count + busy - most;
            if (ahead >= 0 && (ahead >= o.MaxQueued || TimeFor(ahead + 1, most) > o.MaxWait)) throw Overloaded(ahead, most);
            if (ahead >= 0 && job.Client is { } client && !HasPlace(client, o, most)) throw Overloaded(ahead, most);
            job.Node = waiting.AddLast(job);
            Count(job, 1);
            if (threads < most && threads < waiting.Count + busy) StartThread();
            return ahead >= 0 ? o.MaxWait : null;
        }
    }

    /// <summary>Whether one more of a client's may wait. As many as run at a time always may.</summary>
    private bool HasPlace(HashingClient client, HasherOptions o, int most)
    {
        var own = waitingOf.GetValueOrDefault(client.Name);
        return own < most || (own < o.MaxQueued * client.Share && TimeFor(own + 1, most) <= o.MaxWait * client.Share);
    }

    private void Count(Job job, int change)
    {
        if (job.Client is not { } client) return;
        var now = waitingOf.GetValueOrDefault(client.Name) + change;
        if (now > 0) waitingOf[client.Name] = now;
        else waitingOf.Remove(client.Name);
    }

    private TimeSpan TimeFor(int jobs, int most) => TimeSpan.FromSeconds(jobs * averageSeconds / most);

    private HashingOverloadedException Overloaded(int ahead, int most)
    {
        metrics.Refused();
        var seconds = Math.Ceiling(TimeFor(Math.Max(1, ahead), most).TotalSeconds);
        return new HashingOverloadedException(TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 60)));
    }

    private void StartThread()
    {
        threads++;
        new Thread(Work) { IsBackground = true, Name = "hashing", Priority = ThreadPriority.BelowNormal }.Start();
    }

    private void Work()
    {
        // The runtime does not pass the priority on to Linux; there, a thread has a nice value of its own.
        if (OperatingSystem.IsLinux()) _ = SetPriority(0, 0, LinuxNice);
        while (Next() is { } job)
        {
            var started = time.GetTimestamp();
            job.Run(memory);
            var took = time.GetElapsedTime(started);
            if (job.Counted) metrics.Done(job.Format, took);
            lock (gate)
            {
                busy--;
                averageSeconds = averageSeconds == 0 ? took.TotalSeconds : (averageSeconds * 7 + took.TotalSeconds) / 8;
            }
            job.Complete();
            if (Surplus()) return;
        }
    }

    private bool Surplus()
    {
        lock (gate)
        {
            if (threads <= Math.Max(1, options().MaxConcurrent)) return false;
            threads--;
            return true;
        }
    }

    private Job? Next()
    {
        while (true)
        {
            try
            {
                available.Wait(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            lock (gate)
            {
                if (waiting.First is not { } first) continue;
                waiting.Remove(first);
                first.Value.Node = null;
                Count(first.Value, -1);
                busy++;
                return first.Value;
            }
        }
    }

    /// <summary>Takes a job out of the line; false where it is already running or done.</summary>
    private bool TryRemove(Job job)
    {
        lock (gate)
        {
            if (job.Node is not { } node || node.List is null) return false;
            waiting.Remove(node);
            job.Node = null;
            Count(job, -1);
            return true;
        }
    }

    private void Expire(Job job)
    {
        if (!TryRemove(job)) return;
        HashingOverloadedException late;
        lock (gate) late = Overloaded(waiting.Count, Math.Max(1, options().MaxConcurrent));
        job.Fail(late);
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int nice);

    private abstract class Job(HashingPool pool, string format, HashingClient? client)
    {
        private ITimer? timer;
        private CancellationTokenRegistration cancellation;

        public string Format => format;
        public HashingClient? Client => client;
        public bool Counted { get; init; }
        public LinkedListNode<Job>? Node { get; set; }

        public void ExpireAfter(TimeSpan limit) =>
            timer = pool.time.CreateTimer(static job => ((Job)job!).Expire(), this, limit, Timeout.InfiniteTimeSpan);

        public void CancelWith(CancellationToken ct) =>
            cancellation = ct.UnsafeRegister(static (job, token) => ((Job)job!).Cancel(token), this);

        public abstract void Run(HashingMemory memory);
        public abstract void Complete();
        public abstract void Fail(Exception reason);
        protected abstract void SetCanceled(CancellationToken ct);

        protected void Release()
        {
            timer?.Dispose();
            cancellation.Unregister();
        }

        private void Expire() => pool.Expire(this);

        private void Cancel(CancellationToken ct)
        {
            if (!pool.TryRemove(this)) return;
            timer?.Dispose();
            SetCanceled(ct);
        }
    }

    private sealed class Job<T>(HashingPool pool, string format, Func<HashingMemory, T> work, HashingClient? client) : Job(pool, format, client)
    {
        private readonly TaskCompletionSource<T> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;
        private Exception? error;

        public Task<T> Task => source.Task;

        public override void Run(HashingMemory memory)
        {
            try
            {
                result = work(memory);
            }
            catch (Exception e)
            {
                error = e;
            }
        }

        public override void Complete()
        {
            Release();
            if (error is null) source.TrySetResult(result!);
            else source.TrySetException(error);
        }

        public override void Fail(Exception reason)
        {
            Release();
            source.TrySetException(reason);
        }

        protected override void SetCanceled(CancellationToken ct) => source.TrySetCanceled(ct);
    }
}
