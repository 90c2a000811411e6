using Ascent.Storage;

namespace Ascent.Tenancy;

/// <summary>Whose data a request sees: its id stands in every row and leads every key.</summary>
internal sealed record Tenant(Guid Nid)
{
    public const string DefaultName = "default";

    /// <summary>The tenant of a database that serves only one; made where there is none.</summary>
    public static Task<Tenant> LoadDefaultAsync(Db db, TimeProvider time, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        await tx.ExecuteAsync(new Sql("insert into tenant (id, name, created_at) values (@id, @name, @at) on conflict (name) do nothing",
            ("id", Guid.CreateVersion7()), ("name", DefaultName), ("at", time.GetUtcNow())), token);
        var nid = await tx.ReadValueAsync(new Sql("select id from tenant where name = @name", ("name", DefaultName)), r => r.Guid(0), token);
        return new Tenant(nid!.Value);
    }, ct);
}
