using System.Diagnostics.Metrics;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Sessions;
using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Sessions;

public sealed class SessionLookupTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Questions_that_come_together_share_statements_and_each_gets_its_own_answer(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var identities = new List<(Guid Identity, Guid Key)>();
        for (var i = 0; i < 40; i++)
        {
            var identity = await host.AddIdentityAsync($"p{i}@example.org");
            identities.Add((identity, Tokens.Key((await host.SignInAsync(identity)).Token)));
        }
        using var counted = new Statements();
        var lookup = new SessionLookup(host.Db, host.Config, host.Time);
        await using var _ = lookup;
        const int Rounds = 10;

        for (var round = 0; round < Rounds; round++)
        {
            // Every token twice and every third time an unknown one, more than one statement holds.
            var asked = Enumerable.Range(0, 120).Select(i => (Want: i % 3 == 2 ? (Guid?)null : identities[i % 40].Identity, Key: i % 3 == 2 ? Guid.CreateVersion7() : identities[i % 40].Key)).ToArray();
            var answers = await Task.WhenAll(asked.Select(a => lookup.FindAsync(host.Nid, a.Key).AsTask()));
            for (var i = 0; i < asked.Length; i++) (answers[i]?.IdentityId).ShouldBe(asked[i].Want);
            answers.Count(a => a is null).ShouldBe(40);
        }
        counted.Questions.ShouldBeGreaterThanOrEqualTo(120 * Rounds);
        if (engine == "postgres") counted.Of.ShouldBeLessThan(120 * Rounds / 4);
        (await lookup.FindAsync(Guid.CreateVersion7(), identities[0].Key)).ShouldBeNull(); // another tenant's
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_truth_is_seen_at_once(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var lookup = host.Get<SessionLookup>();
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        for (var i = 0; i < 20; i++)
        {
            await host.Db.ExecuteAsync(new Sql("update session set active = @active where nid = @nid and id = @id", ("active", i % 2 == 0), ("nid", host.Nid), ("id", session.Id)), None);
            (await lookup.FindAsync(host.Nid, Tokens.Key(token)))!.Active.ShouldBe(i % 2 == 0);
        }
    }

    [Fact]
    public async Task A_lost_connection_is_made_anew_without_anybody_noticing()
    {
        await using var host = await SessionsHost.StartAsync("postgres");
        var (_, token) = await host.SignInAsync(await host.AddIdentityAsync());
        for (var i = 0; i < 3; i++)
        {
            (await host.WhoamiAsync(token)).Code.ShouldBe(200);
            await host.Db.ReadAsync(new Sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"), r => r.Long(0), None);
        }
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
    }

    [Fact]
    public async Task A_database_that_is_gone_is_a_503()
    {
        await using var host = await SessionsHost.StartAsync("postgres");
        var (_, token) = await host.SignInAsync(await host.AddIdentityAsync());
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
        var name = (await host.Db.ReadAsync(new Sql("select current_database()::text"), r => r.Text(0), None)).Single();
        var server = Databases.Open(Environment.GetEnvironmentVariable("ASCENT_TEST_POSTGRES")!);
        await using (server)
            await server.ReadAsync(new Sql($"drop database {name} with (force)"), _ => 0, None);
        var reply = await host.WhoamiAsync(token);
        reply.Code.ShouldBe(503);
        reply.Header("Retry-After").ShouldBe("1");
    }

    [Fact]
    public async Task A_question_alone_is_answered_alone()
    {
        await using var host = await SessionsHost.StartAsync("sqlite");
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        using var counted = new Statements();
        var lookup = new SessionLookup(host.Db, new ConfigStore(SessionsHost.Plain), host.Time);
        await using var _ = lookup;
        for (var i = 0; i < 5; i++) (await lookup.FindAsync(host.Nid, Tokens.Key(token)))!.Id.ShouldBe(session.Id);
        counted.Of.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task A_pool_of_one_connection_is_refused_by_name()
    {
        await using var database = await TestDatabase.CreateAsync("postgres", migrate: false);
        Should.Throw<StorageUnusableException>(() => Databases.Open($"{database.Dsn}&max_conns=1")).Message.ShouldContain("max_conns");
    }

    [Fact]
    public async Task A_lane_that_found_nothing_to_do_leaves_the_next_question_to_who_wakes_it()
    {
        await using var host = await SessionsHost.StartAsync("postgres");
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        using var parked = new ManualResetEventSlim();
        using var both = new CountdownEvent(2);
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == SessionLookup.MeterName) l.EnableMeasurementEvents(i); } };
        // Whoever reports an empty batch is held where it has just become idle, until the next question is under way.
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (value == 0)
            {
                parked.Set();
                if (!both.IsSet) both.Signal();
                both.Wait(TimeSpan.FromSeconds(2));
            }
            else if (parked.IsSet && instrument.Name.EndsWith("statements", StringComparison.Ordinal) && !both.IsSet) both.Signal();
        });
        listener.Start();
        var lookup = new SessionLookup(host.Db, host.Config, TimeProvider.System);
        await using var _ = lookup;

        for (var i = 0; i < 50; i++) (await lookup.FindAsync(host.Nid, Tokens.Key(token)))!.Id.ShouldBe(session.Id);
        parked.IsSet.ShouldBeFalse("an idle lane is looked at after it was given away");
    }

    /// <summary>Counts through the meter, as an operator would; other tests in the process count along.</summary>
    private sealed class Statements : IDisposable
    {
        private readonly MeterListener listener = new();
        private long statements, questions;

        public Statements()
        {
            listener.InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == SessionLookup.MeterName) l.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Interlocked.Add(ref instrument.Name == "ascent.session.lookups" ? ref questions : ref statements, value));
            listener.Start();
        }

        public long Of => Interlocked.Read(ref statements);
        public long Questions => Interlocked.Read(ref questions);

        public void Dispose() => listener.Dispose();
    }
}
