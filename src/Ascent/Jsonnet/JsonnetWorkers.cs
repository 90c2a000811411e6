using System.Collections.Concurrent;

namespace Ascent.Jsonnet;

/// <summary>
/// The threads that evaluate, started with the first evaluation. They are told apart from the thread pool because they may be
/// lost: see <see cref="JsonnetEngine"/>.
/// </summary>
internal sealed class JsonnetWorkers(TimeProvider time, JsonnetLimits limits) : IDisposable
{
    // libjsonnet reads nested text by recursion.
    private const int StackBytes = 16 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly BlockingCollection<Job> queue = new(limits.MostWaiting);
    private readonly Dictionary<string, int> overdue = new(StringComparer.Ordinal);
    private int replaced;
    private bool started;

    public async Task<JsonnetResult> RunAsync(string snippet, Func<JsonnetResult> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (gate)
        {
            if (overdue.ContainsKey(snippet)) return new JsonnetResult.Overdue("an earlier run of this template has not ended yet");
            for (; !started; started = true)
                for (var i = 0; i < limits.Workers; i++) StartWorker();
        }
        var job = new Job(snippet, work);
        if (!queue.TryAdd(job, 0, ct)) return new JsonnetResult.Overdue("too many templates wait for their turn");
        await using var wait = time.CreateTimer(static s => ((Job)s!).GiveUpWaiting(), job, limits.Patience, Timeout.InfiniteTimeSpan);
        await using var cancel = ct.UnsafeRegister(static (s, token) => ((Job)s!).Cancel(token), job);
        return await job.Result.Task;
    }

    public void Dispose() => queue.CompleteAdding();

    private void StartWorker() => new Thread(Work, StackBytes) { IsBackground = true, Name = "jsonnet" }.Start();

    private void Work()
    {
        foreach (var job in queue.GetConsumingEnumerable())
        {
            if (!job.Moves(JobState.Waiting, JobState.Running)) continue;
            JsonnetResult result;
            using (time.CreateTimer(s => RanTooLong((Job)s!), job, limits.Patience, Timeout.InfiniteTimeSpan))
                result = Evaluate(job);
            if (job.Moves(JobState.Running, JobState.Done)) job.Result.TrySetResult(result);
            else if (EndedLate(job)) return;
        }
    }

    // Nothing may end this thread but its end: an exception here would end the process.
    private static JsonnetResult Evaluate(Job job)
    {
        try
        {
            return job.Work();
        }
        catch (Exception e)
        {
            job.Result.TrySetException(e);
            return new JsonnetResult.Failed(e.Message);
        }
    }

    private void RanTooLong(Job job)
    {
        lock (gate)
        {
            if (!job.Moves(JobState.Running, JobState.Overdue)) return;
            overdue[job.Snippet] = overdue.GetValueOrDefault(job.Snippet) + 1;
            if (replaced < limits.MostReplaced)
            {
                replaced++;
                job.Replaced = true;
                StartWorker();
            }
        }
        job.Result.TrySetResult(new JsonnetResult.Overdue($"did not end within {limits.Patience.TotalSeconds} seconds"));
    }

    /// <summary>True where the thread has been replaced and is to end.</summary>
    private bool EndedLate(Job job)
    {
        lock (gate)
        {
            if (--overdue[job.Snippet] == 0) overdue.Remove(job.Snippet);
            if (job.Replaced) replaced--;
            return job.Replaced;
        }
    }

    private enum JobState { Waiting, Running, Overdue, Done }

    private sealed class Job(string snippet, Func<JsonnetResult> work)
    {
        private JobState state;

        public string Snippet { get; } = snippet;
        public Func<JsonnetResult> Work { get; } = work;
        public bool Replaced { get; set; }
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
