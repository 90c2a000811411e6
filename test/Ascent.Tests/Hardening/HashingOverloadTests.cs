using System.Net;
using System.Text.Json;
using Ascent.Crypto.Hashing;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Registration;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>Who hashes too much is put off, at his own cost, and keeps nobody else out.</summary>
public sealed class HashingOverloadTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Logins_beyond_what_can_wait_are_told_when_to_come_back_and_count(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, config => $"{Counted(config)}\nsecurity: {{ throttle: {{ address: {{ max_failures: 4 }} }} }}\n");
        await SignIn.PersonAsync(server, "ada@example.org");
        using var release = new ManualResetEventSlim();
        var pool = server.Services.GetRequiredService<PasswordHasher>().Pool;
        var busy = Fill(pool, release);
        var action = await SignIn.BeginAsync(server);
        for (var i = 0; i < 4; i++)
        {
            var (status, body, response) = await SignIn.SubmitAsync(server, action, new { method = "password", identifier = "ada@example.org", password = SignIn.Password });
            using var answer = response;
            status.ShouldBe(HttpStatusCode.ServiceUnavailable);
            body.GetProperty("error").GetProperty("id").GetString().ShouldBe("security_hashing_overloaded");
            response.Headers.RetryAfter.ShouldNotBeNull();
        }
        release.Set();
        await Task.WhenAll(busy).ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        // The address has spent its attempts, though none was looked at; the account was not guessed at.
        (await SignIn.SubmitAsync(server, action, new { method = "password", identifier = "ada@example.org", password = SignIn.Password })).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        var lockouts = JsonElement.Parse((await server.AdminAsync("GET", "/admin/lockouts")).Body);
        (lockouts.ValueKind == JsonValueKind.Array ? lockouts : lockouts.GetProperty("lockouts")).EnumerateArray().Select(l => l.GetProperty("kind").GetString()).ShouldBe(["address"]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_client_makes_so_many_accounts_and_no_more_and_signs_in_all_the_same(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, config =>
            $"{Counted(config)}\n  flows: {{ registration: {{ {Registering.OneStep}, {Registering.Session} }} }}\nsecurity: {{ throttle: {{ registration: {{ max_failures: 3 }} }} }}\n");
        await SignIn.PersonAsync(server, "taken@example.org");
        // What is merely filled in wrongly costs nothing.
        for (var i = 0; i < 5; i++) (await Registering.NativelyAsync(server, Registering.Body("no address"))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Registering.NativelyAsync(server, Registering.Body("taken@example.org"))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Registering.NativelyAsync(server, Registering.Body("a@example.org"))).Status.ShouldBe(HttpStatusCode.OK);
        (await Registering.NativelyAsync(server, Registering.Body("taken@example.org"))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await Registering.NativelyAsync(server, Registering.Body("b@example.org"))).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        await SignIn.NativelyAsync(server, "a@example.org");
        (await server.AdminAsync("GET", "/admin/lockouts")).Body.ShouldContain("registration");
    }

    /// <summary>The client of the test is no proxy.</summary>
    private static string Counted(string config) => config.Replace("public: {", "public: { trusted_proxies: [],", StringComparison.Ordinal);

    /// <summary>As many jobs as run and wait.</summary>
    private static List<Task<int>> Fill(HashingPool pool, ManualResetEventSlim release)
    {
        var jobs = new List<Task<int>>();
        while (true)
        {
            try
            {
                jobs.Add(pool.RunAsync("test", _ => { release.Wait(); return 0; }, CancellationToken.None));
            }
            catch (HashingOverloadedException)
            {
                return jobs;
            }
        }
    }
}
