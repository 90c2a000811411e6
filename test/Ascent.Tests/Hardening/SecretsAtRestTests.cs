using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ascent.Storage;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Hardening;

/// <summary>Whoever reads the database or the logs learns no secret: not what forms offer, not what they show, not what was typed.</summary>
public sealed partial class SecretsAtRestTests
{
    private const string Ada = "ada@example.org", Wrong = "typed-wrongly-at-login-1", Unused = "typed-at-registration-2", Short = "kurz-3x", Payload = "from-a-transient-payload-4";

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task No_secret_of_a_form_can_be_read_in_the_database_or_the_logs(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine);
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, config => WithFactors(config).Replace("level: error", "level: trace", StringComparison.Ordinal));
        await using var running = program;
        using var clients = new Clients(open, admin);
        using (var made = await RunningServer.SendAsync(admin, "POST", "/admin/identities", $$$"""{"schema_id":"default","traits":{"email":"{{{Ada}}}"},"credentials":{"password":{"config":{"password":"{{{SignIn.Password}}}"} } } }"""))
            made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var secrets = new List<string> { SignIn.Password, Wrong, Unused, Short, Payload };

        var sent = 0;
        var login = await BeginAsync(open, "login");
        (await PostAsync(login, new { method = "password", identifier = Ada, password = Wrong, transient_payload = new { note = Payload } })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(login, new { identifier = Ada, password = Wrong })).Status.ShouldBe(HttpStatusCode.BadRequest);
        var token = (await PostAsync(login, new { method = "password", identifier = Ada, password = SignIn.Password })).Body.GetProperty("session_token").GetString()!;
        var registration = await BeginAsync(open, "registration");
        (await PostAsync(registration, new { method = "password", password = Unused, traits = new { email = "no address" } })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(registration, new { method = "nonsense", password = Unused, traits = new { email = Ada }, transient_payload = new { note = Payload } })).Status.ShouldBe(HttpStatusCode.BadRequest);

        var settings = await BeginAsync(open, "settings", token);
        secrets.Add(SecretsOf(settings).ShouldHaveSingleItem());
        (await PostAsync(settings, new { method = "password", password = Short }, token)).Status.ShouldBe(HttpStatusCode.BadRequest);
        var offered = await PostAsync(settings, new { method = "lookup_secret", lookup_secret_regenerate = true }, token);
        var codes = SecretsOf(offered.Body).Where(s => s.Length == 8).ToArray();
        codes.Length.ShouldBe(12);
        (await PostAsync(settings, new { method = "lookup_secret", lookup_secret_confirm = true }, token)).Status.ShouldBe(HttpStatusCode.OK);
        var revealed = await PostAsync(await BeginAsync(open, "settings", token), new { method = "lookup_secret", lookup_secret_reveal = true }, token);
        SecretsOf(revealed.Body).Where(s => s.Length == 8).ShouldBe(codes);
        var again = await PostAsync(await BeginAsync(open, "settings", token), new { method = "lookup_secret", lookup_secret_regenerate = true }, token);
        secrets.AddRange([.. codes, .. SecretsOf(again.Body)]);
        secrets.Add(token);

        program.Terminate();
        var end = await program.EndAsync(); // the log is written
        end.ExitCode.ShouldBe(0, end.All);
        PostLine.Count(end.All).ShouldBe(sent);
        var everything = string.Join('\n', await DumpAsync(workshop.Database.Db));
        everything.ShouldContain("identity.created"); // it is a dump indeed
        foreach (var secret in secrets)
        {
            everything.ShouldNotContain(secret, Case.Insensitive);
            end.All.ShouldNotContain(secret, Case.Insensitive);
        }
        end.Errors.ShouldContain("/self-service/settings");

        Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(JsonElement flow, object values, string? token = null)
        {
            sent++;
            return SendAsync(open, flow, values, token);
        }
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_a_flow_keeps_is_bound_to_its_row_and_to_the_secrets(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, WithFactors);
        var db = server.Workshop.Database.Db;
        var (one, other) = (IdOf(await SignIn.BeginAsync(server)), IdOf(await SignIn.BeginAsync(server)));
        (await StatusAsync(server, one)).ShouldBe(HttpStatusCode.OK);
        await db.ExecuteAsync(new Sql("update flow set ui = (select o.ui from flow o where o.id = @other) where id = @one", ("other", other), ("one", one)), None);
        (await StatusAsync(server, one)).ShouldBe(HttpStatusCode.NotFound);
        await db.ExecuteAsync(new Sql("update flow set data = ui where id = @other", ("other", other)), None);
        (await StatusAsync(server, other)).ShouldBe(HttpStatusCode.NotFound);
        await db.ExecuteAsync(new Sql("update flow set data = '{}', ui = '{}'"), None);
        (await StatusAsync(server, other)).ShouldBe(HttpStatusCode.NotFound);
    }

    public static string WithFactors(string config) => config.Replace("  methods: {",
        "  flows: { settings: { required_aal: aal1 } }\n  methods: { totp: { enabled: true, config: { issuer: Ascent } }, lookup_secret: { enabled: true },", StringComparison.Ordinal);

    /// <summary>All texts of all tables.</summary>
    private static async Task<List<string>> DumpAsync(Db db)
    {
        var texts = new List<string>();
        foreach (var (table, columns) in await db.ReadSchemaAsync(None))
            foreach (var column in columns)
                texts.AddRange(await db.ReadAsync(new Sql($"select coalesce(cast({column} as text), '') from {table}"), r => r.Text(0), None));
        return texts;
    }

    private static string[] SecretsOf(JsonElement flow) => [.. flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().SelectMany(n => Values(n, "secret"))];

    private static IEnumerable<string> Values(JsonElement at, string name) => at.ValueKind switch
    {
        JsonValueKind.Object => at.EnumerateObject().SelectMany(p => p.Name == name && p.Value.ValueKind == JsonValueKind.String ? [p.Value.GetString()!] : Values(p.Value, name)),
        JsonValueKind.Array => at.EnumerateArray().SelectMany(e => Values(e, name)),
        _ => [],
    };

    private static Guid IdOf(string action) => Guid.Parse(action.Split("flow=")[1]);

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, Guid flow)
    {
        using var response = await server.Public.GetAsync($"/self-service/login/flows?id={flow}");
        return response.StatusCode;
    }

    private static async Task<JsonElement> BeginAsync(HttpClient client, string kind, string? token = null)
    {
        using var response = await RunningServer.SendAsync(client, "GET", $"/self-service/{kind}/api", null, SignIn.Token(token));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    [GeneratedRegex(@" POST /self-service/[a-z]+ \d{3} in ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PostLine { get; }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpClient client, JsonElement flow, object values, string? token = null)
    {
        using var response = await RunningServer.SendAsync(client, "POST", Browser.ActionOf(flow), JsonSerializer.Serialize(values), SignIn.Token(token));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }
}
