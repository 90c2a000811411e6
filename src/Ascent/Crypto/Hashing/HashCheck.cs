namespace Ascent.Crypto.Hashing;

/// <summary>What an imported hash turned out to be.</summary>
internal abstract record HashCheck
{
    private HashCheck() { }

    /// <summary>May be stored, as <paramref name="Normalised"/>.</summary>
    public sealed record Accepted(string Normalised) : HashCheck;

    /// <summary>Of no format we know.</summary>
    public sealed record Unknown : HashCheck;

    /// <summary>Its parameters would cost more than a login may.</summary>
    public sealed record OutOfBounds(string Reason) : HashCheck;

    /// <summary>Of a known format, but not readable as such.</summary>
    public sealed record Malformed(string Reason) : HashCheck;
}
