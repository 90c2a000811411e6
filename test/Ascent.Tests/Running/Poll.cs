using System.Diagnostics;

namespace Ascent.Tests.Running;

/// <summary>Waits for what comes about by itself, never longer than asked.</summary>
internal static class Poll
{
    /// <summary>Lets time pass where there is nothing to look at.</summary>
    public static Task AWhileAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System, CancellationToken.None);

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
