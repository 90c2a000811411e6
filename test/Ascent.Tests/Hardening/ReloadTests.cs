using System.Net;
using System.Text.Json;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>A running program whose configuration file is rewritten: what is good comes into force, what is faulty is named and changes nothing.</summary>
public sealed class ReloadTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_faulty_file_keeps_the_old_one_serving_and_its_faults_are_named()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, Talkative);
        await using var running = program;
        using var clients = new Clients(open, admin);
        var good = await File.ReadAllTextAsync(workshop.ConfigFile);

        Workshop.Replace(workshop.ConfigFile, good.Replace("lifespan: 24h", "lifespan: forever", StringComparison.Ordinal).Replace("algorithm: argon2,", "algorithm: rot13,", StringComparison.Ordinal)
            .Replace(Workshop.Schema, "", StringComparison.Ordinal));
        await Poll.UntilAsync("both faults are named", Soon, () => Task.FromResult(program.Errors.Contains("session.lifespan", StringComparison.Ordinal) && program.Errors.Contains("hashers.algorithm", StringComparison.Ordinal)));
        await StillServesAsync(open, admin);

        Workshop.Replace(workshop.ConfigFile, good.Replace(workshop.SchemaFile, workshop.SchemaFile + ".not", StringComparison.Ordinal));
        await Poll.UntilAsync("the missing schema is named", Soon, () => Task.FromResult(program.Errors.Contains("person.schema.json.not", StringComparison.Ordinal)));
        await StillServesAsync(open, admin);

        Workshop.Replace(workshop.ConfigFile, "{ [ not yaml");
        await Poll.UntilAsync("the unreadable file is named", Soon, () => Task.FromResult(program.Errors.Split("is not used").Length > 3));
        await StillServesAsync(open, admin);

        File.Delete(workshop.ConfigFile);
        await Poll.UntilAsync("the missing file is named", Soon, () => Task.FromResult(program.Errors.Contains($"{workshop.ConfigFile}: cannot be read", StringComparison.Ordinal)));
        await StillServesAsync(open, admin);

        Workshop.Replace(workshop.ConfigFile, good.Replace("http://127.0.0.1:4433/", "http://changed.example.org/", StringComparison.Ordinal));
        await Poll.UntilAsync("a good file comes into force", Soon, async () => await BaseAsync(open) == "http://changed.example.org/");
        program.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_dozen_rewrites_under_load_lose_no_request_and_the_last_one_holds()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, Talkative);
        await using var running = program;
        using var clients = new Clients(open, admin);
        var good = await File.ReadAllTextAsync(workshop.ConfigFile);
        using var enough = new CancellationTokenSource();
        var asked = new Counter();
        var load = Enumerable.Range(0, 3).Select(_ => AskUntilAsync(open, asked, enough.Token)).ToArray();
        for (var n = 1; n <= 12; n++)
        {
            Workshop.Replace(workshop.ConfigFile, good.Replace("http://127.0.0.1:4433/", $"http://n{n}.example.org/", StringComparison.Ordinal));
            if (n % 4 == 0) await Poll.UntilAsync($"rewrite {n} is in force", Soon, async () => await BaseAsync(open) == $"http://n{n}.example.org/");
            else await AskedAsync(20 * n);
        }
        await enough.CancelAsync();
        await Task.WhenAll(load);
        asked.Value.ShouldBeGreaterThan(20 * (1 + 2 + 3 + 5 + 6 + 7 + 9 + 10 + 11));

        Task AskedAsync(int more)
        {
            var goal = asked.Value + more;
            return Poll.UntilAsync($"{more} further requests are answered", Soon, async () =>
            {
                // A request that failed ends its part of the load: its fault is the better message.
                if (load.FirstOrDefault(l => l.IsCompleted) is { } ended) await ended;
                return asked.Value >= goal;
            });
        }
    }

    [Fact]
    public async Task A_file_that_takes_the_tokens_away_does_not_open_the_admin_port()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        const string Token = "a-token-of-the-test-suite-1234567890";
        var (publicPort, adminPort) = (Workshop.FreePort(), Workshop.FreePort());
        // Without a host it listens everywhere as long as there are tokens, and by the file without them on the loopback alone.
        var without = Talkative(workshop.Config(publicPort, adminPort)).Replace($"host: 127.0.0.1, port: {adminPort} }}", $"port: {adminPort} }}", StringComparison.Ordinal);
        var with = without.Replace($"port: {adminPort} }}", $"port: {adminPort}, auth: {{ tokens: [ {{ name: ci, token: {Token} }} ] }} }}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(workshop.ConfigFile, with);
        await using var program = RunningProgram.Run(["serve", "-c", workshop.ConfigFile]);
        using var admin = Workshop.Client(new Uri($"http://127.0.0.1:{adminPort}/"));
        await Poll.UntilAsync("it is ready", TimeSpan.FromSeconds(30), async () => await StatusAsync(admin, "/health/ready") == HttpStatusCode.OK);
        (await StatusAsync(admin, "/admin/identities")).ShouldBe(HttpStatusCode.Unauthorized);

        Workshop.Replace(workshop.ConfigFile, without);
        await Poll.UntilAsync("the change is noticed", Soon, () => Task.FromResult(program.Errors.Contains("serve.admin.host", StringComparison.Ordinal) && program.Errors.Contains("restart", StringComparison.Ordinal)));
        (await StatusAsync(admin, "/admin/identities")).ShouldBe(HttpStatusCode.Unauthorized);

        Workshop.Replace(workshop.ConfigFile, with);
        await Poll.UntilAsync("the token is known again", Soon, async () =>
        {
            using var response = await RunningServer.SendAsync(admin, "GET", "/admin/identities", null, ("Authorization", $"Bearer {Token}"));
            return response.StatusCode == HttpStatusCode.OK;
        });
    }

    private static string Talkative(string config) => config.Replace("level: error", "level: info", StringComparison.Ordinal);

    private static async Task StillServesAsync(HttpClient open, HttpClient admin)
    {
        (await BaseAsync(open)).ShouldBe("http://127.0.0.1:4433/");
        (await StatusAsync(admin, "/admin/identities")).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string> BaseAsync(HttpClient open)
    {
        using var response = await open.GetAsync("/self-service/login/api");
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return new Uri(JsonElement.Parse(text).GetProperty("ui").GetProperty("action").GetString()!).GetLeftPart(UriPartial.Authority) + "/";
    }

    private static async Task AskUntilAsync(HttpClient open, Counter asked, CancellationToken enough)
    {
        for (; !enough.IsCancellationRequested; asked.Add()) await BaseAsync(open);
    }

    private static async Task<HttpStatusCode?> StatusAsync(HttpClient client, string path)
    {
        try
        {
            using var response = await client.GetAsync(path);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private sealed class Counter
    {
        private int value;

        public int Value => Volatile.Read(ref value);

        public void Add() => Interlocked.Increment(ref value);
    }
}

/// <summary>Two clients that end together.</summary>
internal sealed class Clients(HttpClient open, HttpClient admin) : IDisposable
{
    public void Dispose()
    {
        open.Dispose();
        admin.Dispose();
    }
}
