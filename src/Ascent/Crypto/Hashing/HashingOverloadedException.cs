using Ascent.Http;

namespace Ascent.Crypto.Hashing;

/// <summary>More passwords wait to be hashed than may; the caller should come back after <see cref="RetryAfter"/>.</summary>
internal sealed class HashingOverloadedException(TimeSpan retryAfter)
    : Exception($"Too many passwords are waiting to be hashed; try again in {retryAfter.TotalSeconds:0} s."), IHasApiError
{
    public TimeSpan RetryAfter { get; } = retryAfter;

    public ApiError ToApiError() => ApiError.Unavailable(RetryAfter, "Too many passwords are being hashed at the moment; try again shortly.", "security_hashing_overloaded");
}
