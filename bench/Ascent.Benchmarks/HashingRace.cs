using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Ascent.Crypto.Hashing;

namespace Ascent.Benchmarks;

/// <summary>
/// Our Argon2id (m=19 MiB, t=2, p=1) beside libsodium's and libargon2's where they are installed, in turns, medians. libsodium looks for the
/// processor's vector instructions in <c>sodium_init</c> alone; without that call it hashes by its portable code, at half the speed.
/// Both libraries take their memory from the system for each hash and touch it anew; ours is kept. That is part of what is compared.
/// </summary>
internal static partial class HashingRace
{
    private const int Rounds = 41, Warmup = 10;
    private const int MemoryKiB = 19 * 1024;

    public static async Task RunAsync()
    {
        using var hasher = new PasswordHasher(() => Logins.Hashing, TimeProvider.System);
        var runners = new List<(string Name, Func<Task> Run)> { ("ours", () => hasher.HashAsync(Logins.Password, CancellationToken.None)) };
        if (NativeLibrary.TryLoad("libsodium.so.23", out _))
        {
            if (SodiumInit() < 0) throw new InvalidOperationException("libsodium does not start");
            runners.Add(("libsodium", Sodium));
        }
        if (NativeLibrary.TryLoad("libargon2.so.1", out _)) runners.Add(("libargon2", Argon2));
        var times = runners.ToDictionary(r => r.Name, _ => new List<double>(), StringComparer.Ordinal);
        for (var round = -Warmup; round < Rounds; round++)
            foreach (var (name, run) in runners)
            {
                var started = Stopwatch.GetTimestamp();
                await run();
                if (round >= 0) times[name].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        var ours = Median(times["ours"]);
        Console.WriteLine("argon2id m=19 MiB t=2 p=1   median ms   least ms   ours is");
        foreach (var (name, all) in times) Console.WriteLine($"  {name,-24} {Median(all),9:0.00}  {all.Min(),9:0.00}   {(name == "ours" ? "" : $"{Median(all) / ours:0.00} x as fast")}");
    }

    /// <summary>What one hash costs: prints the median in ms.</summary>
    public static async Task CostAsync(double seconds)
    {
        using var hasher = new PasswordHasher(() => Logins.Hashing, TimeProvider.System);
        var times = new List<double>();
        for (var i = 0; i < Warmup; i++) await hasher.HashAsync(Logins.Password, CancellationToken.None);
        for (var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency); Stopwatch.GetTimestamp() < end;)
        {
            var started = Stopwatch.GetTimestamp();
            await hasher.HashAsync(Logins.Password, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        Console.WriteLine($"{Median(times):0.000}");
    }

    private static double Median(List<double> all)
    {
        all.Sort();
        return all[all.Count / 2];
    }

    private static Task Sodium()
    {
        byte[] output = new byte[32], password = "correct-horse-battery-9"u8.ToArray(), salt = RandomNumberGenerator.GetBytes(16);
        const int Argon2id13 = 2;
        if (CryptoPwhash(output, (ulong)output.Length, password, (ulong)password.Length, salt, 2, MemoryKiB * 1024, Argon2id13) != 0) throw new InvalidOperationException("libsodium refused");
        return Task.CompletedTask;
    }

    private static Task Argon2()
    {
        byte[] output = new byte[32], password = "correct-horse-battery-9"u8.ToArray(), salt = RandomNumberGenerator.GetBytes(16);
        if (Argon2idHashRaw(2, MemoryKiB, 1, password, (nuint)password.Length, salt, (nuint)salt.Length, output, (nuint)output.Length) != 0) throw new InvalidOperationException("libargon2 refused");
        return Task.CompletedTask;
    }

    [LibraryImport("libsodium.so.23", EntryPoint = "sodium_init")]
    private static partial int SodiumInit();

    [LibraryImport("libsodium.so.23", EntryPoint = "crypto_pwhash")]
    private static partial int CryptoPwhash(byte[] output, ulong outputLength, byte[] password, ulong passwordLength, byte[] salt, ulong opslimit, nuint memlimit, int algorithm);

    [LibraryImport("libargon2.so.1", EntryPoint = "argon2id_hash_raw")]
    private static partial int Argon2idHashRaw(uint passes, uint memory, uint lanes, byte[] password, nuint passwordLength, byte[] salt, nuint saltLength, byte[] output, nuint outputLength);
}
