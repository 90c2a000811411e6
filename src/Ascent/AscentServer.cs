using Ascent.Admin;
using Ascent.Config;
using Ascent.Http;
using Ascent.Schemas;
using Ascent.Sessions;
using Ascent.Sessions.Tokenizer;
using Ascent.Storage;
using Ascent.Storage.Sqlite;
using Ascent.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ascent;

/// <summary>The configuration cannot be used; all its faults at once.</summary>
internal sealed class ConfigFaultsException(IReadOnlyList<ConfigFault> faults) : Exception(ConfigFault.Tell(faults))
{
    public IReadOnlyList<ConfigFault> Faults { get; } = faults;
}

/// <summary>The whole program, assembled: from a configuration to two listeners. Nothing is served before everything was checked.</summary>
internal sealed class AscentServer : IAsyncDisposable
{
    private readonly WebServer web;
    private readonly Db db;
    private readonly ConfigStore config;
    private readonly ConfigParts parts;
    private readonly TimeProvider time;
    private readonly long began;

    private AscentServer(WebServer web, Db db, ConfigStore config, ConfigParts parts, TimeProvider time, long began) =>
        (this.web, this.db, this.config, this.parts, this.time, this.began) = (web, db, config, parts, time, began);

    public IServiceProvider Services => web.Services;
    public Uri? PublicAddress => web.PublicAddress;
    public Uri? AdminAddress => web.AdminAddress;
    public ConfigStore Config => config;

    /// <summary>Checks configuration, documents it refers to, and database, and builds the server; it listens after <see cref="StartAsync"/>.</summary>
    /// <exception cref="ConfigFaultsException">Something in the configuration is wrong.</exception>
    /// <exception cref="StorageUnusableException">The database cannot be used.</exception>
    public static async Task<AscentServer> BuildAsync(ConfigLoader loader, TimeProvider time, Action<ConfigWarning> warn, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        var all = new ConfigParts(time);
        var preparation = new ConfigPreparation(loader, all.All);
        var read = preparation.Read();
        var database = new Lazy<Db>(() => Databases.Open((read.Config ?? read.Draft!).Dsn.Value));
        all.Schemas.Copies = new SchemaCopies(database, time);
        try
        {
            var prepared = await preparation.PrepareAsync(read, ct, isStart: true);
            foreach (var warning in prepared.Warnings) warn(warning);
            if (prepared.Config is not { } first) throw new ConfigFaultsException(prepared.Faults);
            prepared.TakeIntoForce();
            var migrator = new Migrator(database.Value, time);
            if (first.Dsn.Value == "memory") await migrator.MigrateAsync(ct);
            await migrator.EnsureCurrentAsync(ct);
            if (Dsn.Parse(first.Dsn.Value) is Dsn.Sqlite { Path: { } file } && SqliteFile.WiderThanNeeded(file) is { } wide) warn(new ConfigWarning("dsn", wide));
            var tenant = await Tenant.LoadDefaultAsync(database.Value, time, ct);
            await prepared.AfterwardsAsync(ct);
            var store = new ConfigStore(first, loader, all.All);
            return new AscentServer(Web(store, all, database.Value, tenant, time), database.Value, store, all, time, start);
        }
        catch
        {
            all.Dispose();
            if (database.IsValueCreated) await database.Value.DisposeAsync();
            throw;
        }
    }

    private static WebServer Web(ConfigStore store, ConfigParts parts, Db database, Tenant tenant, TimeProvider time) => WebServer.Build(new WebServerOptions
    {
        Config = store, Time = time, MapPublic = AscentModules.MapPublic, MapAdmin = AscentModules.MapAdmin, AdminGate = AdminGate.Of(store),
        KnownFaults = static services => services.GetRequiredService<DatabaseWatch>().AnswerTo,
        Services = services =>
        {
            services.AddSingleton(database).AddSingleton(tenant).AddSingleton(parts.Outbound).AddSingleton(parts.References);
            services.AddSingleton(parts.Schemas.Store).AddSingleton<IReadinessProbe>(parts.Schemas.Store);
            services.AddSingleton(parts.Engine).AddSingleton(parts.Templates).AddSingleton(parts.Tokenizer).AddSingleton(parts.Hooks).AddSingleton(parts.Courier).AddSingleton(parts.Oidc);
            services.AddSingleton<ISessionTokenizer, SessionTokenizer>();
            AscentModules.Add(services);
        },
    });

    public async Task StartAsync(CancellationToken ct)
    {
        await web.StartAsync(ct);
        // Children take processor time of their own, and nobody waits for them as for the first answer.
        parts.Engine.WarmUp();
        ServerLines.Up(Log, config.Current, db.Where, (PublicAddress, AdminAddress), config.Files, time.GetElapsedTime(began));
    }

    /// <summary>Runs until a signal or <paramref name="ct"/> ends it; requests under way are finished first.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var signals = new ProcessSignals(Services.GetRequiredService<ConfigReloader>().ReloadNowAsync);
        await StartAsync(ct);
        var up = time.GetTimestamp();
        await web.WaitForEndAsync(ct);
        ServerLines.Ended(Log, signals.Ending, time.GetElapsedTime(up));
    }

    public Task StopAsync(CancellationToken ct) => web.StopAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        parts.Dispose();
        await db.DisposeAsync();
        config.Dispose();
    }

    private ILogger Log => Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ascent.Server");
}
