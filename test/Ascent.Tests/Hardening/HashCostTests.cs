using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Ascent.Crypto.Hashing;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Registration;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>
/// The time of an answer tells nothing of an account, since the same hash work is done for all: counted by the hasher itself, with the format of
/// each operation, for every kind of client.
/// </summary>
public sealed class HashCostTests
{
    private const string Ada = "ada@example.org", Bcrypt = "$2a$12$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq";

    public static TheoryData<string, string> Clients => new()
    {
        { "sqlite", "native" }, { "sqlite", "page" }, { "sqlite", "form" }, { "postgres", "native" }, { "postgres", "page" }, { "postgres", "form" },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_login_costs_one_hash_whoever_it_is(string engine, string client)
    {
        await using var server = await RunningServer.StartAsync(engine, WithPages);
        await SignIn.PersonAsync(server, Ada);
        await SignIn.PersonAsync(server, "nopass@example.org", password: null);
        var inactive = await SignIn.PersonAsync(server, "inactive@example.org");
        (await server.AdminAsync("PATCH", $"/admin/identities/{inactive}", """[{"op":"replace","path":"/state","value":"inactive"}]""")).Status.ShouldBe(HttpStatusCode.OK);
        using var work = new HashWork(server);
        var answers = new Dictionary<string, string>();
        foreach (var identifier in (string[])[Ada, "unknown@example.org", "nopass@example.org", "inactive@example.org", "+49 30 1234567", "ada"])
        {
            work.Done.Clear();
            var answer = await LoginAsync(server, client, identifier, "wrong-password-1");
            answers[identifier] = $"{answer} {string.Join(' ', work.Done)}";
        }
        answers.Values.Distinct().ShouldHaveSingleItem(string.Join('\n', answers));
        answers[Ada].ShouldEndWith(" argon2id");

        // The right password of somebody inactive: one hash too, and no session.
        work.Done.Clear();
        (await LoginAsync(server, client, "inactive@example.org", SignIn.Password)).ShouldContain("4010011");
        work.Done.ShouldBe(["argon2id"]);
    }

    [Fact]
    public async Task An_account_whose_password_another_system_knows_costs_the_same()
    {
        await using var server = await RunningServer.StartAsync("sqlite", config => WithPages(config).Replace("haveibeenpwned_enabled: false",
            "haveibeenpwned_enabled: false, migrate_hook: { enabled: true, config: { url: \"http://127.0.0.1:1/\", method: POST } }", StringComparison.Ordinal));
        await server.CreateAsync("""{"schema_id":"default","traits":{"email":"moved@example.org"},"credentials":{"password":{"config":{"use_password_migration_hook":true}}}}""");
        using var work = new HashWork(server);
        (await LoginAsync(server, "native", "moved@example.org", "wrong-password-1")).ShouldBe(await LoginAsync(server, "native", "unknown@example.org", "wrong-password-1"));
        work.Done.ShouldBe(["argon2id", "argon2id"]);
    }

    /// <summary>A hash of another system costs what it costs; it is replaced at the first success, after which nothing differs.</summary>
    [Fact]
    public async Task A_foreign_hash_gives_way_at_the_first_login()
    {
        await using var server = await RunningServer.StartAsync("sqlite", WithPages);
        var id = await server.CreateAsync($$$"""{"schema_id":"default","traits":{"email":"old@example.org"},"credentials":{"password":{"config":{"hashed_password":"{{{Bcrypt}}}"} } } }""");
        using var work = new HashWork(server);
        await LoginAsync(server, "native", "old@example.org", "wrong-password-1");
        work.Done.ShouldBe(["bcrypt"]);
        _ = id;
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_registration_of_a_taken_identifier_costs_what_one_of_a_free_one_does(string engine, string client)
    {
        await using var server = await Registering.ServerAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        using var work = new HashWork(server);
        await RegisterAsync(server, client, Ada);
        work.Done.ShouldBe(["argon2id"]);
        await RegisterAsync(server, client, "free@example.org");
        work.Done.ShouldBe(["argon2id", "argon2id"]);
    }

    private static string WithPages(string config) =>
        $"{config}\n  flows: {{ error: {{ ui_url: \"http://127.0.0.1:4455/error\" }}, login: {{ ui_url: \"http://127.0.0.1:4455/login\" }} }}\n";

    /// <summary>Status and messages.</summary>
    private static async Task<string> LoginAsync(RunningServer server, string client, string identifier, string password)
    {
        switch (client)
        {
            case "native":
                var (status, body, response) = await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier, password });
                response.Dispose();
                return $"{status} {string.Join(',', SignIn.Messages(body))}";
            case "page":
                var page = new Browser(server);
                var flow = await page.BeginAsync();
                var (pageStatus, pageBody) = await page.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "password", identifier, password });
                return $"{pageStatus} {string.Join(',', SignIn.Messages(pageBody))}";
            default:
                var browser = new FormBrowser(server);
                var (_, begun) = await browser.SendAsync("GET", "/self-service/login/browser");
                var form = await browser.FetchAsync("login", begun);
                var (formStatus, location) = await browser.SendAsync("POST", Browser.ActionOf(form), ("csrf_token", Browser.CsrfOf(form)), ("method", "password"), ("identifier", identifier), ("password", password));
                return $"{formStatus} {string.Join(',', SignIn.Messages(await browser.FetchAsync("login", location)))}";
        }
    }

    private static async Task RegisterAsync(RunningServer server, string client, string email)
    {
        switch (client)
        {
            case "native":
                await Registering.NativelyAsync(server, Registering.Body(email));
                break;
            case "page":
                var page = new Browser(server);
                var flow = await page.BeginAsync("registration");
                await page.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "password", traits = new { email }, password = SignIn.Password });
                break;
            default:
                var browser = new FormBrowser(server);
                var (_, begun) = await browser.SendAsync("GET", "/self-service/registration/browser");
                var form = await browser.FetchAsync("registration", begun);
                await browser.SendAsync("POST", Browser.ActionOf(form), ("csrf_token", Browser.CsrfOf(form)), ("method", "password"), ("traits.email", email), ("password", SignIn.Password));
                break;
        }
    }

    /// <summary>The format of every hash operation of one server, in their order.</summary>
    private sealed class HashWork : IDisposable
    {
        private readonly MeterListener listener = new();

        public HashWork(RunningServer server)
        {
            var meter = server.Services.GetRequiredService<PasswordHasher>().Pool.Metrics.Meter;
            listener.InstrumentPublished = (instrument, l) =>
            {
                if (ReferenceEquals(instrument.Meter, meter) && instrument.Name == "ascent.hashing.operations") l.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Done.Enqueue((string)tags[0].Value!));
            listener.Start();
        }

        public ConcurrentQueue<string> Done { get; } = new();

        public void Dispose() => listener.Dispose();
    }
}
