using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Http;
using Ascent.Jsonnet;
using Ascent.Storage;
using Ascent.Tenancy;
using Ascent.Tests.Http;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>The courier on a fresh database, with as many workers as a test wants; each has connections of its own, as another node has.</summary>
internal sealed class CourierBench : IAsyncDisposable
{
    public const string Ada = "ada@example.org", Code = "482913";

    private readonly TestDatabase database;
    private readonly List<Db> others = [];
    private readonly List<CourierNode> nodes = [];
    private readonly Tenant tenant;
    private readonly LoggerFactory loggers;

    private CourierBench(TestDatabase database, ConfigStore config, CourierPart part, Tenant tenant, TimeProvider time)
    {
        (this.database, Config, Part, this.tenant, Time) = (database, config, part, tenant, time);
        loggers = new LoggerFactory([Log]);
        Seal = new MessageSeal(new Ciphers(new SecretKeys(config)).AtRest);
        Signal = new CourierSignal(time);
        Store = new MessageStore(database.Db);
        Queue = new CourierQueue(database.Db, part, Seal, Signal, time);
        Node = new CourierNode(database.Db, tenant, Signal, time, loggers.CreateLogger<CourierNode>());
        Worker = NewWorker(database.Db, Node);
    }

    public static Secret Secret { get; } = new("the courier tests' default secret");

    public Db Db => database.Db;
    public ConfigStore Config { get; }
    public CourierPart Part { get; }
    public TimeProvider Time { get; }
    public Guid Nid => tenant.Nid;
    public MessageSeal Seal { get; }
    public CourierSignal Signal { get; }
    public MessageStore Store { get; }
    public CourierQueue Queue { get; }
    public CourierNode Node { get; }
    public CourierWorker Worker { get; }
    public LogCapture Log { get; } = new();

    public static AscentConfig Settings(string? smtp, Func<CourierConfig, CourierConfig>? change = null)
    {
        var courier = new CourierConfig { Smtp = new SmtpConfig { ConnectionUri = smtp is null ? null : new Secret(smtp), FromAddress = "no-reply@example.org", FromName = "Ascent" } };
        return new AscentConfig { Secrets = new SecretsConfig { Default = [Secret] }, Courier = change?.Invoke(courier) ?? courier };
    }

    public static AscentConfig Settings(TestMailServer server, Func<CourierConfig, CourierConfig>? change = null) => Settings($"smtp://127.0.0.1:{server.Port}/?disable_starttls=true", change);

    public static async Task<CourierBench> StartAsync(string engine, AscentConfig config, TimeProvider? time = null)
    {
        time ??= new ManualTime();
        var (part, faults) = await PrepareAsync(config, time);
        faults.ShouldBeEmpty();
        var fresh = await TestDatabase.CreateAsync(engine);
        return new CourierBench(fresh, new ConfigStore(config), part, await Tenant.LoadDefaultAsync(fresh.Db, time, CancellationToken.None), time);
    }

    /// <summary>The courier's share of a configuration, in force unless something is wrong with it.</summary>
    public static async Task<(CourierPart Part, IReadOnlyList<ConfigFault> Faults)> PrepareAsync(AscentConfig config, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var part = new CourierPart(new ConfigReferences(new OutboundClient().SendAsync, time), new Ascent.Jsonnet.Templates(new JsonnetEngine(time)), new OutboundClient(), time);
        var prepared = await part.PrepareAsync(config, CancellationToken.None);
        if (prepared.Faults.Count == 0) prepared.TakeIntoForce();
        return (part, prepared.Faults);
    }

    public CourierWorker AnotherNode() => AnotherLiving().Worker;

    /// <summary>With its hand on how it lives.</summary>
    public (CourierWorker Worker, CourierNode Node) AnotherLiving()
    {
        var db = Databases.Open(database.Dsn);
        others.Add(db);
        var node = new CourierNode(db, tenant, Signal, Time, loggers.CreateLogger<CourierNode>());
        nodes.Add(node);
        return (NewWorker(db, node), node);
    }

    public static CourierMessage LoginCode(string to = Ada, string code = Code) => new(MessageChannel.Email, to, TemplateType.LoginCodeValid, new JsonObject
    {
        ["login_code"] = code, ["expires_in_minutes"] = 15, ["identity"] = new JsonObject { ["traits"] = new JsonObject { ["email"] = to } },
        ["request_url"] = "https://id.example.org/self-service/login/api", ["transient_payload"] = new JsonObject(),
    });

    public Task<Guid> QueueAsync(CourierMessage message) => Queue.QueueAsync(Nid, message, CancellationToken.None);
    public Task<int> SendDueAsync() => Worker.SendDueAsync(100, CancellationToken.None);
    public void Advance(TimeSpan by) => ((ManualTime)Time).Advance(by);

    public async Task<StoredMessage> FindAsync(Guid id) => (await Store.FindAsync(Nid, id, CancellationToken.None)).ShouldNotBeNull();
    public async Task<string?> LastErrorAsync(Guid id) => (await Store.DispatchesAsync(Nid, id, CancellationToken.None)).LastOrDefault()?.Error;

    /// <summary>Queues one message and tries once to send it; what became of it.</summary>
    public async Task<(StoredMessage Message, string? Error)> TryAsync(CourierMessage message)
    {
        var id = await QueueAsync(message);
        (await SendDueAsync()).ShouldBe(1);
        return (await FindAsync(id), await LastErrorAsync(id));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes.Append(Node)) node.Dispose();
        foreach (var db in others) await db.DisposeAsync();
        await database.DisposeAsync();
        loggers.Dispose();
        Log.Dispose();
        Config.Dispose();
    }

    private CourierWorker NewWorker(Db db, CourierNode node) => new(db, new MessageStore(db), Part, Seal, Signal, node, Config, tenant, new EventWriter(Time), Time, loggers.CreateLogger<CourierWorker>());
}
