using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Crypto;
using Ascent.Jose;
using Ascent.Storage;
using Ascent.Tenancy;

namespace Ascent.Sessions.Tokenizer;

/// <summary>
/// The key that signs for templates without a key set of their own. It is made when it is first needed, once for all nodes: who
/// inserts its number first has made it, the others take that one. Sealed at rest; its public part is for everybody.
/// </summary>
internal sealed class OwnKeys(Db db, Tenant tenant, Cipher cipher, TimeProvider time)
{
    private const string Purpose = "session-key";
    private const int MostPublished = 16, MostTries = 8;

    private volatile Jwk? current;

    /// <summary>The newest key that our secrets open. Where none does, because they were exchanged, another is made.</summary>
    public async ValueTask<Jwk> CurrentAsync(CancellationToken ct)
    {
        if (current is { } known) return known;
        for (var tries = 0; tries < MostTries; tries++)
        {
            var rows = await db.ReadAsync(new Sql("select number, sealed from session_key where nid = @nid order by number desc limit @most", ("nid", tenant.Nid), ("most", MostPublished)),
                r => (Number: r.Int(0), Sealed: r.Text(1)), ct);
            foreach (var (number, text) in rows)
                if (Open(number, text) is { } key)
                    return current = key;
            await MakeAsync(rows.Count == 0 ? 1 : rows[0].Number + 1, ct);
        }
        throw new InvalidOperationException("No key for session tokens could be made: other nodes make theirs under other secrets. All nodes need the same secrets.cipher and secrets.default.");
    }

    /// <summary>The public parts, the newest first, as JSON. Tokens live for minutes: who verifies needs no older ones than these.</summary>
    public Task<List<string>> PublishedAsync(CancellationToken ct) => db.ReadAsync(
        new Sql("select public_key from session_key where nid = @nid order by number desc limit @most", ("nid", tenant.Nid), ("most", MostPublished)), r => r.Text(0), ct);

    private Task MakeAsync(int number, CancellationToken ct)
    {
        var numbers = Draw();
        var (x, y) = (Base64Url.EncodeToString(numbers.Q.X), Base64Url.EncodeToString(numbers.Q.Y));
        var json = new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["alg"] = "ES256", ["use"] = "sig", ["kid"] = Thumbprint(x, y), ["x"] = x, ["y"] = y,
        };
        var shown = json.ToJsonString();
        json["d"] = Base64Url.EncodeToString(numbers.D);
        return db.ExecuteAsync(new Sql("""
            insert into session_key (nid, number, public_key, sealed, created_at) values (@nid, @number, @public, @sealed, @now) on conflict (nid, number) do nothing
            """, ("nid", tenant.Nid), ("number", number), ("public", shown), ("sealed", cipher.Encrypt(Purpose, json.ToJsonString(), Context(number))), ("now", time.GetUtcNow())), ct);
    }

    private static ECParameters Draw()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ec.ExportParameters(includePrivateParameters: true);
    }

    private Jwk? Open(int number, string text) =>
        cipher.Decrypt(Purpose, text, Context(number)) is { } json && JwkSet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{{json}}]}""")) is { Faults.Count: 0, Keys: [{ CanSign: true } key] } ? key : null;

    private string Context(int number) => $"{tenant.Nid:n}/{number}";

    /// <summary>RFC 7638 3: the hash of the members that make the key, in the order of their names.</summary>
    private static string Thumbprint(string x, string y) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""")));
}
