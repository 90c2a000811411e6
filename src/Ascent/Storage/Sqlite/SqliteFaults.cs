using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Ascent.Storage.Sqlite;

/// <summary>What SQLite says, as a fault of the database; each cause has its own sentence, since each needs another hand.</summary>
internal static class SqliteFaults
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NoDatabase = 26;

    /// <param name="file">The file, where it is known.</param>
    public static StorageFault? Of(DbException exception, string? file)
    {
        if (exception is not SqliteException e) return null;
        var which = file is null ? "the SQLite file" : $"the SQLite file '{file}'";
        return e.SqliteErrorCode switch
        {
            Full => new StorageFault(StorageFaultKind.Full, $"{which} cannot grow: its disk has no room left; make room."),
            Busy or Locked => new StorageFault(StorageFaultKind.Unreachable, $"{which} is locked by another program; end it, or wait until it is done."),
            ReadOnly => Unusable($"{which} can be read but not written: it, or its directory, is not writable for the user that runs this program, or is mounted read-only; change the permissions."),
            IoError => Unusable($"{which} cannot be read or written: the file system reports an error ({e.SqliteExtendedErrorCode}); see the system's log."),
            Corrupt => Unusable($"{which} is damaged; keep a copy of it with its -wal file, and restore a backup (sqlite3 FILE 'pragma integrity_check' says what is broken)."),
            NoDatabase => Unusable($"{which} is no database, or an encrypted one; name another file, or restore a backup."),
            CannotOpen => Unusable($"{which} cannot be opened: {WhyNot(file)}"),
            _ => null,
        };
    }

    private static string WhyNot(string? file)
    {
        if (file is null) return "it or its directory is gone, or not readable and writable for the user that runs this program.";
        if (Directory.Exists(file)) return "it is a directory; name a file in it.";
        var directory = Path.GetDirectoryName(Path.GetFullPath(file));
        if (!Directory.Exists(directory)) return $"its directory does not exist; make {directory}, writable for the user that runs this program.";
        return File.Exists(file)
            ? "it is not readable and writable for the user that runs this program; change its permissions."
            : "there is no such file, and none could be made; its directory must be writable, and the DSN must not say mode=rw for a new file.";
    }

    private static StorageFault Unusable(string sentence) => new(StorageFaultKind.Unusable, sentence);
}
