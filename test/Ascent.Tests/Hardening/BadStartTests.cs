using System.Net;
using System.Net.Sockets;
using Ascent.Config;
using Ascent.Storage;
using Ascent.Tests.Running;
using Shouldly;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Hardening;

/// <summary>A start that cannot succeed ends at once with words that say what to change; never with a stack trace, never with a secret.</summary>
public sealed class BadStartTests
{
    private const string Password = "geheim-und-lang";

    /// <summary>What is replaced in a good configuration, by what, and words that must be told.</summary>
    public static TheoryData<string, string, string[]> Configurations => new()
    {
        { "log: {", "log: { level: loud }\nlog2: {", ["log.level", "debug"] },
        { "log: {", "log: [", ["kratos.yml"] },
        { "log: { level: error, format: text }", "log: { leval: error", ["kratos.yml", "bracket"] },
        { "default_schema_id: default", "default_schema_id: other", ["identity.default_schema_id", "default"] },
        { "file://{schema}", "file://{schema}.not", ["identity.schemas.0.url", "person.schema.json.not"] },
        { "file://{schema}", "file://{directory}", ["identity.schemas.0.url", "cannot be read"] },
        { "file://{schema}", "http://127.0.0.1:1/schema.json", ["identity.schemas.0.url", "cannot be reached"] },
        { "file://{schema}", "base64://eyJhIjo=", ["identity.schemas.0.url", "no JSON document"] },
        { "file://{schema}", "base64://eyJ0eXBlIjoib2JqZWt0In0=", ["identity.schemas.0.url", "#/type"] },
        { "host: 127.0.0.1, port: 0 }\nidentity", "host: 0.0.0.0, port: 0 }\nidentity", ["serve.admin.host", "serve.admin.auth.tokens", "allow_unauthenticated"] },
        { "port: 0 }\nidentity", "port: 0, tls: { cert: { path: /nowhere.pem }, key: { path: /nowhere.key } } }\nidentity", ["serve.admin.tls", "/nowhere.pem"] },
        { "host: 127.0.0.1, port: 0 }\nidentity", "host: \"unix:{directory}/nowhere/socket\", port: 0 }\nidentity", ["cannot listen", "serve.admin"] },
        { "0123456789abcdef0123456789abcdef", Password, ["secrets.cipher.0", "32 characters"] },
        { "version: v26.2.0", "selfservise: {}\nserve2: {}\nversion: v26.2.0\nciphers: { algorithm: nonsense }", ["selfservise", "did you mean selfservice", "ciphers.algorithm"] },
    };

    public static TheoryData<string, string[]> Databases => new()
    {
        { $"mongodb://ada:{Password}@127.0.0.1/x", ["dsn", "sqlite:///", "postgres://"] },
        { $"mysql://ada:{Password}@127.0.0.1/x", ["dsn", "mysql is not supported"] },
        { Password, ["dsn", "sqlite:///", "postgres://"] },
        { $"postgres://ada:{Password}@127.0.0.1:1/x", ["dsn", "cannot be reached"] },
        { $"postgres://ada:{Password}@nowhere.invalid/x", ["dsn", "cannot be reached"] },
        { $"postgres://ada:{Password}@127.0.0.1:port/x", ["dsn", "not a URL"] },
        { $"postgres://ada:{Password}@127.0.0.1/x?sslmood=require", ["dsn", "sslmood", "sslmode"] },
        { "sqlite:///proc/nowhere/db.sqlite", ["dsn", "/proc/nowhere/db.sqlite", "writable"] },
        { "sqlite:///proc/db.sqlite", ["dsn", "/proc/db.sqlite", "writable"] },
        { "sqlite://{directory}", ["dsn", "cannot be opened"] },
        { "sqlite://{schema}", ["dsn", "no database"] },
        { "sqlite://{directory}/none.sqlite?mode=rw", ["dsn", "none.sqlite"] },
        { "sqlite://{directory}/empty.sqlite", ["version 0", "ascent migrate sql -e --yes"] },
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task A_configuration_that_cannot_be_used_is_refused(string good, string bad, string[] words)
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var config = workshop.Config();
        config.ShouldContain(Filled(good, workshop));
        await RefusesAsync(workshop, config.Replace(Filled(good, workshop), Filled(bad, workshop), StringComparison.Ordinal), words);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_database_that_cannot_be_used_is_refused(string dsn, string[] words)
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await RefusesAsync(workshop, workshop.Config().Replace(workshop.Database.Dsn, Filled(dsn, workshop), StringComparison.Ordinal), words);
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var config = workshop.Config().Replace("0123456789abcdef0123456789abcdef", "short", StringComparison.Ordinal)
            .Replace("level: error", "level: loud", StringComparison.Ordinal).Replace("lifespan: 24h", "lifespan: soon", StringComparison.Ordinal)
            .Replace("default_schema_id: default", "default_schema_id: other", StringComparison.Ordinal);
        await RefusesAsync(workshop, config, ["secrets.cipher.0", "log.level", "session.lifespan", "identity.default_schema_id"]);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var result = await RunningProgram.RunToEndAsync(["serve", "-c", "/nowhere/kratos.yml"]);
        Refused(result, ["/nowhere/kratos.yml"]);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_database_that_is_behind_ahead_or_in_pieces_is_refused(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine, migrate: false);
        await RefusesAsync(workshop, workshop.Config(), ["version 0", "ascent migrate sql -e --yes"]);
        await new Migrator(workshop.Database.Db, TimeProvider.System).MigrateAsync(None);
        await workshop.Database.Db.ExecuteAsync(new Sql("insert into schema_version (version, name, applied_at) values (9999, 'future', 0)"), None);
        await RefusesAsync(workshop, workshop.Config(), ["version 9999", "newer"]);
        await workshop.Database.Db.ExecuteAsync(new Sql("delete from schema_version where version = 9999"), None);
        await workshop.Database.Db.ExecuteAsync(new Sql("alter table event drop column address"), None);
        await RefusesAsync(workshop, workshop.Config(), ["event.address", "backup"]);
    }

