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

    private CourierHost(IHost host, Db db, ConfigStore config) => (this.host, this.db, this.config) = (host, db, config);

    /// <exception cref="ConfigFaultsException">Something in the configuration is wrong.</exception>
    /// <exception cref="StorageUnusableException">The database cannot be used.</exception>
    public static async Task<CourierHost> BuildAsync(ConfigLoader loader, TimeProvider time, Action<ConfigWarning> warn, CancellationToken ct)
    {
        var outbound = new OutboundClient();
        var part = new CourierPart(new ConfigReferences(outbound.SendAsync, time), new Ascent.Jsonnet.Templates(new JsonnetEngine(time)), outbound, time);
        var preparation = new ConfigPreparation(loader, [part]);
        var prepared = await preparation.PrepareAsync(preparation.Read(), ct);
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
            builder.Services.AddSingleton(store).AddSingleton(time).AddSingleton(database).AddSingleton(tenant).AddSingleton(part).AddSingleton<EventWriter>()
                .AddCrypto().AddCourier().AddHostedService<ConfigReloader>();
            builder.Logging.AddConsole(o =>
            {
                o.FormatterName = LogLine.FormatterName;
                o.LogToStandardErrorThreshold = LogLevel.Trace;
            }).AddConsoleFormatter<LogLine, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
            builder.Logging.AddFilter((category, level) => LogLevels.Lets(store, category, level)).SetMinimumLevel(LogLevel.Trace);
            return new CourierHost(builder.Build(), database, store);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public Task RunAsync(CancellationToken ct) => host.RunAsync(ct);

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        await db.DisposeAsync();
        config.Dispose();
    }
}
