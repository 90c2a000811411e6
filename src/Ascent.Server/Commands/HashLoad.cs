using System.Globalization;
using Ascent.Config;
using Ascent.Crypto.Hashing;

namespace Ascent.Server.Commands;

internal sealed record HashLoadResult(int Count, int Refused, TimeSpan Median, TimeSpan Shortest, TimeSpan Longest);

/// <summary>Hashes with given values and measures, by the server's own hasher.</summary>
internal sealed class HashLoad(HasherOptions options)
{
    public static readonly TimeSpan Sample = TimeSpan.FromSeconds(20);
    private static readonly TimeProvider Time = TimeProvider.System;

    public HasherOptions Options => options;

    public async Task<TimeSpan> OnceAsync(string password, CancellationToken ct)
    {
        using var hasher = new PasswordHasher(() => options, Time);
        return await TimeAsync(hasher, password, ct);
    }

    /// <summary>Spread evenly over the sample time, as many as so many a minute are.</summary>
    public async Task<HashLoadResult> RunAsync(int perMinute, TimeSpan sample, CancellationToken ct)
    {
        using var hasher = new PasswordHasher(() => options, Time);
        var count = Math.Max(1, (int)(perMinute * sample.TotalMinutes));
        var times = await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            await Task.Delay(sample * ((double)i / count), Time, ct);
            try
            {
                return (TimeSpan?)await TimeAsync(hasher, "a password of usual length", ct);
            }
            catch (HashingOverloadedException)
            {
                return null;
            }
        }));
        TimeSpan[] done = [.. times.OfType<TimeSpan>().Order()];
        return done.Length == 0 ? new HashLoadResult(count, count, default, default, default) : new HashLoadResult(count, count - done.Length, done[done.Length / 2], done[0], done[^1]);
    }

    private static async Task<TimeSpan> TimeAsync(PasswordHasher hasher, string password, CancellationToken ct)
    {
        var begin = Time.GetTimestamp();
        await hasher.HashAsync(password, ct);
        return Time.GetElapsedTime(begin);
    }
}

/// <summary>Raises memory, then passes, until a hash takes the wanted time: memory is what makes guessing dear.</summary>
internal sealed class HashCalibration(TimeSpan wanted, long mostKiB, long stepKiB, int runs)
{
    public async Task<HasherOptions> FindAsync(HashLoad start, TextWriter told, CancellationToken ct)
    {
        var best = start.Options with { Argon2MemoryKiB = Math.Min(start.Options.Argon2MemoryKiB, mostKiB) };
        var took = await MedianAsync(best, told, ct);
        while (took < wanted && best.Argon2MemoryKiB < mostKiB)
        {
            var next = best with { Argon2MemoryKiB = Math.Min(mostKiB, best.Argon2MemoryKiB + stepKiB) };
            if ((took = await MedianAsync(next, told, ct)) <= wanted || best == start.Options) best = next;
        }
        while (took < wanted)
        {
            var next = best with { Iterations = best.Iterations + 1 };
            if ((took = await MedianAsync(next, told, ct)) <= wanted) best = next;
        }
        return best;
    }

    private async Task<TimeSpan> MedianAsync(HasherOptions options, TextWriter told, CancellationToken ct)
    {
        var (load, times) = (new HashLoad(options), new List<TimeSpan>(runs));
        for (var i = 0; i < runs; i++) times.Add(await load.OnceAsync("a password of usual length", ct));
        times.Sort();
        var median = times[runs / 2];
        await told.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"memory {ByteSizes.Format(options.Argon2MemoryKiB * 1024)}, iterations {options.Iterations}: {median.TotalMilliseconds:0} ms").AsMemory(), ct);
        return median;
    }
}
