using Ascent.Http;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Tenancy;

/// <summary>
/// What the database's faults are to clients and to the log: clients get 503 (507 where its disk is full) and when to come again, the log
/// one line when a fault begins and one when it is over. Whoever meets a fault asks here; nobody writes a trace of it.
/// </summary>
internal sealed partial class DatabaseWatch(Db db, TimeProvider time, ILogger<DatabaseWatch> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), Answer = TimeSpan.FromSeconds(5), Quiet = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(2), LaterAgain = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim begun = new(0, 1);
    private (DateTimeOffset Since, StorageFaultKind Kind, long Refused)? unreachable;
    private DateTimeOffset? fullTold, unusableTold;

    /// <summary>What the client is told, or null where the database has no fault.</summary>
    public ApiError? AnswerTo(Exception e)
    {
        if (Note(e) is not { } fault) return null;
        return fault.Kind switch
        {
            StorageFaultKind.Unreachable => ApiError.Unavailable(SoonAgain, "The database cannot be reached at the moment.", "database_unreachable"),
            StorageFaultKind.Full => ApiError.Of(StatusCodes.Status507InsufficientStorage, "The database has no room to write.", "database_full") with { RetryAfter = LaterAgain },
            _ => ApiError.Unavailable(LaterAgain, "The database cannot be used at the moment.", "database_unusable"),
        };
    }

    /// <summary>Says once that a fault began, if it is the database's; others who meet it are counted.</summary>
    public StorageFault? Note(Exception e)
    {
        if (StorageFault.Of(e) is not { } fault) return null;
        var now = time.GetUtcNow();
        lock (gate)
        {
            switch (fault.Kind)
            {
                case StorageFaultKind.Unreachable:
                    if (unreachable is { } known)
                    {
                        unreachable = known with { Refused = known.Refused + 1 };
                        break;
                    }
                    unreachable = (now, fault.Kind, 1);
                    LogUnreachable(now, db.Where, fault.Sentence);
                    if (begun.CurrentCount == 0) begun.Release();
                    break;
                // Whether these are over, only the next one who writes would find out: they are told again while they last.
                case StorageFaultKind.Full:
                    if (Again(ref fullTold, now)) LogFull(db.Where, fault.Sentence);
                    break;
                default:
                    if (Again(ref unusableTold, now)) LogUnusable(db.Where, fault.Sentence);
                    break;
            }
        }
        return fault;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await begun.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(Look, time);
            while (await timer.WaitForNextTickAsync(stoppingToken) && !await AnswersAsync(stoppingToken)) { }
            lock (gate)
            {
                if (unreachable is { } over) LogBack(over.Since, (time.GetUtcNow() - over.Since).TotalSeconds, over.Refused);
                unreachable = null;
            }
        }
    }

    public override void Dispose()
    {
        begun.Dispose();
        base.Dispose();
    }

    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Answer);
        try
        {
            await db.PingAsync(limit.Token).WaitAsync(limit.Token);
            return true;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool Again(ref DateTimeOffset? told, DateTimeOffset now)
    {
        if (told is { } at && now - at < Quiet) return false;
        told = now;
        return true;
    }

    [LoggerMessage(1, LogLevel.Error, "The database ({Database}) is unreachable since {Since:O}: {Cause} Requests are answered 503 until it is back.")]
    private partial void LogUnreachable(DateTimeOffset since, string database, string cause);

    [LoggerMessage(2, LogLevel.Warning, "The database is back after {Away:0.0} s (unreachable since {Since:O}); {Refused} requests or tasks met the fault meanwhile.")]
    private partial void LogBack(DateTimeOffset since, double away, long refused);

    [LoggerMessage(3, LogLevel.Critical, "The database ({Database}) cannot write: {Cause} Requests that write are answered 507; this is told again each minute while it lasts.")]
    private partial void LogFull(string database, string cause);

    [LoggerMessage(4, LogLevel.Critical, "The database ({Database}) cannot be used: {Cause} Requests are answered 503; this is told again each minute while it lasts.")]
    private partial void LogUnusable(string database, string cause);
}
