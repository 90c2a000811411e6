using Ascent.Config;
using Ascent.Courier;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Http;
using Ascent.Http.Telemetry;
using Ascent.Jsonnet;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent;

/// <summary>The courier alone, without listeners: for a node that only sends.</summary>
internal sealed class CourierHost : IAsyncDisposable
{
    private readonly IHost host;
    private readonly Db db;
    private readonly ConfigStore config;
    private readonly JsonnetEngine jsonnet;

    private CourierHost(IHost host, Db db, ConfigStore config, JsonnetEngine jsonnet) => (this.host, this.db, this.config, this.jsonnet) = (host, db, config, jsonnet);

    /// <exception cref="ConfigFaultsException">Something in the configuration is wrong.</exception>
    /// <exception cref="StorageUnusableException">The database cannot be used.</exception>
    public static async Task<CourierHost> BuildAsync(ConfigLoader loader, TimeProvider time, Action<ConfigWarning> warn, CancellationToken ct)
    {
        var outbound = new OutboundClient();
        var engine = new JsonnetEngine(time);
        var part = new CourierPart(new ConfigReferences(outbound.SendAsync, time), new Ascent.Jsonnet.Templates(engine), outbound, time);
        var preparation = new ConfigPreparation(loader, [part]);
        var prepared = await preparation.PrepareAsync(preparation.Read(), ct, isStart: true);
        foreach (var warning in prepared.Warnings) warn(warning);
        if (prepared.Config is not { } first) throw new ConfigFaultsException(prepared.Faults);
        prepared.TakeIntoForce();
        var database = Databases.Open(first.Dsn.Value);
        try
        {
            await new Migrator(database, time).EnsureCurrentAsync(ct);
            var tenant = await Tenant.LoadDefaultAsync(database, time, ct);
            var store = new ConfigStore(first, loader, part);
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Ascent", EnvironmentName = Environments.Production });
            builder.Services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
            builder.Services.AddSingleton(store).AddSingleton(time).AddSingleton(database).AddSingleton(tenant).AddSingleton(part).AddEvents()
                .AddDatabaseWatch().AddCrypto().AddCourier().AddSingleton<ConfigReloader>().AddHostedService(s => s.GetRequiredService<ConfigReloader>());
            builder.Logging.AddConsole(o =>
            {
                o.FormatterName = LogLine.FormatterName;
                o.LogToStandardErrorThreshold = LogLevel.Trace;
            }).AddConsoleFormatter<LogLine, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
            builder.Logging.AddFilter((category, level) => LogLevels.Lets(store, category, level)).SetMinimumLevel(LogLevel.Trace);
            return new CourierHost(builder.Build(), database, store, engine);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        using var signals = new ProcessSignals(host.Services.GetRequiredService<ConfigReloader>().ReloadNowAsync);
        var (log, time) = (host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ascent.Server"), host.Services.GetRequiredService<TimeProvider>());
        await host.StartAsync(ct);
        ServerLines.CourierUp(log, config.Current, db.Where, config.Files);
        var up = time.GetTimestamp();
        await host.WaitForShutdownAsync(ct);
        ServerLines.Ended(log, signals.Ending, time.GetElapsedTime(up));
    }

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        jsonnet.Dispose();
        await db.DisposeAsync();
        config.Dispose();
    }
}
