using System.Diagnostics;

namespace Ascent.Tests.Running;

/// <summary>Waits for what comes about by itself, never longer than asked.</summary>
internal static class Poll
{
    /// <summary>For a server that never answers: ends only by <paramref name="ct"/>.</summary>
    public static Task NeverAsync(CancellationToken ct) => new TaskCompletionSource().Task.WaitAsync(ct);

    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> UntilAsync(string what, TimeSpan most, Func<Task<bool>> condition)
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            if (clock.Elapsed > most) throw new TimeoutException($"Within {most.TotalSeconds} s it did not come about that {what}.");
            await timer.WaitForNextTickAsync();
        }
        return clock.Elapsed;
    }
}
