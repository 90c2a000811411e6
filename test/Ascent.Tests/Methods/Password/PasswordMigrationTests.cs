using System.Net;
using System.Text.Json;
using Ascent.Crypto.Hashing;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Flows.Registration;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Methods.Password;

/// <summary>People whose password another system still has.</summary>
public sealed class PasswordMigrationTests
{
    private const string Ada = "ada@example.org";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Another_system_is_asked_once_and_its_yes_is_kept(string engine)
    {
        await using var old = await HookReceiver.StartAsync();
        old.Answer = call => call.Json.GetProperty("password").GetString() == SignIn.Password ? (200, """{"status":"password_match"}""") : (403, "");
        await using var server = await ServerAsync(engine, old);
        await PersonAsync(server);

        (await LoginAsync(server, "wrong-password-1")).ShouldBe([4000006]);
        (await LoginAsync(server, SignIn.Password)).ShouldBeEmpty();
        old.Calls.Select(c => c.Body).ShouldBe(["""{"identifier":"ada@example.org","password":"wrong-password-1"}""", $$"""{"identifier":"ada@example.org","password":"{{SignIn.Password}}"}"""]);
        old.Calls.ShouldAllBe(c => c.Method == "POST" && c.Headers["X-Key"] == "secret");

        (await LoginAsync(server, SignIn.Password)).ShouldBeEmpty();
        (await LoginAsync(server, "wrong-password-1")).ShouldBe([4000006]);
        old.Calls.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(200, """{"status":"other"}"""), InlineData(200, "no json"), InlineData(200, "[]"), InlineData(200, """{"status":1}"""), InlineData(201, """{"status":"password_match"}"""), InlineData(404, ""), InlineData(501, "")]
    public async Task Only_a_clear_yes_signs_in(int status, string body)
    {
        await using var old = await HookReceiver.StartAsync();
        old.Answer = _ => (status, body);
        await using var server = await ServerAsync("sqlite", old);
        await PersonAsync(server);
        var hasher = server.Services.GetRequiredService<PasswordHasher>();
        var before = hasher.Operations;

        (await LoginAsync(server, SignIn.Password)).ShouldBe([4000006]);

        (hasher.Operations - before).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_is_asked_where_the_hook_is_off()
    {
        await using var old = await HookReceiver.StartAsync();
        old.Answer = _ => (200, """{"status":"password_match"}""");
        await using var server = await ServerAsync("sqlite", old, enabled: false);
        await PersonAsync(server);
        (await LoginAsync(server, SignIn.Password)).ShouldBe([4000006]);
        old.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_template_makes_what_is_asked()
    {
        await using var old = await HookReceiver.StartAsync();
        old.Answer = _ => (200, """{"status":"password_match"}""");
        await using var server = await ServerAsync("sqlite", old, body: HookHost.Data("""{ "user": "{{ ctx.identifier }}", "secret": "{{ ctx.password }}" }"""));
        await PersonAsync(server);
        (await LoginAsync(server, SignIn.Password)).ShouldBeEmpty();
        old.Calls.Single().Json.GetProperty("user").GetString().ShouldBe(Ada);
        old.Calls.Single().Json.GetProperty("secret").GetString().ShouldBe(SignIn.Password);
    }

    private static Task<RunningServer> ServerAsync(string engine, HookReceiver old, bool enabled = true, string? body = null) => Registering.ServerAsync(engine, password:
        $"haveibeenpwned_enabled: false, migrate_hook: {{ enabled: {(enabled ? "true" : "false")}, config: {{ url: \"{old.Url}\", {(body is null ? "" : $"body: \"{body}\", ")}auth: {{ type: api_key, config: {{ name: X-Key, value: secret, in: header }} }} }} }}");

    private static Task<string> PersonAsync(RunningServer server) => server.CreateAsync(JsonSerializer.Serialize(new
    {
        schema_id = "default", traits = new { email = Ada }, credentials = new { password = new { config = new { use_password_migration_hook = true } } },
    }));

    /// <summary>The messages of a login; none for one that went well.</summary>
    private static async Task<int[]> LoginAsync(RunningServer server, string password)
    {
        var (status, body, _) = await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier = Ada, password });
        return status == HttpStatusCode.OK ? [] : SignIn.Messages(body);
    }
}
