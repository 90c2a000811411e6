namespace Ascent.Http;

/// <summary>Something without which requests cannot be served; every registered one is asked by /health/ready.</summary>
internal interface IReadinessProbe
{
    /// <summary>The name under which a failure is shown.</summary>
    string Name { get; }

    /// <summary>Null when all is well, else what is wrong in words that may be shown to strangers.</summary>
    ValueTask<string?> CheckAsync(CancellationToken ct);

    /// <summary>What is not as it should be though requests are served; may be shown to strangers as well.</summary>
    string? Remark => null;
}
