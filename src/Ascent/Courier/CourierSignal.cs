namespace Ascent.Courier;

/// <summary>Tells this process's worker that there is something to do; others find it when they look next.</summary>
internal sealed class CourierSignal(TimeProvider time)
{
    private readonly Lock gate = new();
    private TaskCompletionSource raised = New();

    public void Raise()
    {
        lock (gate) raised.TrySetResult();
    }

    /// <summary>Waits for the signal, at most this long, and takes it; says whether there was one.</summary>
    public async Task<bool> WaitAsync(TimeSpan most, CancellationToken ct)
    {
        Task signal;
        lock (gate) signal = raised.Task;
        using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct))
        {
            await Task.WhenAny(signal, Task.Delay(most, time, waiting.Token));
            await waiting.CancelAsync();
        }
        lock (gate)
        {
            if (!raised.Task.IsCompleted) return false;
            raised = New();
            return true;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
