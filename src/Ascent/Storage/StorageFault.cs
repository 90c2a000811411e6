using System.Data.Common;
using Ascent.Storage.Postgres;
using Ascent.Storage.Sqlite;

namespace Ascent.Storage;

internal enum StorageFaultKind
{
    /// <summary>Nobody answers, or nobody is free to: it may be over in a moment.</summary>
    Unreachable,

    /// <summary>There is no room to write; reading goes on.</summary>
    Full,

    /// <summary>It answers, and cannot be worked with until somebody has put it right.</summary>
    Unusable,
}

/// <summary>Why the database does not serve: one sentence for operators, with the place, the cause and what to do; never with a secret.</summary>
internal sealed record StorageFault(StorageFaultKind Kind, string Sentence)
{
    /// <summary>The fault behind an exception; null where it is none of the database's as such, but of what was asked of it.</summary>
    public static StorageFault? Of(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is StorageUnusableException unusable) return unusable.Fault ?? new StorageFault(StorageFaultKind.Unusable, unusable.Message);
            if (e is DbException database && (PostgresFaults.Of(database, null) ?? SqliteFaults.Of(database, null)) is { } fault) return fault;
        }
        return null;
    }
}
