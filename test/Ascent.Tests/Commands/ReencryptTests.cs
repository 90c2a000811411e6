using Ascent.Storage;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Commands;

/// <summary>A new secret in front, everything old encrypted anew, the old secret gone, and nobody notices.</summary>
public sealed class ReencryptTests
{
    private const string Old = "0123456789abcdef0123456789abcdef", New = "fedcba9876543210fedcba9876543210";

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Old_rows_are_encrypted_under_the_first_secret_and_the_old_one_can_go(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine);
        var ids = new List<string>();
        await using (var server = await RunningServer.StartAsync(workshop))
        {
            for (var i = 0; i < 5; i++)
                ids.Add(await server.CreateAsync($$"""{"schema_id":"default","traits":{"email":"p{{i}}@example.org"},"credentials":{"lookup_secret":{"config":{"codes":[{"code":"code-{{i}}"}]} } } }"""));
            await SignIn.BeginAsync(server);
        }
        var db = workshop.Database.Db;
        var before = await ConfigsAsync(db);
        before.Length.ShouldBe(5);
        (await RunAsync(workshop, Old)).Output.ShouldContain("credentials: 5 looked at, 0 encrypted anew, 0 that no secret opens");

        var counted = await RunAsync(workshop, $"{New}, {Old}", "--dry-run", "--batch-size", "2");
        counted.Output.ShouldContain("credentials: 5 looked at, 5 to encrypt anew, 0 that no secret opens");
        counted.Output.ShouldContain("The older secrets are still needed");
        (await ConfigsAsync(db)).ShouldBe(before);

        var done = await RunAsync(workshop, $"{New}, {Old}", "--batch-size", "2");
        done.Output.ShouldContain("credentials: 5 looked at, 5 encrypted anew, 0 that no secret opens");
        done.Output.ShouldContain("flows: 1 run under an older secret");
        done.Output.ShouldContain("The older secrets can go after ");
        (await ConfigsAsync(db)).Intersect(before).ShouldBeEmpty();
        await db.ExecuteAsync(new Sql("delete from flow"), None);
        (await RunAsync(workshop, $"{New}, {Old}")).Output.ShouldContain("All secrets of secrets.cipher but the first can go.");

        await using var after = await RunningServer.StartAsync(workshop, c => With(c, New));
        for (var i = 0; i < 5; i++)
            (await after.AdminAsync("GET", $"/admin/identities/{ids[i]}?include_credential=lookup_secret")).Body.ShouldContain($"code-{i}");
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Messages_that_wait_are_encrypted_anew_and_what_no_secret_opens_is_counted(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine);
        var tenant = await Ascent.Tenancy.Tenant.LoadDefaultAsync(workshop.Database.Db, TimeProvider.System, None);
        var ciphers = CiphersOf(Old);
        var (id, stranger) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var content = new Ascent.Courier.MessageContent("subject", "body", null, [], []);
        await InsertAsync(id, new Ascent.Courier.MessageSeal(ciphers.AtRest).Close(id, content));
        (await RunAsync(workshop, $"{New}, {Old}")).Output.ShouldContain("messages: 1 looked at, 1 encrypted anew, 0 that no secret opens");
        var text = await workshop.Database.Db.ReadAsync(new Sql("select content from message where id = @id", ("id", id)), r => r.Text(0), None);
        new Ascent.Courier.MessageSeal(CiphersOf(New).AtRest).Open(id, text.ShouldHaveSingleItem())!.Body.ShouldBe("body");

        await InsertAsync(stranger, new Ascent.Courier.MessageSeal(CiphersOf("ffffffffffffffffffffffffffffffff").AtRest).Close(stranger, content));
        var lost = await RunningProgram.RunToEndAsync(["secrets", "reencrypt", "-c", workshop.ConfigFile]);
        lost.ExitCode.ShouldBe(1);
        lost.Output.ShouldContain("messages: 2 looked at, 0 encrypted anew, 1 that no secret opens");
        lost.Output.ShouldContain("put it back");

        Task<int> InsertAsync(Guid message, string sealedContent) => workshop.Database.Db.ExecuteAsync(new Sql("""
            insert into message (nid, id, status, channel, recipient, template_type, content, send_count, due_at, created_at, updated_at)
            values (@nid, @id, 'queued', 'email', 'ada@example.org', 'recovery_valid', @content, 0, 1, 1, 1)
            """, ("nid", tenant.Nid), ("id", message), ("content", sealedContent)), None);
    }

    private static Ascent.Crypto.Ciphers CiphersOf(string secret) => new(new Ascent.Crypto.SecretKeys(new Ascent.Config.ConfigStore(new Ascent.Config.AscentConfig
    {
        Secrets = new Ascent.Config.SecretsConfig { Cipher = [new Ascent.Config.Secret(secret)] },
    })));

    private static async Task<ProgramResult> RunAsync(Workshop workshop, string secrets, params string[] options)
    {
        await File.WriteAllTextAsync(workshop.ConfigFile, With(workshop.Config(), secrets));
        var result = await RunningProgram.RunToEndAsync(["secrets", "reencrypt", "-c", workshop.ConfigFile, .. options]);
        result.ExitCode.ShouldBe(0, result.All);
        return result;
    }

    private static string With(string config, string secrets) => config.Replace($"cipher: [ {Old} ]", $"cipher: [ {secrets} ]", StringComparison.Ordinal);

    private static async Task<string[]> ConfigsAsync(Db db) => [.. await db.ReadAsync(new Sql("select config from credential where type = 'lookup_secret' order by identity_id"), r => r.Text(0), None)];
}
