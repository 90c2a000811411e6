using Ascent.Benchmarks;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["bare", var port]:
        await BareRoute.RunAsync(int.Parse(port));
        return 0;
    case ["bare-login", var port, var dsn, var people]:
        await BareLogin.RunAsync(int.Parse(port), dsn, int.Parse(people));
        return 0;
    case ["seed", var dsn, var count, var tokens]:
        await Seed.RunAsync(dsn, int.Parse(count), tokens);
        return 0;
    case ["people", var admin, var count]:
        await Logins.MakeAsync(admin, int.Parse(count));
        return 0;
    case ["logins", var server, var people, var atOnce, var seconds]:
        await Logins.RunAsync(server, int.Parse(people), int.Parse(atOnce), double.Parse(seconds));
        return 0;
    case ["steady", var port, var tokens, var rate, var seconds]:
        Steady.Run(int.Parse(port), tokens, double.Parse(rate), double.Parse(seconds));
        return 0;
    case ["hash", var seconds]:
        await HashingRace.CostAsync(double.Parse(seconds));
        return 0;
    case ["hashing"]:
        await HashingRace.RunAsync();
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Seed).Assembly).Run(args);
        return 0;
}
