using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Ascent.Config;
using Ascent.Events;
using Ascent.Sessions;
using Ascent.Storage;
using Ascent.Tenancy;
using Ascent.Tests.Running;
using Shouldly;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Hardening;

/// <summary>Whatever was acknowledged is there after the process was shot down in the midst of writing; nobody repairs anything.</summary>
public sealed class CrashTests
{
    private const int Rounds = 10, Writers = 4, WritesBeforeTheKill = 60, SessionsEachRound = 20;

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Killed_under_load_ten_times_it_has_lost_nothing_that_it_acknowledged(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine);
        // While another connection is open SQLite would have nothing to recover.
        await workshop.Database.Db.DisposeAsync();
        var ledger = new Ledger();
        for (var round = 0; round < Rounds; round++)
        {
            await IssueSessionsAsync(workshop.Database.Dsn, ledger);
            var (program, open, admin) = await RunningProgram.ServeAsync(workshop);
            await using (program)
            using (open)
            using (admin)
            {
                await ledger.CheckAsync(admin, ledger.Recent);
                ledger.BeginRound();
                var load = Enumerable.Range(0, Writers).Select(w => WriteAsync(admin, ledger, $"r{round}w{w}")).Append(RevokeAsync(admin, ledger)).ToArray();
                await Poll.UntilAsync("enough was written", TimeSpan.FromSeconds(30), () => Task.FromResult(ledger.Acknowledged >= WritesBeforeTheKill));
                await program.KillAsync();
                await Task.WhenAll(load);
            }
        }
        var (last, lastOpen, lastAdmin) = await RunningProgram.ServeAsync(workshop);
        await using (last)
        using (lastOpen)
        using (lastAdmin)
            await ledger.CheckAsync(lastAdmin, ledger.All);
        await CheckDatabaseAsync(workshop.Database.Dsn, engine);
    }

    /// <summary>Create, change, change, and now and then delete, until the server is gone.</summary>
    private static async Task WriteAsync(HttpClient admin, Ledger ledger, string name)
    {
        for (var n = 0; ; n++)
        {
            var external = $"{name}n{n}";
            try
            {
                var body = $$"""{"schema_id":"default","traits":{"email":"{{external}}@example.org","note":"0"},"external_id":"{{external}}","credentials":{"password":{"config":{"hashed_password":"$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"} } } }""";
                using var created = await RunningServer.SendAsync(admin, "POST", "/admin/identities", body);
                created.StatusCode.ShouldBe(HttpStatusCode.Created);
                var id = JsonElement.Parse(await created.Content.ReadAsStringAsync()).GetProperty("id").GetString()!;
                var entry = ledger.Created(id, external);
                for (var change = 1; change <= 3; change++)
                {
                    entry.Attempting(change.ToString());
                    using var patched = await RunningServer.SendAsync(admin, "PATCH", $"/admin/identities/{id}", $$"""[{"op":"replace","path":"/traits/note","value":"{{change}}"}]""");
                    patched.StatusCode.ShouldBe(HttpStatusCode.OK);
                    entry.Acknowledged();
                    ledger.Count();
                }
                if (n % 4 != 0) continue;
                entry.Attempting(null);
                using var deleted = await RunningServer.SendAsync(admin, "DELETE", $"/admin/identities/{id}");
                deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
                entry.Acknowledged();
                ledger.Count();
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return; // shot
            }
        }
    }

    private static async Task RevokeAsync(HttpClient admin, Ledger ledger)
    {
        while (ledger.Unrevoked.TryDequeue(out var session))
        {
            try
            {
                using var revoked = await RunningServer.SendAsync(admin, "DELETE", $"/admin/sessions/{session}");
                revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
                ledger.Revoked.Add(session);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private static async Task IssueSessionsAsync(string dsn, Ledger ledger)
    {
        await using var db = Databases.Open(dsn);
        var tenant = await Tenant.LoadDefaultAsync(db, TimeProvider.System, None);
        using var config = new ConfigStore(new AscentConfig());
        var issuer = new SessionIssuer(db, TimeProvider.System, config, new EventWriter(TimeProvider.System));
        var owner = await db.ReadValueAsync(new Sql("select id from identity where nid = @nid order by id limit 1", ("nid", tenant.Nid)), r => r.Guid(0), None);
        if (owner is not { } identity) return;
        var method = new AuthenticationMethod { Method = "admin", Aal = SessionAal.Aal1, CompletedAt = Instant.Truncate(TimeProvider.System.GetUtcNow()) };
        for (var i = 0; i < SessionsEachRound; i++)
        {
            var issued = (IssueResult.Issued)await issuer.IssueAsync(tenant.Nid, identity, [method], new DeviceInfo("127.0.0.1", "test", ""), "operator", None);
            ledger.Unrevoked.Enqueue(issued.Session.Id);
        }
    }

    private static async Task CheckDatabaseAsync(string dsn, string engine)
    {
        await using var db = Databases.Open(dsn);
        // The event that tells of a creation was written with it or not at all.
        (await db.ReadValueAsync(new Sql("""
            select count(*) from identity i where 1 <> (select count(*) from event e where e.nid = i.nid and e.identity_id = i.id and e.type = 'identity.created')
            """), r => r.Long(0), None)).ShouldBe(0);
        (await db.ReadValueAsync(new Sql("""
            select count(*) from identity i where 1 <> (select count(*) from credential_identifier c where c.nid = i.nid and c.identity_id = i.id and c.type = 'password')
            """), r => r.Long(0), None)).ShouldBe(0);
        if (engine == "sqlite") (await db.ReadOneAsync(new Sql("pragma integrity_check"), r => r.Text(0), None)).ShouldBe("ok");
    }

    /// <summary>What the server owes us.</summary>
    private sealed class Ledger
    {
        private int acknowledged;

        public ConcurrentDictionary<string, Entry> All { get; } = new(StringComparer.Ordinal);
        public ConcurrentDictionary<string, Entry> Recent { get; private set; } = new(StringComparer.Ordinal);
        public ConcurrentQueue<Guid> Unrevoked { get; } = new();
        public ConcurrentBag<Guid> Revoked { get; } = [];
        public int Acknowledged => Volatile.Read(ref acknowledged);

        public void BeginRound()
        {
            Recent = new(StringComparer.Ordinal);
            Volatile.Write(ref acknowledged, 0);
        }

        public void Count() => Interlocked.Increment(ref acknowledged);

        public Entry Created(string id, string external)
        {
            Count();
            return All[id] = Recent[id] = new Entry(external);
        }

        public async Task CheckAsync(HttpClient admin, IReadOnlyDictionary<string, Entry> entries)
        {
            foreach (var (id, entry) in entries)
            {
                using var response = await admin.GetAsync($"/admin/identities/{id}");
                var body = await response.Content.ReadAsStringAsync();
                var found = response.StatusCode == HttpStatusCode.OK ? JsonElement.Parse(body).GetProperty("traits").GetProperty("note").GetString() : null;
                entry.Possible.ShouldContain(found, $"identity {id}: {(int)response.StatusCode} {body}");
                if (found is null) continue;
                using var byExternal = await admin.GetAsync($"/admin/identities/by/external/{entry.External}");
                byExternal.StatusCode.ShouldBe(HttpStatusCode.OK);
            }
            foreach (var session in Revoked)
            {
                using var response = await admin.GetAsync($"/admin/sessions/{session}");
                if (response.StatusCode == HttpStatusCode.NotFound) continue; // went with its identity
                JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("active").GetBoolean().ShouldBeFalse();
            }
        }
    }

    /// <summary>What was last acknowledged, and what was asked for beyond it. A null is its deletion.</summary>
    private sealed class Entry(string external)
    {
        private string? known = "0", attempted = "0";

        public string External { get; } = external;
        public string?[] Possible => [known, attempted];

        public void Attempting(string? value) => attempted = value;

        public void Acknowledged() => known = attempted;
    }
}