    [Fact]
    public async Task A_server_without_the_database_that_the_dsn_names_is_told()
    {
        var server = Environment.GetEnvironmentVariable("ASCENT_TEST_POSTGRES");
        if (string.IsNullOrEmpty(server)) Assert.Skip("PostgreSQL is not there: ASCENT_TEST_POSTGRES names no server.");
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var there = new UriBuilder(server);
        var missing = new UriBuilder(server) { Path = "there_is_none", Password = Password };
        await RefusesAsync(workshop, workshop.Config().Replace(workshop.Database.Dsn, missing.Uri.ToString(), StringComparison.Ordinal), ["dsn", "no such database"]);
        there.Query = "sslmode=require";
        await RefusesAsync(workshop, workshop.Config().Replace(workshop.Database.Dsn, there.Uri.ToString(), StringComparison.Ordinal), ["dsn", "TLS", "sslmode"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_that_is_taken_is_told(bool isPublic)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await RefusesAsync(workshop, isPublic ? workshop.Config(taken, Workshop.FreePort()) : workshop.Config(Workshop.FreePort(), taken), ["cannot listen", $"127.0.0.1:{taken}", "address already in use"]);
    }

    /// <summary>However a file was cut or bent while somebody wrote it: it is refused or read, and nothing is thrown.</summary>
    [Fact]
    public async Task Half_a_configuration_is_never_more_than_a_fault()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var whole = workshop.Config();
        var loader = new ConfigLoader(new ConfigSource());
        for (var cut = 0; cut < whole.Length; cut++) loader.Load([("kratos.yml", whole[..cut])]).ShouldNotBeNull();
        foreach (var odd in (string[])["{", "[", "\"", "'", "}", "]", ":", "- ", "&a", "*a", "!", "|", ">", "%", "@", "`", "\t", "\0", "\uFEFF", "? ", ",", "#", "---", "..."])
            for (var at = 0; at < whole.Length; at += 7)
                loader.Load([("kratos.yml", whole.Insert(at, odd))]).ShouldNotBeNull();
    }

    private static string Filled(string text, Workshop workshop) => text
        .Replace("{schema}", workshop.SchemaFile, StringComparison.Ordinal).Replace("{directory}", Path.GetDirectoryName(workshop.SchemaFile), StringComparison.Ordinal);

    private static async Task RefusesAsync(Workshop workshop, string config, string[] words)
    {
        await File.WriteAllTextAsync(workshop.ConfigFile, config);
        Refused(await RunningProgram.RunToEndAsync(["serve", "-c", workshop.ConfigFile]), words);
    }

    private static void Refused(ProgramResult result, string[] words)
    {
        result.ExitCode.ShouldBe(1, result.All);
        foreach (var word in words) result.Errors.ShouldContain(word, Case.Sensitive);
        result.All.ShouldNotContain("   at ");
        result.All.ShouldNotContain("Exception");
        result.All.ShouldNotContain(Password);
    }
}
