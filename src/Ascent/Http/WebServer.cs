using Ascent.Config;
using Ascent.Http.Routing;
using Ascent.Http.Serving;
using Ascent.Http.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Http;

/// <summary>What the list of modules hands to the server.</summary>
internal sealed record WebServerOptions
{
    public required ConfigStore Config { get; init; }
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Routes of the public listener.</summary>
    public Action<IEndpointRouteBuilder>? MapPublic { get; init; }

    /// <summary>Routes of the admin listener, written without the prefix <c>/admin</c>, which callers may leave out too.</summary>
    public Action<IEndpointRouteBuilder>? MapAdmin { get; init; }

    /// <summary>Pages on the public listener, matched by the framework's own router after every other route.</summary>
    public Action<IEndpointRouteBuilder>? MapPages { get; init; }

    /// <summary>What clients are told of an exception that another module knows, such as the database's; null of others.</summary>
    public Func<IServiceProvider, Func<Exception, ApiError?>>? KnownFaults { get; init; }

    /// <summary>Null lets the call through; asked for every route of the admin and the metrics listener but health.</summary>
    public Func<HttpContext, ValueTask<ApiError?>>? AdminGate { get; init; }
}

/// <summary>
/// One process, one Kestrel, two doors. Which door a connection came in by is known from the socket that accepted it, so
/// an admin route cannot be reached from the public port by anything a client writes.
/// </summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ListenerSetup[] listeners;
    private readonly Dispatcher dispatcher;
    private readonly Exporters exporters;
    private readonly Startup startup;
    private readonly IDisposable subscription;

    private WebServer(WebApplication app, ListenerSetup[] listeners, Dispatcher dispatcher, Exporters exporters, Startup startup, ConfigStore config)
    {
        (this.app, this.listeners, this.dispatcher, this.exporters, this.startup) = (app, listeners, dispatcher, exporters, startup);
        Apply(config.Current);
        subscription = config.Subscribe(Apply);
    }

    public IServiceProvider Services => app.Services;

    /// <summary>Where the public listener really listens; null before the start and for a Unix socket.</summary>
    public Uri? PublicAddress => listeners[0].Address;
    public Uri? AdminAddress => listeners[1].Address;
    public Uri? MetricsAddress => listeners.ElementAtOrDefault(2)?.Address;

    public static WebServer Build(WebServerOptions options)
    {
        var config = options.Config.Current;
        ListenerSetup[] setups =
        [
            new(Face.Public, config.Serve.Public.Host, config.Serve.Public.Port, config.Serve.Public, options.Time),
            new(Face.Admin, config.Serve.Admin.Host, config.Serve.Admin.Port, config.Serve.Admin, options.Time),
            .. config.ExposeMetricsPort > 0 ? [new ListenerSetup(Face.Metrics, config.Serve.Admin.Host, config.ExposeMetricsPort, null, options.Time)] : Array.Empty<ListenerSetup>(),
        ];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ApplicationName = "Ascent" });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            ServerLimits.Apply(kestrel);
            foreach (var setup in setups) setup.Open(kestrel);
        });
        var starting = new Startup();
        AddServices(builder, options, starting);
        var web = builder.Build();
        var requests = Dispatch(web, options);
        web.Run(requests.InvokeAsync);
        return new WebServer(web, setups, requests, Exporters.Start(config.Tracing), starting, options.Config);
    }

    public async Task StartAsync(CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
            foreach (var listener in listeners) listener.AfterStart();
            startup.Done = true;
        }
        catch
        {
            // What had started already ends in order, not by being torn down.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
    }

    /// <summary>Until SIGTERM, SIGINT or <paramref name="ct"/>; requests under way are finished first.</summary>
    public Task WaitForEndAsync(CancellationToken ct) => app.WaitForShutdownAsync(ct);

    public Task StopAsync(CancellationToken ct) => app.StopAsync(ct);

    public async ValueTask DisposeAsync()
    {
        subscription.Dispose();
        exporters.Flush();
        exporters.Dispose();
        await app.DisposeAsync();
    }

    private static void AddServices(WebApplicationBuilder builder, WebServerOptions options, Startup startup)
    {
        var services = builder.Services;
        services.AddRouting();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = ServerLimits.Shutdown);
        services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true);
        services.AddSingleton(options.Config).AddSingleton(options.Time).AddSingleton<MeterBoard>().AddSingleton<MetricsEndpoint>()
            .AddSingleton(s => new ErrorAnswers(s.GetRequiredService<ILogger<ErrorAnswers>>(), options.KnownFaults?.Invoke(s)));
        builder.Logging.AddConsole(o =>
        {
            o.FormatterName = LogLine.FormatterName;
            o.LogToStandardErrorThreshold = LogLevel.Trace;
        }).AddConsoleFormatter<LogLine, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        builder.Logging.AddFilter((category, level) => startup.Lets(category) && LogLevels.Lets(options.Config, category, level)).SetMinimumLevel(LogLevel.Trace);
        options.Services?.Invoke(services);
        services.TryAddSingleton(options.Time);
    }

    private static Dispatcher Dispatch(WebApplication web, WebServerOptions options)
    {
        var metrics = web.Services.GetRequiredService<MetricsEndpoint>();
        var requests = new Dispatcher(
            RouteCollector.Collect(web.Services, "", HealthEndpoints.MapPublic, options.MapPublic),
            RouteCollector.Collect(web.Services, "/admin", HealthEndpoints.MapAdmin, metrics.Map, options.MapAdmin),
            RouteCollector.Collect(web.Services, "", metrics.Map),
            options.AdminGate, Pages(web, options.MapPages),
            web.Services.GetRequiredService<ErrorAnswers>(), options.Time,
            web.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Ascent.Http.Requests"), new HttpSnapshot(options.Config.Current));
        metrics.Dispatcher = requests;
        return requests;
    }

    private static RequestDelegate? Pages(WebApplication web, Action<IEndpointRouteBuilder>? map)
    {
        if (map is null) return null;
        var branch = ((IApplicationBuilder)web).New();
        branch.UseRouting().UseEndpoints(map);
        branch.Run(PlainResult.NotFound.ExecuteAsync);
        return branch.Build();
    }

    private void Apply(AscentConfig config)
    {
        var snapshot = new HttpSnapshot(config);
        dispatcher.Snapshot = snapshot;
        foreach (var listener in listeners) listener.Listener.Proxies = snapshot.Proxies;
    }

    /// <summary>Until the server listens its caller tells what went wrong, in words of ours; the framework's would only be a second telling.</summary>
    private sealed class Startup
    {
        private const string Framework = "Microsoft.Extensions.Hosting.Internal.Host";

        public volatile bool Done;

        public bool Lets(string? category) => Done || category != Framework;
    }
}
