using System.Collections.Concurrent;
using System.Threading.Channels;
using Ascent.Config;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Sessions;

/// <summary>
/// Writes down that sessions are in use, where the configuration asks for it: <c>session.sliding</c> moves their end,
/// <c>session.idle</c> needs to know when they rest. At most once a minute a session (more often where an idle time is a matter of
/// minutes), many at once, and behind the answer.
/// </summary>
internal sealed partial class SessionUse(Db db, Tenant tenant, ConfigStore config, ILogger<SessionUse> log, DatabaseWatch? watch = null) : BackgroundService
{
    private const int MostTogether = 256, MostWaiting = 100_000;
    private readonly Channel<(Guid Id, DateTimeOffset At)> queue = Channel.CreateBounded<(Guid, DateTimeOffset)>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> recent = [];

    /// <summary>Whether uses matter at all.</summary>
    public bool IsWanted => config.Current.Session is { Sliding: true } or { Idle: not null };

    /// <summary>Every use moves a session's end.</summary>
    public bool Slides => config.Current.Session.Sliding;

    public void Touch(Session session, DateTimeOffset now)
    {
        var settings = config.Current.Session;
        if (!settings.Sliding && settings.Idle is null) return;
        var grain = settings.UseGrain;
        if (now - session.UsedAt < grain || recent.TryGetValue(session.Id, out var last) && now - last < grain) return;
        // Where the queue is full the next use tries again.
        if (queue.Writer.TryWrite((session.Id, now))) recent[session.Id] = now;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var ids = new List<Guid>(MostTogether);
        while (await queue.Reader.WaitToReadAsync(stoppingToken))
        {
            var at = DateTimeOffset.MinValue;
            while (ids.Count < MostTogether && queue.Reader.TryRead(out var use))
            {
                ids.Add(use.Id);
                if (use.At > at) at = use.At;
            }
            try
            {
                await WriteAsync(ids, at, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (watch?.Note(e) is null) LogNotWritten(e, ids.Count);
                foreach (var id in ids) recent.TryRemove(id, out _);
            }
            ids.Clear();
            Forget(at);
        }
    }

    // A session that was extended further by another node meanwhile keeps that.
    private Task WriteAsync(List<Guid> ids, DateTimeOffset at, CancellationToken ct)
    {
        var settings = config.Current.Session;
        return db.ExecuteAsync(new Sql("""
            update session set used_at = @at, expires_at = case when @sliding and expires_at < @expires then @expires else expires_at end
            where nid = @nid and id = any(@ids) and active and used_at < @at and expires_at > @at
            """, ("at", at), ("sliding", settings.Sliding), ("expires", at + settings.Lifespan), ("nid", tenant.Nid), ("ids", SqlValue.Of(ids))), ct);
    }

    private void Forget(DateTimeOffset now)
    {
        var grain = config.Current.Session.UseGrain;
        foreach (var (id, at) in recent)
            if (now - at >= grain) recent.TryRemove(new(id, at));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The use of {Count} sessions could not be written down; their next use will be.")]
    private partial void LogNotWritten(Exception e, int count);
}
