using Ascent.Http;

namespace Ascent.Risk;

/// <summary>Whether a credential may be looked at.</summary>
internal abstract record ThrottleVerdict
{
    private ThrottleVerdict() { }

    /// <summary>
    /// Yes, and the attempt is counted as wrong already. Hand this back with what came of it; an attempt of which nothing is
    /// heard stays counted.
    /// </summary>
    public sealed record Admitted : ThrottleVerdict
    {
        /// <summary>Without any count: throttling is off, or there is nothing to count for.</summary>
        public static Admitted Uncounted { get; } = new([]);

        internal Admitted(IReadOnlyList<Reservation> reservations) => Reservations = reservations;

        internal IReadOnlyList<Reservation> Reservations { get; }

        public override string ToString() => $"admitted, counted {Reservations.Count} times";
    }

    /// <summary>No. The answer is the same for accounts that exist and those that do not.</summary>
    public sealed record Blocked(DateTimeOffset Until, TimeSpan RetryAfter) : ThrottleVerdict
    {
        public const string ErrorId = "security_too_many_attempts";

        public ApiError ToApiError() => ApiError.TooManyRequests(RetryAfter, "There were too many wrong attempts. Try again later.", ErrorId);
    }
}

/// <summary>How an attempt that was let through ended.</summary>
internal abstract record AttemptEnd
{
    private AttemptEnd() { }

    /// <summary>It was right, and the transaction that acted on it has settled the count.</summary>
    public static AttemptEnd Settled { get; } = new Right();

    /// <summary>It was not judged, or nothing came of it: it is taken back.</summary>
    public static AttemptEnd TakenBack { get; } = new Nothing();

    /// <summary>Nothing was guessed, and what it cost stays counted for the client, as an account that was made.</summary>
    public static AttemptEnd Spent { get; } = new Used();

    /// <summary>It was judged and found wrong: it stays counted.</summary>
    public static AttemptEnd WrongOf(Guid? identityId, FailedAttempt? told = null) => new Wrong(identityId, told);

    internal sealed record Right : AttemptEnd;

    internal sealed record Wrong(Guid? IdentityId, FailedAttempt? Told) : AttemptEnd;

    internal sealed record Nothing : AttemptEnd;

    internal sealed record Used : AttemptEnd;
}

/// <summary>One place taken in a subject's count; the last one locks the subject if the attempt turns out wrong.</summary>
internal sealed record Reservation(ThrottleSubject Subject, Guid Key, bool Last);
