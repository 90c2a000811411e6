using System.CommandLine;
using System.Text;
using Ascent.Events;
using Ascent.Http;
using Ascent.Storage;
using Ascent.Tenancy;

namespace Ascent.Server.Commands;

/// <summary>The audit trail for operators, read from the database, whether a server runs or not.</summary>
internal static class EventsCommand
{
    /// <summary>A transaction may commit an event after one with a later id; so far back it is looked for.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(10), Look = TimeSpan.FromSeconds(1);

    private static readonly Option<string[]> Type = new("--type", "-t") { Description = "A type of event, such as login.failed; give it again for more." };
    private static readonly Option<Guid?> Identity = new("--identity") { Description = "The identity's id." };
    private static readonly Option<string?> Actor = new("--actor") { Description = "self, admin, admin:NAME, operator or system." };
    private static readonly Option<string?> Address = new("--address") { Description = "The client's IP address." };
    private static readonly Option<string?> Since = new("--since") { Description = "From then on: 2026-01-31T08:00:00Z, or how long ago, such as 24h." };
    private static readonly Option<string?> Until = new("--until") { Description = "Before then, as --since." };
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "How many at most, the latest of them.", DefaultValueFactory = _ => 100 };
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with those that come, until stopped." };
    private static readonly Option<string> Format = new("--format") { Description = "text or json (one object a line).", DefaultValueFactory = _ => "text" };

    public static Command Create()
    {
        var types = new Command("types", "Print every type of event with its meaning.");
        types.SetAction(_ => Console.Write(EventTypes.Page()));
        var command = new Command("events", "Read the audit trail: who did what, when and from where; the latest last.")
        {
            CommandLine.Dsn, CommandLine.FromEnvironment, Type, Identity, Actor, Address, Since, Until, Limit, Follow, Format, types,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var filter = Filter(parsed);
        var json = parsed.GetValue(Format) switch
        {
            "json" => true,
            "text" => false,
            var other => throw new CommandFailedException($"--format is '{other}'; text or json is right."),
        };
        if (parsed.GetValue(Limit) is not (>= 1 and <= 1_000_000) and var limit) throw new CommandFailedException($"--limit is {limit}; a whole number from 1 to 1000000 is right.");
        await using var db = Workplace.OpenDatabase(parsed, parsed.GetValue(CommandLine.Dsn));
        await new Migrator(db, TimeProvider.System).EnsureCurrentAsync(ct);
        var tenant = await Tenant.LoadDefaultAsync(db, TimeProvider.System, ct);
        var store = new EventStore(db);
        var began = TimeProvider.System.GetUtcNow();
        var found = await store.ListAsync(tenant.Nid, filter, Guid.AllBitsSet, parsed.GetValue(Limit), ct);
        found.Reverse();
        foreach (var one in found) Print(one, json);
        if (parsed.GetValue(Follow)) await FollowAsync(store, tenant, filter, (began, [.. found.Select(e => e.Id)]), json, ct);
        return 0;
    }

    private static async Task FollowAsync(EventStore store, Tenant tenant, EventFilter filter, (DateTimeOffset Began, HashSet<Guid> Seen) from, bool json, CancellationToken ct)
    {
        const int AtOnce = 1000;
        var (edge, seen) = (from.Began - Late, from.Seen);
        using var timer = new PeriodicTimer(Look, TimeProvider.System);
        while (await TicksAsync(timer, ct))
        {
            var next = EventStore.FirstIdAt(edge);
            for (List<StoredEvent> page; (page = await store.FromAsync(tenant.Nid, filter, next, AtOnce, ct)).Count > 0; next = page[^1].Id)
            {
                foreach (var one in page.Where(e => seen.Add(e.Id))) Print(one, json);
                if (page.Count < AtOnce) break;
            }
            edge = TimeProvider.System.GetUtcNow() - Late;
            var old = EventStore.FirstIdAt(edge);
            seen.RemoveWhere(id => id.CompareTo(old) < 0);
        }
    }

    /// <summary>To be stopped is how following ends, and no fault.</summary>
    private static async Task<bool> TicksAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static EventFilter Filter(ParseResult parsed)
    {
        var types = parsed.GetValue(Type) ?? [];
        if (types.FirstOrDefault(t => !EventTypes.IsKnown(t)) is { } unknown) throw new CommandFailedException($"--type is '{unknown}', which there is not; see: ascent events types");
        if (parsed.GetValue(Address) is { } given && !System.Net.IPAddress.TryParse(given, out _) && !given.EndsWith("/64", StringComparison.Ordinal)) throw new CommandFailedException($"--address is '{given}'; an IP address is right.");
        return new EventFilter
        {
            Types = types, IdentityId = parsed.GetValue(Identity), Actor = parsed.GetValue(Actor),
            Address = parsed.GetValue(Address) is { } text && System.Net.IPAddress.TryParse(text, out var address) ? address.ToString() : parsed.GetValue(Address),
            Since = Time(parsed, Since), Until = Time(parsed, Until),
        };
    }

    private static DateTimeOffset? Time(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { Length: > 0 } text) return null;
        return EventText.TryParseTime(text, TimeProvider.System.GetUtcNow(), out var at) ? at
            : throw new CommandFailedException($"{option.Name} is '{text}'; a time such as 2026-01-31T08:00:00Z is right, or how long ago, such as 24h.");
    }

    private static void Print(StoredEvent e, bool json) =>
        Console.WriteLine(json ? Encoding.UTF8.GetString(JsonOut.ToBytes(e, EventText.Write)).TrimEnd('\n') : EventText.Of(e));
}
