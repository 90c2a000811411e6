using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary><c>config validate</c> is a gate: what it lets through starts, and what the start refuses it refuses, in the same words and all at once.</summary>
public sealed class ConfigGateTests
{
    /// <summary>What is added to a good configuration, and the key that is told.</summary>
    private static readonly (string Yaml, string Key)[] Faults =
    [
        ("sesion: { lifespan: 1h }", "sesion"),
        ("session: { lifespan: 1d }", "session.lifespan"),
        ("identity: { schemas: [ { id: default, url: file:///nowhere/schema.json } ] }", "identity.schemas.0.url"),
        ("dsn: postgres://ada:geheim@127.0.0.1/x?sslmood=require", "dsn"),
        ("courier: { template_override_path: /nowhere/templates }", "courier.template_override_path"),
        ("serve: { public: { tls: { cert: { path: /nowhere.pem }, key: { path: /nowhere.key } } } }", "serve.public.tls"),
        ("""
        selfservice:
          flows: { login: { after: { hooks: [ { hook: web_hook, config: { url: "https://x.example.org", method: POST, body: file:///nowhere/body.jsonnet } } ] } } }
          methods: { oidc: { enabled: true, config: { providers: [
            { id: a, provider: patreon, client_id: b, mapper_url: file:///nowhere/mapper.jsonnet }, { id: c, provider: google, client_id: d, client_secret: e, mapper_url: "base64://e2E6" } ] } } }
        """, "selfservice.flows.login.after.hooks.0.config.body"),
    ];

    /// <summary>Told by the last of them as well.</summary>
    private static readonly string[] OfProviders = ["providers.0.provider", "providers.0.mapper_url", "providers.1.mapper_url"];

    [Fact]
    public async Task What_the_start_finds_validate_finds_in_one_round()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config());
        var files = new List<string> { "-c", workshop.ConfigFile };
        foreach (var (yaml, i) in Faults.Select((f, i) => (f.Yaml, i)))
        {
            await File.WriteAllTextAsync(workshop.PathOf($"{i}.yml"), yaml);
            files.AddRange(["-c", workshop.PathOf($"{i}.yml")]);
        }
        var validated = await RunningProgram.RunToEndAsync(["config", "validate", .. files]);
        var started = await RunningProgram.RunToEndAsync(["serve", .. files]);
        validated.ExitCode.ShouldBe(1, validated.All);
        started.ExitCode.ShouldBe(1, started.All);
        foreach (var key in Faults.Select(f => f.Key).Concat(OfProviders)) validated.Output.ShouldContain(key);
        var told = validated.Output.Split('\n').Where(l => l.StartsWith("fault ", StringComparison.Ordinal)).Select(l => l["fault    ".Length..]).ToArray();
        told.Length.ShouldBe(Faults.Length + OfProviders.Length);
        started.Errors.Split('\n').Where(l => l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l.Trim()).ShouldBe(told);
        validated.All.ShouldNotContain("geheim");
    }

    [Fact]
    public async Task A_reload_finds_them_as_well()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop);
        await using var running = program;
        using var clients = new Clients(open, admin);
        var good = await File.ReadAllTextAsync(workshop.ConfigFile);
        Workshop.Replace(workshop.ConfigFile, good.Replace("lifespan: 24h", "lifespam: 24h", StringComparison.Ordinal).Replace(workshop.SchemaFile, "/nowhere/schema.json", StringComparison.Ordinal));
        await Poll.UntilAsync("both are told", TimeSpan.FromSeconds(20), () => Task.FromResult(
            program.Errors.Contains("session.lifespam: unknown key; did you mean session.lifespan?", StringComparison.Ordinal) && program.Errors.Contains("/nowhere/schema.json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_unknown_key_passes_where_it_is_allowed()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, c => c + "\nsesion: { lifespan: 1h }", "--allow-unknown-keys");
        await using var running = program;
        using var clients = new Clients(open, admin);
        program.Errors.ShouldContain("sesion: unknown key, not read");
        var refused = await RunningProgram.RunToEndAsync(["migrate", "sql", "--yes", "-c", workshop.ConfigFile]);
        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldContain("--allow-unknown-keys");
        (await RunningProgram.RunToEndAsync(["migrate", "sql", "--yes", "-c", workshop.ConfigFile, "--allow-unknown-keys"])).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task What_validate_lets_through_starts()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config() + "\n");
        var validated = await RunningProgram.RunToEndAsync(["config", "validate", "-c", workshop.ConfigFile]);
        validated.ExitCode.ShouldBe(0, validated.All);
        await using var server = await RunningServer.StartAsync(workshop);
    }
}
