using Ascent.Http;
using Ascent.Storage;

namespace Ascent.Tenancy;

/// <summary>Ready is who reaches the database.</summary>
internal sealed class DatabaseProbe(Db db) : IReadinessProbe
{
    public string Name => "database";

    public async ValueTask<string?> CheckAsync(CancellationToken ct)
    {
        try
        {
            await db.PingAsync(ct);
            return null;
        }
        catch (Exception e) when (e is StorageUnusableException or System.Data.Common.DbException or TimeoutException)
        {
            return "The database does not answer.";
        }
    }
}
