using Ascent.Benchmarks;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["bare", var port]:
        await BareRoute.RunAsync(int.Parse(port));
        return 0;
    case ["seed", var dsn, var count, var tokens]:
        await Seed.RunAsync(dsn, int.Parse(count), tokens);
        return 0;
    case ["hashing"]:
        await HashingRace.RunAsync();
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Seed).Assembly).Run(args);
        return 0;
}
