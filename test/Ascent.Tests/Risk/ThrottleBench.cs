using System.Net;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Risk;
using Ascent.Storage;
using Ascent.Tenancy;
using Shouldly;

namespace Ascent.Tests.Risk;

/// <summary>A throttle over a real database with a clock that the test moves: three failures an identifier and a factor, six an address.</summary>
internal sealed class ThrottleBench : IAsyncDisposable
{
    public const int Most = 3, MostOfAddress = 6;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10), LockTime = TimeSpan.FromMinutes(15);
    private readonly TestDatabase database;

    private ThrottleBench(TestDatabase database, AscentConfig config, Guid nid)
    {
        this.database = database;
        Nid = nid;
        Config = new ConfigStore(config);
        var keys = new ThrottleKeys(new SecretKeys(Config));
        var events = new EventWriter(Time);
        Throttle = new LoginThrottle(Db, Config, keys, events, Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<LoginThrottle>.Instance);
        Lockouts = new Lockouts(Db, keys, events, Time);
        Sweep = new ThrottleSweep(Db, Time);
    }

    public ManualTime Time { get; } = new();
    public Guid Nid { get; }
    public ConfigStore Config { get; }
    public LoginThrottle Throttle { get; }
    public Lockouts Lockouts { get; }
    public ThrottleSweep Sweep { get; }
    public Db Db => database.Db;

    public static ThrottleSubject Ada { get; } = ThrottleSubject.Identifier("ada@example.org");
    public static ThrottleSubject Bob { get; } = ThrottleSubject.Identifier("bob@example.org");
    public static ThrottleSubject Office { get; } = ThrottleSubject.Address(IPAddress.Parse("203.0.113.7"));

    public static AscentConfig Settings(int most = Most, int mostOfAddress = MostOfAddress, string secret = "a secret of the test suite") => new()
    {
        Secrets = new SecretsConfig { Default = [new Secret(secret)] },
        Security = new SecurityConfig
        {
            Throttle = new ThrottleConfig
            {
                Identifier = new ThrottleLimitConfig { MaxFailures = most },
                Factor = new ThrottleLimitConfig { MaxFailures = most },
                Address = new ThrottleLimitConfig { MaxFailures = mostOfAddress },
            },
        },
    };

    public static async Task<ThrottleBench> OpenAsync(string engine, AscentConfig? config = null)
    {
        var opened = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(opened.Db, TimeProvider.System, CancellationToken.None);
        return new ThrottleBench(opened, config ?? Settings(), tenant.Nid);
    }

    public Task<ThrottleVerdict> AskAsync(params ThrottleSubject[] subjects) => Throttle.AdmitAsync(Nid, subjects, CancellationToken.None);

    public async Task<ThrottleVerdict.Admitted> EnterAsync(params ThrottleSubject[] subjects) => (await AskAsync(subjects)).ShouldBeOfType<ThrottleVerdict.Admitted>();

    public async Task<ThrottleVerdict.Blocked> RefusedAsync(params ThrottleSubject[] subjects) => (await AskAsync(subjects)).ShouldBeOfType<ThrottleVerdict.Blocked>();

    public Task RightAsync(ThrottleVerdict.Admitted attempt) => Db.WriteAsync((tx, ct) => LoginThrottle.SucceededAsync(tx, Nid, attempt, ct), CancellationToken.None);

    public Task WrongAsync(ThrottleVerdict.Admitted attempt, Guid? identityId = null) => EndAsync(attempt, AttemptEnd.WrongOf(identityId));

    public Task EndAsync(ThrottleVerdict.Admitted attempt, AttemptEnd end) => Throttle.SettleAsync(Nid, attempt, () => Task.FromResult((0, end)));

    /// <summary>So many wrong attempts, one after the other.</summary>
    public async Task FailAsync(int times, params ThrottleSubject[] subjects)
    {
        for (var i = 0; i < times; i++) await WrongAsync(await EnterAsync(subjects));
    }

    public async Task<long> CountAsync(string from) => await Db.ReadValueAsync(new Sql($"select count(*) from {from}"), r => r.Long(0), CancellationToken.None) ?? 0;

    public Task<List<(string Type, string Actor, Guid? Identity, string? Address, string Data)>> EventsAsync() =>
        Db.ReadAsync(new Sql("select type, actor, identity_id, address, data from event order by id"), r => (r.Text(0), r.Text(1), r.GuidOrNull(2), r.TextOrNull(3), r.Text(4)), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Config.Dispose();
        await database.DisposeAsync();
    }
}
