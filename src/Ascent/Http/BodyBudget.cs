using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Ascent.Http;

/// <summary>
/// What the bodies of one door may take together while they are read, and how slowly they may come. What is small is not counted, so that
/// people go on signing in where somebody holds as much as may be held. The doors have a budget each: strangers take none from
/// administrators.
/// </summary>
internal sealed class BodyBudget(TimeProvider time, long most = BodyBudget.Most)
{
    public const long Most = 32 * 1024 * 1024;

    /// <summary>Forms without a photo are smaller.</summary>
    public const int Small = 8 * 1024;

    /// <summary>How long a body may take as a whole.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const double LeastRate = 240;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromSeconds(5);

    private long held;

    private TimeProvider Time { get; } = time;

    /// <summary>Bytes that are held now.</summary>
    public long Held => Interlocked.Read(ref held);

    public static ApiError Full { get; } = ApiError.Unavailable(Pause, "Too many large requests are being received at the moment. Try again shortly.", "security_too_many_bodies");

    public static ApiError TooSlow { get; } = ApiError.Of(StatusCodes.Status408RequestTimeout, $"The request body arrived too slowly; it has to be complete within {Deadline.TotalSeconds:0} seconds.");

    public Reading Begin(HttpContext http)
    {
        // What says that it is large has to come as fast as will make it complete in time; it is cut off at once, not at the deadline.
        if (http.Request.ContentLength is { } length && length / Deadline.TotalSeconds > LeastRate && HttpProtocol.IsHttp11(http.Request.Protocol)
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = new MinDataRate(length / Deadline.TotalSeconds, Grace);
        var reading = new Reading(this, http.RequestAborted);
        // What was read is worked with until the request is over.
        http.Response.RegisterForDispose(reading.Held);
        return reading;
    }

    // Giving back always succeeds.
    private bool Take(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= most || bytes <= 0) return true;
        Interlocked.Add(ref held, -bytes);
        return false;
    }

    /// <summary>What one body holds of the budget until it is given back.</summary>
    internal sealed class Share(BodyBudget budget) : IDisposable
    {
        private long taken;

        public bool Grow(long to)
        {
            if (to <= taken) return true;
            if (!budget.Take(to - taken)) return false;
            taken = to;
            return true;
        }

        public void Dispose()
        {
            budget.Take(-taken);
            taken = 0;
        }
    }

    /// <summary>One body on its way in.</summary>
    internal sealed class Reading : IDisposable
    {
        private readonly CancellationToken aborted;
        private readonly CancellationTokenSource overdue, either;

        public Reading(BodyBudget budget, CancellationToken aborted)
        {
            (Held, this.aborted) = (new Share(budget), aborted);
            overdue = new CancellationTokenSource(Deadline, budget.Time);
            either = CancellationTokenSource.CreateLinkedTokenSource(aborted, overdue.Token);
        }

        public Share Held { get; }

        public async ValueTask<ReadResult> ReadAsync(PipeReader reader)
        {
            try
            {
                return await reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (overdue.IsCancellationRequested && !aborted.IsCancellationRequested)
            {
                throw new ApiException(TooSlow);
            }
        }

        /// <summary>Whether the body may be held that has come so far.</summary>
        public bool Takes(long length) => length <= Small || Held.Grow(length);

        public void Dispose()
        {
            either.Dispose();
            overdue.Dispose();
        }
    }
}
