using System.CommandLine;
using System.Globalization;
using Ascent.Config;
using Ascent.Crypto.Hashing;

namespace Ascent.Server.Commands;

/// <summary><c>hashers argon2 calibrate|hash|load-test</c>: what a password hash costs on this machine, and which values suit it.</summary>
internal static class HashersCommand
{
    private static readonly Argon2Config Defaults = new();
    private static readonly Option<string> Memory = new("--memory", "-m") { Description = "Memory of one hash.", DefaultValueFactory = _ => Defaults.Memory.ToString() };
    private static readonly Option<string> Dedicated = new("--dedicated-memory") { Description = "Memory for all hashes that run at once.", DefaultValueFactory = _ => Defaults.DedicatedMemory.ToString() };
    private static readonly Option<string> MinDuration = new("--min-duration") { Description = "How long a hash is to take.", DefaultValueFactory = _ => GoDuration.Format(Defaults.ExpectedDuration) };
    private static readonly Option<string> Deviation = new("--expected-deviation") { Description = "How much longer is still good.", DefaultValueFactory = _ => GoDuration.Format(Defaults.ExpectedDeviation) };
    private static readonly Option<int> Iterations = new("--iterations") { Description = "Passes over the memory.", DefaultValueFactory = _ => Defaults.Iterations };
    private static readonly Option<int> Parallelism = new("--parallelism") { Description = "Lanes.", DefaultValueFactory = _ => Defaults.Parallelism };
    private static readonly Option<int> SaltLength = new("--salt-length") { Description = "Bytes of salt.", DefaultValueFactory = _ => Defaults.SaltLength };
    private static readonly Option<int> KeyLength = new("--key-length") { Description = "Bytes of hash.", DefaultValueFactory = _ => Defaults.KeyLength };
    private static readonly Option<int> Concurrent = new("--max-concurrent") { Description = "Hashes that run at once.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private static readonly Argument<int> PerMinute = new("requests-per-minute") { Description = "Logins in a minute, at the worst time." };

    public static Command Create() => new("hashers", "What password hashing costs.") { new Command("argon2", "Argon2id.") { Calibrate(), Hash(), LoadTest() } };

    private static Command Calibrate()
    {
        var startMemory = new Option<string>("--start-memory") { Description = "Memory to begin at.", DefaultValueFactory = _ => "64MB" };
        var startIterations = new Option<int>("--start-iterations", "-i") { Description = "Passes to begin at.", DefaultValueFactory = _ => 1 };
        var maxMemory = new Option<string>("--max-memory") { Description = "Most memory of one hash; the dedicated memory if it is 0.", DefaultValueFactory = _ => "0" };
        var adjust = new Option<string>("--adjust-memory-by") { Description = "The step by which memory grows.", DefaultValueFactory = _ => "64MB" };
        var runs = new Option<int>("--probe-runs", "-r") { Description = "Hashes for each look; the median counts.", DefaultValueFactory = _ => 3 };
        var command = new Command("calibrate", "Find values under which a hash takes the wanted time on this machine.")
        {
            PerMinute, startMemory, startIterations, maxMemory, adjust, runs, Dedicated, MinDuration, Deviation, Parallelism, SaltLength, KeyLength, Concurrent,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var most = Size(parsed, maxMemory) is > 0 and var given ? given : Size(parsed, Dedicated);
            var load = new HashLoad(Options(parsed) with { Argon2MemoryKiB = Size(parsed, startMemory) / 1024, Iterations = AtLeastOne(parsed, startIterations) });
            var found = await new HashCalibration(Duration(parsed, MinDuration), most / 1024, Math.Max(1, Size(parsed, adjust) / 1024), AtLeastOne(parsed, runs)).FindAsync(load, Console.Error, ct);
            await Report(await new HashLoad(found).RunAsync(AtLeastOne(parsed, PerMinute), HashLoad.Sample, ct), Duration(parsed, MinDuration) + Duration(parsed, Deviation));
            Console.WriteLine($$"""
                hashers:
                  algorithm: argon2
                  argon2:
                    memory: {{ByteSizes.Format(found.Argon2MemoryKiB * 1024)}}
                    iterations: {{found.Iterations}}
                    parallelism: {{found.Parallelism}}
                    salt_length: {{found.SaltLength}}
                    key_length: {{found.KeyLength}}
                    dedicated_memory: {{ByteSizes.Format(found.DedicatedMemoryKiB * 1024)}}
                """);
            return 0;
        });
        return command;
    }

