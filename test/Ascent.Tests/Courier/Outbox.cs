using Ascent.Config;
using Ascent.Courier;
using Ascent.Crypto;
using Ascent.Storage;
using Ascent.Storage.Postgres;
using Ascent.Tenancy;
using Ascent.Tests.Running;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Courier;

/// <summary>Another process's hand on the queue of messages, with the secrets of the same configuration file.</summary>
internal sealed class Outbox : IAsyncDisposable
{
    private readonly Db db;
    private readonly ConfigStore config;
    private readonly CourierQueue queue;
    private readonly Guid nid;

    private Outbox(Db db, ConfigStore config, CourierQueue queue, Guid nid) => (this.db, this.config, this.queue, this.nid) = (db, config, queue, nid);

    public static async Task<Outbox> OpenAsync(Workshop workshop)
    {
        var loaded = new ConfigLoader(new ConfigSource { Files = [workshop.ConfigFile] }).Load();
        var store = new ConfigStore(loaded.Config ?? throw new InvalidOperationException(string.Join("; ", loaded.Faults)));
        var (part, _) = await CourierBench.PrepareAsync(store.Current);
        var database = Databases.Open(workshop.Database.Dsn);
        var tenant = await Tenant.LoadDefaultAsync(database, TimeProvider.System, None);
        var seal = new MessageSeal(new Ciphers(new SecretKeys(store)).AtRest);
        return new Outbox(database, store, new CourierQueue(database, part, seal, new CourierSignal(TimeProvider.System), TimeProvider.System), tenant.Nid);
    }

    public async Task<List<(Guid Id, string To)>> QueueAsync(string name, int count)
    {
        var all = new List<(Guid, string)>();
        for (var n = 0; n < count; n++)
        {
            var to = $"{name}n{n}@example.org";
            all.Add((await queue.QueueAsync(nid, CourierBench.LoginCode(to), None), to));
        }
        return all;
    }

    public Task<List<(Guid Id, string To, string Status, string? Content)>> RowsAsync(string status) => db.ReadAsync(
        new Sql("select id, recipient, status, content from message where nid = @nid and (status = @status or @status = '*')", ("nid", nid), ("status", status)), r => (r.Guid(0), r.Text(1), r.Text(2), r.TextOrNull(3)), None);

    public Task<List<string?>> ErrorsAsync() => db.ReadAsync(new Sql("select error from message_dispatch where nid = @nid", ("nid", nid)), r => r.TextOrNull(0), None);

    /// <summary>The processes that say they send.</summary>
    public Task<List<Guid>> NodesAsync() => db.ReadAsync(new Sql("select id from courier_node where nid = @nid", ("nid", nid)), r => r.Guid(0), None);

    /// <summary>Which of them holds a message.</summary>
    public async Task<Guid?> HolderAsync(Guid id) =>
        (await db.ReadAsync(new Sql("select node from message where nid = @nid and id = @id", ("nid", nid), ("id", id)), r => r.GuidOrNull(0), None)).Single();

    /// <summary>As if the leases of the dead were over: three minutes that a test does not have.</summary>
    public Task<int> EndLeasesAsync() => db.ExecuteAsync(new Sql("update message set due_at = @now where nid = @nid and status = 'processing'", ("nid", nid), ("now", TimeProvider.System.GetUtcNow())), None);

    /// <summary>
    /// Waits until nobody else is connected: only then is done what a killed process had sent to PostgreSQL, which finishes it for
    /// the dead. With SQLite nothing outlives the process.
    /// </summary>
    public Task AloneAsync() => db is not PostgresDb ? Task.CompletedTask : Poll.UntilAsync("nobody else is connected", TimeSpan.FromSeconds(20), async () => await db.ReadValueAsync(
        new Sql("select count(*) from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()"), r => r.Long(0), None) == 0);

    public async ValueTask DisposeAsync()
    {
        await db.DisposeAsync();
        config.Dispose();
    }
}
