using System.Text;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Hooks;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Jsonnet;
using Ascent.Schemas;
using Ascent.Sessions;
using Ascent.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Ascent.Tests.Flows.Hooks;

/// <summary>Everything that hooks need, and a receiver to call.</summary>
internal sealed class HookHost : IAsyncDisposable
{
    public const string Person = """
        { "type": "object", "properties": { "traits": { "type": "object", "required": ["email"], "additionalProperties": false, "properties": {
          "email": { "type": "string", "format": "email", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" }, "recovery": { "via": "email" } } },
          "plan": { "type": "string" } } } } }
        """;

    private readonly ServiceProvider services;

    private HookHost(ServiceProvider services, HookReceiver receiver, AscentConfig config, LogCapture log) => (this.services, Receiver, Config, Log) = (services, receiver, config, log);

    public HookReceiver Receiver { get; }
    public AscentConfig Config { get; private set; }
    public LogCapture Log { get; }
    public HookRunner Runner => services.GetRequiredService<HookRunner>();
    public HookQueue Queue => services.GetRequiredService<HookQueue>();

    public static string Data(string text) => "base64://" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <param name="flows">Makes the flows' settings, given the receiver's address.</param>
    public static async Task<HookHost> StartAsync(Func<string, FlowsConfig> flows, Func<AscentConfig, string, AscentConfig>? change = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var receiver = await HookReceiver.StartAsync();
        var config = TestServer.Settings() with { SelfService = new SelfServiceConfig { Flows = flows(receiver.Url) } };
        config = change?.Invoke(config, receiver.Url) ?? config;
        var registry = await SchemaRegistry.LoadAsync([new SchemaSource("default", Data(Person))], "default", new SchemaLoadOptions
        {
            WorkingDirectory = AppContext.BaseDirectory, Fetch = (url, _) => throw new HttpRequestException($"nothing is fetched here: {url}"),
        }, CancellationToken.None);
        var log = new LogCapture();
        var collection = new ServiceCollection()
            .AddLogging(b => b.AddProvider(log).SetMinimumLevel(LogLevel.Trace))
            .AddSingleton(time).AddSingleton(new ConfigStore(config)).AddSingleton(new SchemaStore(registry.Registry!)).AddSingleton(new ConfigReferences(new OutboundClient().SendAsync, time))
            .AddSingleton(_ => new JsonnetEngine(TimeProvider.System)).AddSingleton<Templates>().AddSingleton<IdentityPlanner>().AddSingleton<IdentityJson>().AddSingleton<SessionJson>().AddSingleton<FlowJson>()
            .AddSingleton<HookTemplates>().AddSingleton<OutboundClient>().AddSingleton<HookQueue>().AddSingleton<WebHookContext>().AddSingleton<WebHookSender>().AddSingleton<WebHook>().AddSingleton<HookRunner>();
        var host = new HookHost(collection.BuildServiceProvider(), receiver, config, log);
        var faults = await host.PrepareAsync(config);
        if (JsonnetLibrary.Installed is null && faults.Any(f => f.Message.Contains(JsonnetEngine.Missing, StringComparison.Ordinal))) Assert.Skip("libjsonnet is not there: apt-get install libjsonnet0");
        faults.ShouldBeEmpty();
        return host;
    }

    public async Task<IReadOnlyList<ConfigFault>> PrepareAsync(AscentConfig next) => (await services.GetRequiredService<HookTemplates>().PrepareAsync(next, CancellationToken.None)).Faults;

    public static HookConfig Hook(string url, HookSettings? settings = null, string? body = null) =>
        new() { Hook = HookLists.WebHook, Config = (settings ?? new HookSettings()) with { Url = url, Body = body is null ? null : Data(body) } };

    public static FlowsConfig AtLogin(params HookConfig[] hooks) => new() { Login = new LoginFlowConfig { After = new LoginAfter { Hooks = hooks } } };

    public static FlowsConfig AtRegistration(params HookConfig[] hooks) =>
        new() { Registration = new RegistrationFlowConfig { After = new RegistrationAfter { Password = new MethodAfter { Hooks = hooks } } } };

    public static FlowsConfig AtSettings(params HookConfig[] hooks) => new() { Settings = new SettingsFlowConfig { After = new SettingsAfter { Hooks = hooks } } };

    /// <summary>A submission by a browser that sends cookies and headers.</summary>
    public HookSubject Subject(FlowKind kind = FlowKind.Login, Identity? identity = null, Session? session = null, string method = "POST")
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Scheme = "https";
        http.Request.Host = new HostString("id.example.org");
        http.Request.Path = $"/self-service/{kind.Name}";
        http.Request.QueryString = new QueryString("?flow=1");
        http.Request.Headers.UserAgent = "Tests/1";
        http.Request.Headers["X-Secret"] = "not-for-hooks";
        http.Request.Headers.Cookie = "theme=dark; ory_kratos_session=the-session-cookie";
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var flow = new Flow
        {
            Id = Guid.NewGuid(), Kind = kind, IsApi = false, RequestUrl = "https://id.example.org/", IssuedAt = now, ExpiresAt = now.AddHours(1), CreatedAt = now, UpdatedAt = now,
            Ui = new UiContainer { Action = "https://id.example.org/" },
        };
        return new HookSubject(new FlowContext(http, Config, Guid.NewGuid(), now, default), flow) { Identity = identity, Session = session };
    }

    public static Identity Ada { get; } = new()
    {
        Id = Guid.Parse("018f0000-0000-7000-8000-00000000ada0"), Version = 1, SchemaId = "default", State = IdentityStates.Active, StateChangedAt = DateTimeOffset.UnixEpoch,
        Traits = """{"email":"ada@example.org"}""", VerifiableAddressesJson = "[]", RecoveryAddressesJson = "[]", AvailableAal = "aal1",
        CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    public static Session AdasSession { get; } = new()
    {
        Id = Guid.Empty, IdentityId = Ada.Id, Active = true, Aal = "aal1", MethodsJson = "[]"u8.ToArray(), DevicesJson = "[]"u8.ToArray(), AuthenticatedAt = DateTimeOffset.UnixEpoch,
        IssuedAt = DateTimeOffset.UnixEpoch, ExpiresAt = DateTimeOffset.MaxValue, UsedAt = DateTimeOffset.UnixEpoch, CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    public Task<HookResult> LoginAsync() => Runner.AfterLoginAsync(Subject(identity: Ada, session: AdasSession), "password");

    /// <summary>Waits, within bounds, for what happens elsewhere.</summary>
    public static async Task UntilAsync(Func<bool> happened)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!happened())
        {
            limit.IsCancellationRequested.ShouldBeFalse("it did not happen within ten seconds");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Receiver.DisposeAsync();
        await services.DisposeAsync();
    }
}