    private static Command Hash()
    {
        var passwords = new Argument<string[]>("passwords") { Description = "Any texts: the hashes are thrown away, their time is told.", Arity = ArgumentArity.OneOrMore };
        var parallel = new Option<bool>("--parallel") { Description = "All at once." };
        var command = new Command("hash", "Say how long hashing takes.") { passwords, parallel, Memory, Iterations, Parallelism, SaltLength, KeyLength, Dedicated, Concurrent };
        command.SetAction(async (parsed, ct) =>
        {
            var load = new HashLoad(WithCost(parsed));
            var texts = parsed.GetValue(passwords)!;
            var begin = TimeProvider.System.GetTimestamp();
            async Task OneAsync(int i) => Console.WriteLine($"password {i}: {Milliseconds(await load.OnceAsync(texts[i], ct))}");
            if (parsed.GetValue(parallel)) await Task.WhenAll(texts.Select((_, i) => OneAsync(i)));
            else for (var i = 0; i < texts.Length; i++) await OneAsync(i);
            Console.WriteLine($"total: {Milliseconds(TimeProvider.System.GetElapsedTime(begin))}");
            return 0;
        });
        return command;
    }

    private static Command LoadTest()
    {
        var sample = new Option<string>("--sample") { Description = "How long to keep it up.", DefaultValueFactory = _ => "20s" };
        var command = new Command("load-test", "Hash as often as so many logins a minute would, and say how it went.")
        {
            PerMinute, sample, Memory, Iterations, Parallelism, SaltLength, KeyLength, Dedicated, MinDuration, Deviation, Concurrent,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var result = await new HashLoad(WithCost(parsed)).RunAsync(AtLeastOne(parsed, PerMinute), Duration(parsed, sample), ct);
            return await Report(result, Duration(parsed, MinDuration) + Duration(parsed, Deviation)) ? 0 : 1;
        });
        return command;
    }

    private static async Task<bool> Report(HashLoadResult result, TimeSpan longest)
    {
        await Console.Error.WriteLineAsync($"{result.Count} hashes: median {Milliseconds(result.Median)}, shortest {Milliseconds(result.Shortest)}, longest {Milliseconds(result.Longest)}, refused {result.Refused}");
        if (result.Refused == 0 && result.Longest <= longest) return true;
        await Console.Error.WriteLineAsync($"That is more than this machine does in time: {GoDuration.Format(longest)} is the longest wanted. Less memory, fewer iterations or more processors help.");
        return false;
    }

    private static HasherOptions WithCost(ParseResult parsed) => Options(parsed) with { Argon2MemoryKiB = Size(parsed, Memory) / 1024, Iterations = AtLeastOne(parsed, Iterations) };

    private static HasherOptions Options(ParseResult parsed) => new()
    {
        Algorithm = Algorithm.Argon2id, Parallelism = AtLeastOne(parsed, Parallelism), SaltLength = AtLeastOne(parsed, SaltLength), KeyLength = AtLeastOne(parsed, KeyLength),
        DedicatedMemoryKiB = Size(parsed, Dedicated) / 1024, MaxConcurrent = AtLeastOne(parsed, Concurrent), MaxQueued = 100_000, MaxWait = TimeSpan.FromMinutes(1),
    };

    private static long Size(ParseResult parsed, Option<string> option) => ByteSizes.TryParse(parsed.GetValue(option)!, out var bytes) ? bytes
        : throw new CommandFailedException($"{option.Name} is '{parsed.GetValue(option)}'; an amount of memory such as 128MB is right.");

    private static TimeSpan Duration(ParseResult parsed, Option<string> option) => GoDuration.TryParse(parsed.GetValue(option)!, out var span) && span > TimeSpan.Zero ? span
        : throw new CommandFailedException($"{option.Name} is '{parsed.GetValue(option)}'; a duration such as 500ms or 20s is right.");

    private static int AtLeastOne(ParseResult parsed, Option<int> option) => parsed.GetValue(option) is >= 1 and var n ? n : throw new CommandFailedException($"{option.Name} must be at least 1.");

    private static int AtLeastOne(ParseResult parsed, Argument<int> argument) => parsed.GetValue(argument) is >= 1 and var n ? n : throw new CommandFailedException($"{argument.Name} must be at least 1.");

    private static string Milliseconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms");
}
