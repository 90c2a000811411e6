namespace Ascent.Crypto.Hashing;

/// <summary>bcrypt sees 72 bytes of a password; a longer one must be refused before it is hashed (<see cref="PasswordHasher.CanHash"/>).</summary>
internal sealed class PasswordTooLongException(int limit) : Exception($"The password is longer than the {limit} bytes that bcrypt can take.")
{
    public int Limit { get; } = limit;
}
