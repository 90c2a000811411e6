using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Ascent.Jsonnet;

/// <summary>
/// Threads that have a child process each, started as they are needed: a thread waits for its child's answer where a task would hold
/// one of everybody's. A run that takes long makes room for a further child, so that a few slow ones do not stand before all others;
/// one that takes too long loses its child. A child that was lost, has grown or has served long is replaced before the next run.
/// </summary>
internal sealed class JsonnetPool(TimeProvider time, JsonnetLimits limits) : IDisposable
{
    private readonly Lock gate = new();
    private readonly BlockingCollection<Job> queue = new(limits.MostWaiting);
    private readonly HashSet<JsonnetChild> children = [];
    private int threads, pending, slow;

    /// <summary>The processes that are there now.</summary>
    public IReadOnlyList<int> Processes { get { lock (gate) return [.. children.Select(c => c.Id)]; } }

    /// <summary>How many runs are under way.</summary>
    public int Running { get { lock (gate) return pending - queue.Count; } }

    public void WarmUp()
    {
        lock (gate)
            while (threads > 0 && threads < limits.Children && !queue.IsAddingCompleted) StartThread();
    }

    public async Task<JsonnetResult> RunAsync(JsonnetRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var job = new Job(request);
        lock (gate)
        {
            if (queue.IsAddingCompleted) return new JsonnetResult.Lost("the server is being stopped");
            if (!queue.TryAdd(job, 0, CancellationToken.None)) return new JsonnetResult.Overdue("too many templates wait for their turn");
            pending++;
            StartThreadIfWanted();
        }
        await using var wait = time.CreateTimer(static s => ((Job)s!).GiveUpWaiting(), job, limits.TurnPatience, Timeout.InfiniteTimeSpan);
        await using var cancel = ct.UnsafeRegister(static (s, token) => ((Job)s!).Cancel(token), job);
        return await job.Result.Task;
    }

    public void Dispose()
    {
        lock (gate)
        {
            queue.CompleteAdding();
            foreach (var child in children) child.Kill();
        }
    }

    private void StartThreadIfWanted()
    {
        if (pending > threads && threads < limits.Children + slow) StartThread();
    }

    private void StartThread()
    {
        threads++;
        new Thread(Work) { IsBackground = true, Name = "jsonnet" }.Start();
    }

    private void Work()
    {
        JsonnetChild? child = null;
        while (true)
        {
            if (!queue.TryTake(out var job))
            {
                if (!queue.IsAddingCompleted) child ??= Start(out _);
                if (!queue.TryTake(out job, Timeout.Infinite)) break;
            }
            if (job.Moves(JobState.Waiting, JobState.Running)) child = Serve(job, child);
            lock (gate)
            {
                pending--;
                if (job.Slow) slow--;
                if (threads > limits.Children + slow) break;
            }
        }
        lock (gate) threads--;
        Discard(child);
    }

    /// <summary>Gives the child that may serve the next one, if there is one.</summary>
    private JsonnetChild? Serve(Job job, JsonnetChild? child)
    {
        try
        {
            if (child?.HasEnded() == true) child = Discard(child);
            if (child is null && (child = Start(out var fault)) is null)
            {
                job.Moves(JobState.Running, JobState.Done);
                job.Result.TrySetResult(new JsonnetResult.Lost(fault));
                return null;
            }
            job.Child = child;
            JsonnetReply? reply;
            using (time.CreateTimer(s => IsSlow((Job)s!), job, limits.SlowAfter, Timeout.InfiniteTimeSpan))
            using (time.CreateTimer(s => RanTooLong((Job)s!), job, limits.Patience, Timeout.InfiniteTimeSpan))
                reply = child.Run(job.Request);
            if (!job.Moves(JobState.Running, JobState.Done)) return Discard(child);
            job.Result.TrySetResult(reply is null ? new JsonnetResult.Lost(child.Why()) : ResultOf(reply));
            return reply is { Retires: false } ? child : Discard(child);
        }
        catch (Exception e)
        {
            // Nothing may end this thread but its end: an exception here would end the process.
            job.Result.TrySetException(e);
            return Discard(child);
        }
    }

    private static JsonnetResult ResultOf(JsonnetReply reply) => reply.Outcome switch
    {
        JsonnetOutcome.Output => new JsonnetResult.Ok(reply.Text),
        JsonnetOutcome.Failed => new JsonnetResult.Failed(Encoding.UTF8.GetString(reply.Text)),
        JsonnetOutcome.Cancelled => new JsonnetResult.Cancelled(),
        _ => throw new UnreachableException(),
    };

    /// <summary>Null where there is no child to be had.</summary>
    private JsonnetChild? Start(out string fault)
    {
        if (JsonnetChild.Start(limits.MemoryMiB, out fault) is not { } child) return null;
        lock (gate)
        {
            children.Add(child);
            if (queue.IsAddingCompleted) child.Kill();
        }
        using var late = time.CreateTimer(static s => ((JsonnetChild)s!).Kill(), child, limits.StartPatience, Timeout.InfiniteTimeSpan);
        if (child.Ready()) return child;
        fault = $"its process did not become ready: {child.Why()}";
        return Discard(child);
    }

    private JsonnetChild? Discard(JsonnetChild? child)
    {
        if (child is null) return null;
        lock (gate) children.Remove(child);
        child.Dispose();
        return null;
    }

    private void IsSlow(Job job)
    {
        lock (gate)
        {
            if (job.State != JobState.Running || slow >= limits.MostSlow) return;
            slow++;
            job.Slow = true;
            StartThreadIfWanted();
        }
    }

    private void RanTooLong(Job job)
    {
        if (!job.Moves(JobState.Running, JobState.Overdue)) return;
        job.Child!.Kill();
        job.Result.TrySetResult(new JsonnetResult.Overdue($"did not end within {limits.Patience.TotalSeconds} seconds"));
    }

    private enum JobState { Waiting, Running, Overdue, Done }

    private sealed class Job(JsonnetRequest request)
    {
        private volatile JobState state;

        public JsonnetRequest Request { get; } = request;
        public JobState State => state;
        public JsonnetChild? Child { get; set; }
        public bool Slow { get; set; }
        public TaskCompletionSource<JsonnetResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Moves(JobState from, JobState to) => Interlocked.CompareExchange(ref state, to, from) == from;

        public void GiveUpWaiting()
        {
            if (Moves(JobState.Waiting, JobState.Done)) Result.TrySetResult(new JsonnetResult.Overdue("no evaluator became free in time"));
        }

        /// <summary>Its caller is gone; a run under way goes on, watched as any other.</summary>
        public void Cancel(CancellationToken token)
        {
            Moves(JobState.Waiting, JobState.Done);
            Result.TrySetCanceled(token);
        }
    }
}
