using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Ascent.Storage;
using Ascent.Tenancy;

namespace Ascent.Schemas;

internal sealed record SchemaCopy(byte[] Content, DateTimeOffset FetchedAt);

/// <summary>
/// What the addresses of schemas and of the documents they refer to answered last, kept in the database. Where the database
/// cannot be used there is no copy: the start tells about the database itself.
/// </summary>
internal sealed class SchemaCopies(Lazy<Db> db, TimeProvider time)
{
    public async Task<SchemaCopy?> FindAsync(string url, CancellationToken ct)
    {
        try
        {
            return await db.Value.ReadOneAsync(
                new Sql("select c.content, c.fetched_at from schema_copy c join tenant t on t.id = c.nid where t.name = @tenant and c.url_hash = @url", ("tenant", Tenant.DefaultName), ("url", KeyOf(url))),
                r => new SchemaCopy(Encoding.UTF8.GetBytes(r.Text(0)), r.Time(1)), ct);
        }
        catch (Exception e) when (e is StorageUnusableException or DbException)
        {
            return null;
        }
    }

    /// <summary>Documents that were read and found good. That they cannot be kept is no reason to refuse them.</summary>
    public async Task KeepAsync(IReadOnlyDictionary<string, byte[]> documents, CancellationToken ct)
    {
        try
        {
            var tenant = await Tenant.LoadDefaultAsync(db.Value, time, ct);
            foreach (var (url, content) in documents)
                await db.Value.ExecuteAsync(new Sql("""
                    insert into schema_copy (nid, url_hash, content, fetched_at) values (@nid, @url, @content, @at)
                    on conflict (nid, url_hash) do update set content = excluded.content, fetched_at = excluded.fetched_at
                    """, ("nid", tenant.Nid), ("url", KeyOf(url)), ("content", Encoding.UTF8.GetString(content)), ("at", time.GetUtcNow())), ct);
        }
        catch (Exception e) when (e is StorageUnusableException or DbException)
        {
            // The next start writes them.
        }
    }

    private static string KeyOf(string url) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)));
}
