namespace Ascent.Courier;

/// <summary>A message on its way out, with everything opened.</summary>
internal sealed record Outgoing(Guid Id, MessageChannel Channel, string Recipient, string TemplateType, MessageContent Content, DateTimeOffset CreatedAt);

/// <summary>How an attempt to send ended. What it says may be shown to administrators: no codes, no passwords.</summary>
internal abstract record Delivery
{
    private Delivery() { }

    /// <summary>Somebody else has it now, and said so.</summary>
    public sealed record Sent : Delivery;

    /// <summary>Not this time; another attempt may do.</summary>
    public sealed record Failed(string Reason) : Delivery;

    /// <summary>Refused for good: to try the same again would end the same.</summary>
    public sealed record Refused(string Reason) : Delivery;
}

/// <summary>A way to send. It answers within <see cref="Patience"/>, and throws only when it is cancelled.</summary>
internal interface ICourierChannel
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    Task<Delivery> SendAsync(Outgoing message, CancellationToken ct);
}
