namespace Ascent.Crypto.Hashing;

/// <summary>For whom something is hashed, as far as the queue is concerned.</summary>
/// <param name="Share">How much of the queue may be this client's: of its places and of the time that one may wait.</param>
internal sealed record HashingClient(string Name, double Share)
{
    public override string ToString() => "hashing client";
}
