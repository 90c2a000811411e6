using Ascent.Jsonnet;
using Ascent.Server.Commands;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Commands;

/// <summary>The words that need no server.</summary>
public sealed class ToolCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ascent-words-");

    [Fact]
    public async Task Jsonnet_is_formatted_and_checked()
    {
        Assert.SkipWhen(JsonnetFormatter.Installed is null, "libjsonnet is not installed");
        var (good, bad) = (Path.Combine(folder.FullName, "good.jsonnet"), Path.Combine(folder.FullName, "bad.jsonnet"));
        await File.WriteAllTextAsync(good, "function(ctx)   {a:ctx.x,\"b\":   \"y\"}");
        (await RunningProgram.RunToEndAsync(["jsonnet", "format", good])).Output.ShouldBe("function(ctx) { a: ctx.x, b: 'y' }\n");
        (await RunningProgram.RunToEndAsync(["jsonnet", "lint", Path.Combine(folder.FullName, "*.jsonnet")])).ExitCode.ShouldBe(0);
        (await RunningProgram.RunToEndAsync(["format", "jsonnet", "-w", good])).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(good)).ShouldBe("function(ctx) { a: ctx.x, b: 'y' }\n");

        await File.WriteAllTextAsync(bad, "{ a: nothing }");
        var linted = await RunningProgram.RunToEndAsync(["lint", "jsonnet", good, bad]);
        linted.ExitCode.ShouldBe(1);
        linted.Errors.ShouldContain(bad);
        linted.Errors.ShouldNotContain(good);
        await File.WriteAllTextAsync(bad, "{ a:");
        (await RunningProgram.RunToEndAsync(["jsonnet", "format", bad])).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Hashing_is_measured_and_calibrated()
    {
        var hashed = await RunningProgram.RunToEndAsync(["hashers", "argon2", "hash", "one", "two", "--memory", "1MB", "--parallelism", "1"]);
        hashed.ExitCode.ShouldBe(0, hashed.All);
        hashed.Output.ShouldMatch(@"password 0: \d+ ms\npassword 1: \d+ ms\ntotal: \d+ ms");
        // So long that no machine misses it, so little that every machine reaches it at once.
        var loaded = await RunningProgram.RunToEndAsync(["hashers", "argon2", "load-test", "600", "--sample", "100ms", "--memory", "1MB", "--min-duration", "1m"]);
        loaded.ExitCode.ShouldBe(0, loaded.All);
        loaded.Errors.ShouldContain("1 hashes: median");
        var calibrated = await RunningProgram.RunToEndAsync(["hashers", "argon2", "calibrate", "3", "--start-memory", "1MB", "--max-memory", "2MB", "--adjust-memory-by", "1MB", "--min-duration", "1ms", "--probe-runs", "1"]);
        calibrated.ExitCode.ShouldBe(0, calibrated.All);
        Config.Yaml.Good(calibrated.Output).Hashers.Argon2.Iterations.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("", "serve")]
    [InlineData("mig", "migrate")]
    [InlineData("migrate|sql|", "status")]
    [InlineData("identities|--for", "--format")]
    [InlineData("identities|list|--page-s", "--page-size")]
    [InlineData("serve|--conf", "--config")]
    public void What_may_come_next_is_told_to_the_shell(string typed, string next) => CompletionCommand.Next(typed.Split('|')).ShouldContain(next);

    [Theory]
    [InlineData("bash", "complete -o default -F _ascent ascent")]
    [InlineData("zsh", "compdef _ascent ascent")]
    [InlineData("fish", "complete -c ascent")]
    public async Task Shells_get_their_script(string shell, string line)
    {
        var script = await RunningProgram.RunToEndAsync(["completion", shell]);
        script.ExitCode.ShouldBe(0, script.All);
        script.Output.ShouldContain(line);
        (await RunningProgram.RunToEndAsync(["__complete", "--", "identities", "--end"])).Output.Trim().ShouldBe("--endpoint");
    }

    public void Dispose() => folder.Delete(recursive: true);
}
