namespace Ascent.Crypto;

/// <summary>How many rows were looked at, how many an older secret had sealed, and how many no secret opens.</summary>
internal sealed record ResealCount(int Seen, int Older, int Lost);
