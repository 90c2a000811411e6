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
    private readonly HashCosts costs = new();
    private Decoy? decoy;

    /// <summary>Hashes made and compared so far.</summary>
    public long Operations => pool.Metrics.Operations;

    private static readonly ActivitySource Spans = new("Ascent.Hashing");

    /// <summary>The threads and the queue, to look at.</summary>
    internal HashingPool Pool => pool;

    internal HashCosts Costs => costs;

    /// <summary>Whether the configured hasher can take this password: bcrypt stops at 72 bytes.</summary>
    public bool CanHash(string password) =>
        options().Algorithm != Algorithm.Bcrypt || Encoding.UTF8.GetByteCount(password) <= Bcrypt.MaxPasswordBytes;

    /// <exception cref="PasswordTooLongException">The password has more bytes than bcrypt can take.</exception>
    /// <exception cref="HashingOverloadedException">Too many wait.</exception>
    public Task<string> HashAsync(string password, CancellationToken ct, HashingClient? client = null)
    {
        var o = options();
        if (!CanHash(password)) throw new PasswordTooLongException(Bcrypt.MaxPasswordBytes);
        return RunAsync(NameOf(o), password, (bytes, memory) => StoredHash.Make(o, bytes, memory), client, ct);
    }

    /// <summary>
    /// Whether the password is the one of the stored hash. If it is not, that takes what a wrong password takes with the dearest hash that
    /// anybody has: work up to the cost of the configured hash, beyond it by waiting.
    /// </summary>
    /// <exception cref="HashingOverloadedException">Too many wait.</exception>
    public Task<bool> VerifyAsync(string password, string encoded, CancellationToken ct, HashingClient? client = null)
    {
        var configured = Configured();
        return CompareAsync(password, PasswordHashFormats.Read(encoded) ?? configured, configured, client, ct);
    }

    /// <summary>The work of a comparison that fails, for an account that is not there.</summary>
    /// <exception cref="HashingOverloadedException">Too many wait.</exception>
    public Task BurnAsync(string password, CancellationToken ct, HashingClient? client = null)
    {
        var configured = Configured();
        return CompareAsync(password, configured, configured, client, ct);
    }

    /// <summary>Whether a new hash of the password would be of another kind, or better.</summary>
    public bool NeedsRehash(string encoded) => PasswordHashFormats.Read(encoded) is not { } stored || stored.IsWeakerThan(Configured());

    /// <summary>
    /// Learns that an account has such a hash. Gives by how many times it is dearer than one as configured, where that is more than can be
    /// hidden and has not been told yet.
    /// </summary>
    public async Task<double?> MeetAsync(string encoded, CancellationToken ct)
    {
        if (PasswordHashFormats.Read(encoded) is not { } stored || !costs.Saw(stored.Work)) return null;
        return await MeasureAsync(stored, ct) is { } ratio and > HashCosts.MostHidden ? ratio : null;
    }

    /// <summary>Learns that accounts have hashes of these kinds and of no other.</summary>
    public async Task MeetAllAsync(IReadOnlyList<string> examples, CancellationToken ct)
    {
        var all = examples.Select(PasswordHashFormats.Read).OfType<StoredHash>().ToList();
        foreach (var stored in all) await MeasureAsync(stored, ct);
        costs.Replace(all.Select(s => s.Work));
    }

    public void Dispose() => pool.Dispose();

    private delegate T Work<T>(ReadOnlySpan<byte> password, HashingMemory memory);

    private async Task<bool> CompareAsync(string password, StoredHash stored, StoredHash configured, HashingClient? client, CancellationToken ct)
    {
        var (fits, wait) = await RunAsync(stored.Format, password, (bytes, memory) =>
        {
            var started = time.GetTimestamp();
            var fits = stored.Fits(bytes, memory);
            costs.Took(stored.Work, time.GetElapsedTime(started));
            if (fits) return (true, TimeSpan.Zero);
            if (costs.Missing(stored.Work, configured.Work) is > 0 and var missing)
                foreach (var part in configured.Part(missing)) part.Fits(bytes, memory);
            return (false, costs.Wait(stored.Work, configured.Work, time.GetElapsedTime(started)));
        }, client, ct);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, time, ct);
        return fits;
    }

    /// <summary>How a hash compares with the configured one; tries both where nothing else tells.</summary>
    private async Task<double?> MeasureAsync(StoredHash stored, CancellationToken ct)
    {
        var configured = Configured();
        if (costs.Ratio(stored.Work, configured.Work) is { } known) return known;
        foreach (var hash in (StoredHash[])[configured, stored])
            await pool.RunAsync(hash.Format, memory =>
            {
                var started = time.GetTimestamp();
                hash.Fits("a password"u8, memory);
                costs.Took(hash.Work, time.GetElapsedTime(started));
                return true;
            }, ct, counted: false);
        return costs.Ratio(stored.Work, configured.Work);
    }

    private async Task<T> RunAsync<T>(string format, string password, Work<T> work, HashingClient? client, CancellationToken ct)
    {
        // With the wait for a turn, which is what a slow login is slow by.
        using var span = Spans.StartActivity("hash password")?.SetTag("ascent.hash.format", format);
        return await QueueAsync(format, password, work, client, ct);
    }

    private Task<T> QueueAsync<T>(string format, string password, Work<T> work, HashingClient? client, CancellationToken ct) => pool.RunAsync(
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
        ct, client);

    /// <summary>A hash as the configured hasher would write it, of no password.</summary>
    private StoredHash Configured()
    {
        var o = options();
        if (decoy is { } made && made.For == o) return made.Hash;
        var hash = PasswordHashFormats.Read(StoredHash.MakeDecoy(o))!;
        decoy = new Decoy(o, hash);
        return hash;
    }

    private sealed record Decoy(HasherOptions For, StoredHash Hash);

    private static string NameOf(HasherOptions o) => o.Algorithm == Algorithm.Bcrypt ? "bcrypt" : "argon2id";
}
