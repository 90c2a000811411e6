using System.Security.Cryptography;
using Ascent.Admin;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Flows.Hooks;
using Ascent.Http;
using Ascent.Http.Serving;
using Ascent.Jsonnet;
using Ascent.Methods.Oidc;
using Ascent.Schemas;
using Ascent.Sessions;
using Ascent.Sessions.Tokenizer;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent;

/// <summary>The configuration cannot be used; all its faults at once.</summary>
internal sealed class ConfigFaultsException(IReadOnlyList<ConfigFault> faults) : Exception($"The configuration cannot be used:{string.Concat(faults.Select(f => $"\n  {f}"))}")
{
    public IReadOnlyList<ConfigFault> Faults { get; } = faults;
}

/// <summary>The whole program, assembled: from a configuration to two listeners. Nothing is served before everything was checked.</summary>
internal sealed class AscentServer : IAsyncDisposable
{
    private readonly WebServer web;
    private readonly Db db;
    private readonly ConfigStore config;

    private AscentServer(WebServer web, Db db, ConfigStore config) => (this.web, this.db, this.config) = (web, db, config);

    public IServiceProvider Services => web.Services;
    public Uri? PublicAddress => web.PublicAddress;
    public Uri? AdminAddress => web.AdminAddress;
    public ConfigStore Config => config;

    /// <summary>Checks configuration, documents it refers to, and database, and builds the server; it listens after <see cref="StartAsync"/>.</summary>
    /// <exception cref="ConfigFaultsException">Something in the configuration is wrong.</exception>
    /// <exception cref="StorageUnusableException">The database cannot be used.</exception>
    public static async Task<AscentServer> BuildAsync(ConfigLoader loader, TimeProvider time, Action<ConfigWarning> warn, CancellationToken ct)
    {
        var result = loader.Load();
        foreach (var warning in result.Warnings) warn(warning);
        if (result.Config is not { } first) throw new ConfigFaultsException(result.Faults);
        var outbound = new OutboundClient();
        var references = new ConfigReferences(outbound.SendAsync, time);
        var schemas = new SchemaPart(references);
        var engine = new JsonnetEngine(time);
        var templates = new Templates(engine);
        var tokenizer = new TokenizerPart(references, templates, time);
        var hooks = new HookTemplates(references, templates);
        var courier = new CourierPart(references, templates, outbound, time);
        var oidc = new OidcPart(references, templates);
        IConfigPart[] parts = [schemas, tokenizer, hooks, courier, oidc];
        var prepared = new List<PreparedPart>();
        foreach (var part in parts) prepared.Add(await part.PrepareAsync(first, ct));
        ConfigFault[] faults = [.. prepared.SelectMany(p => p.Faults), .. DsnFaults(first), .. CertificateFaults(first, time)];
        if (faults.Length > 0) throw new ConfigFaultsException(faults);
        foreach (var fault in prepared.SelectMany(p => p.Tolerated)) warn(new ConfigWarning(fault.Path, fault.Message));
        foreach (var part in prepared) part.TakeIntoForce();

        var database = Databases.Open(first.Dsn.Value);
        try
        {
            var migrator = new Migrator(database, time);
            if (first.Dsn.Value == "memory") await migrator.MigrateAsync(ct);
            await migrator.EnsureCurrentAsync(ct);
            var tenant = await Tenant.LoadDefaultAsync(database, time, ct);
            var store = new ConfigStore(first, loader, parts);
            var server = WebServer.Build(new WebServerOptions
            {
                Config = store, Time = time, MapPublic = AscentModules.MapPublic, MapAdmin = AscentModules.MapAdmin, AdminGate = AdminGate.Of(store),
                Services = services =>
                {
                    services.AddSingleton(database).AddSingleton(tenant).AddSingleton(outbound).AddSingleton(references).AddSingleton(schemas.Store);
                    services.AddSingleton(engine).AddSingleton(templates).AddSingleton(tokenizer).AddSingleton(hooks).AddSingleton(courier).AddSingleton(oidc).AddSingleton<ISessionTokenizer, SessionTokenizer>();
                    AscentModules.Add(services);
                },
            });
            return new AscentServer(server, database, store);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public Task StartAsync(CancellationToken ct) => web.StartAsync(ct);
    public Task RunAsync(CancellationToken ct) => web.RunAsync(ct);
    public Task StopAsync(CancellationToken ct) => web.StopAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        await db.DisposeAsync();
        config.Dispose();
    }

    private static IEnumerable<ConfigFault> CertificateFaults(AscentConfig config, TimeProvider time)
    {
        foreach (var (path, tls) in ((string, TlsConfig?)[])[("serve.public.tls", config.Serve.Public.Tls), ("serve.admin.tls", config.Serve.Admin.Tls)])
        {
            if (tls is null) continue;
            string? fault = null;
            try
            {
                using var certificate = new Certificate(tls, time).Current;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException or ArgumentException)
            {
                fault = $"the certificate cannot be used: {e.Message}";
            }
            if (fault is not null) yield return new ConfigFault(path, fault);
        }
    }

    private static IEnumerable<ConfigFault> DsnFaults(AscentConfig config)
    {
        string? fault = null;
        try
        {
            Dsn.Parse(config.Dsn.Value);
        }
        catch (StorageUnusableException e)
        {
            fault = e.Message;
        }
        if (fault is not null) yield return new ConfigFault("", fault);
    }
}
