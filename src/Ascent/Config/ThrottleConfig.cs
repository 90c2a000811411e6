namespace Ascent.Config;

/// <summary>How many wrong attempts are let through, for each thing they are counted for.</summary>
internal sealed record ThrottleConfig
{
    private const int Few = 10, Many = 100, InDevelopment = 10;

    [Key("Count and lock at all.", Ours = true)]
    public bool Enabled { get; init; } = true;

    [Key("A login identifier, whether an account has it or not.", Ours = true)]
    public ThrottleLimitConfig Identifier { get; init; } = new();

    [Key("A client's address; of IPv6 the network (/64).", Ours = true)]
    public ThrottleLimitConfig Address { get; init; } = new();

    [Key("One method of one account, such as its authenticator app.", Ours = true)]
    public ThrottleLimitConfig Factor { get; init; } = new();

    [Key("Accounts that a client's address makes, counted apart from its wrong attempts.", Ours = true)]
    public ThrottleLimitConfig Registration { get; init; } = new();

    /// <summary>Failures allowed where nothing is configured; development and test suites fail more often.</summary>
    public static int Default(bool address, bool dev) => (address ? Many : Few) * (dev ? InDevelopment : 1);
}

internal sealed record ThrottleLimitConfig
{
    [Key("Wrong attempts (accounts, for registrations) within the window; the last of them locks.", Ours = true, Min = 1, Max = 1_000_000, Default = "10 (for an address, and for registrations, 100); with dev ten times that")]
    public int? MaxFailures { get; init; }

    [Key("How long wrong attempts are counted together, from the first of them.", Ours = true, Min = 1)]
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(10);

    [Key("How long a lock lasts.", Ours = true, Min = 1)]
    public TimeSpan Lockout { get; init; } = TimeSpan.FromMinutes(15);
}
