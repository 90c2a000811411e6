using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ascent.Crypto.Hashing.Formats;
using Ascent.Crypto.Hashing.Primitives;

namespace Ascent.Crypto.Hashing;

/// <summary>
/// Hashes passwords as configured and compares them with stored hashes of every format we know. Owns the threads and the memory for it.
/// A stored hash that cannot be read fits no password; that is an answer, never an exception. A password is its UTF-8 bytes.
/// </summary>
internal sealed class PasswordHasher(Func<HasherOptions> options, TimeProvider time) : IDisposable
{
    private readonly HashingPool pool = new(options, time);
    private Decoy? decoy;

    /// <summary>Hashes made and compared so far.</summary>
    public long Operations => pool.Metrics.Operations;

    private static readonly ActivitySource Spans = new("Ascent.Hashing");

    /// <summary>The threads and the queue, to look at.</summary>
    internal HashingPool Pool => pool;

    /// <summary>Whether the configured hasher can take this password: bcrypt stops at 72 bytes.</summary>
    public bool CanHash(string password) =>
        options().Algorithm != Algorithm.Bcrypt || Encoding.UTF8.GetByteCount(password) <= Bcrypt.MaxPasswordBytes;

    /// <exception cref="PasswordTooLongException">The password has more bytes than bcrypt can take.</exception>
    /// <exception cref="HashingOverloadedException">Too many wait.</exception>
    public Task<string> HashAsync(string password, CancellationToken ct)
    {
        var o = options();
        if (!CanHash(password)) throw new PasswordTooLongException(Bcrypt.MaxPasswordBytes);
        return RunAsync(NameOf(o), password, (bytes, memory) => StoredHash.Make(o, bytes, memory), ct);
    }

    /// <summary>Whether the password is the one of the stored hash.</summary>
    /// <exception cref="HashingOverloadedException">Too many wait.</exception>
    public async Task<bool> VerifyAsync(string password, string encoded, CancellationToken ct)
    {
        if (PasswordHashFormats.Read(encoded) is { } stored)
            return await RunAsync(stored.Format, password, stored.Fits, ct);
        await BurnAsync(password, ct);
        return false;
    }

    /// <summary>The work of a comparison with a hash of the configured kind, for an account that is not there.</summary>
    /// <exception cref="HashingOverloadedException">Too many wait.</exception>
    public Task BurnAsync(string password, CancellationToken ct)
    {
        var stored = PasswordHashFormats.Read(DecoyHash())!;
        return RunAsync(stored.Format, password, stored.Fits, ct);
    }

    /// <summary>Whether the hash is of another kind than new ones. Another cost of the same kind is none.</summary>
    public bool NeedsRehash(string encoded) => options().Algorithm switch
    {
        Algorithm.Bcrypt => !BcryptHash.IsOne(encoded),
        Algorithm.Argon2id => !encoded.StartsWith(Argon2Hash.IdPrefix, StringComparison.Ordinal),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public void Dispose() => pool.Dispose();

    private delegate T Work<T>(ReadOnlySpan<byte> password, HashingMemory memory);

    private async Task<T> RunAsync<T>(string format, string password, Work<T> work, CancellationToken ct)
    {
        // With the wait for a turn, which is what a slow login is slow by.
        using var span = Spans.StartActivity("hash password")?.SetTag("ascent.hash.format", format);
        return await QueueAsync(format, password, work, ct);
    }

    private Task<T> QueueAsync<T>(string format, string password, Work<T> work, CancellationToken ct) => pool.RunAsync(
        format,
        memory =>
        {
            var bytes = Encoding.UTF8.GetBytes(password);
            try
            {
                return work(bytes, memory);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        },
        ct);

    /// <summary>A hash as the configured hasher would write it, of no password.</summary>
    private string DecoyHash()
    {
        var o = options();
        if (decoy is { } made && ReferenceEquals(made.For, o)) return made.Encoded;
        var encoded = StoredHash.MakeDecoy(o);
        decoy = new Decoy(o, encoded);
        return encoded;
    }

    private sealed record Decoy(HasherOptions For, string Encoded);

    private static string NameOf(HasherOptions o) => o.Algorithm == Algorithm.Bcrypt ? "bcrypt" : "argon2id";
}
