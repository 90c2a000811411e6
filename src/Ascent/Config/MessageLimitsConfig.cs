namespace Ascent.Config;

/// <summary>How many messages flows send. What is beyond is not sent, and nobody is told.</summary>
internal sealed record MessageLimitsConfig
{
    private const int Few = 5, Many = 50, InDevelopment = 10;

    [Key("Limit messages at all. What administrators cause is never limited.", Ours = true)]
    public bool Enabled { get; init; } = true;

    [Key("An address that is written to, by mail or as a text message, whatever for.", Ours = true)]
    public MessageLimitConfig Recipient { get; init; } = new();

    [Key("A client's address; of IPv6 the network (/64).", Ours = true)]
    public MessageLimitConfig Client { get; init; } = new();

    /// <summary>Messages allowed where nothing is configured; development and test suites send more.</summary>
    public static int Default(bool client, bool dev) => (client ? Many : Few) * (dev ? InDevelopment : 1);
}

internal sealed record MessageLimitConfig
{
    [Key("Messages within the window; after the last of them nothing is sent for as long again.", Ours = true, Min = 1, Max = 1_000_000, Default = "5 (for a client 50); with dev ten times that")]
    public int? MaxMessages { get; init; }

    [Key("How long messages are counted together, from the first of them.", Ours = true, Min = 1)]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);
}
