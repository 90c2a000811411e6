using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace Ascent.Storage.Postgres;

/// <summary>What PostgreSQL or the way to it says, as a fault of the database; each cause has its own sentence.</summary>
internal static class PostgresFaults
{
    private const string Server = "the PostgreSQL server";

    /// <param name="at">Host and port, where they are known.</param>
    public static StorageFault? Of(DbException exception, string? at)
    {
        if (exception is PostgresException answer) return Answered(answer, at is null ? Server : $"{Server} at {at}");
        return exception is NpgsqlException ? OnTheWay(exception, at) : null;
    }

    private static StorageFault? Answered(PostgresException e, string server) => e.SqlState switch
    {
        PostgresErrorCodes.InvalidCatalogName => Unusable($"{server} answers, but has no such database; create it, or name another."),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => Unusable($"{server} refuses this user or password."),
        PostgresErrorCodes.TooManyConnections => Unreachable($"{server} has all its connections taken; raise its max_connections (or the role's or database's limit), or lower max_conns of the programs that share it."),
        PostgresErrorCodes.CannotConnectNow => Unreachable($"{server} is starting up or recovering and takes no connections yet."),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => Unreachable($"{server} was shut down and has ended the connection."),
        PostgresErrorCodes.DiskFull => new StorageFault(StorageFaultKind.Full, $"{server} has no room left on its disk; make room."),
        PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.ConfigurationLimitExceeded or PostgresErrorCodes.InsufficientResources => Unreachable($"{server} is out of resources ({e.SqlState}); its log says of which."),
        PostgresErrorCodes.ReadOnlySqlTransaction => Unusable($"{server} takes no writes: it is a standby, or set to read only; name the primary."),
        PostgresErrorCodes.IoError or PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => Unusable($"{server} cannot read its data ({e.SqlState}); its log says more."),
        _ when e.SqlState.StartsWith("08", StringComparison.Ordinal) => Unreachable($"{server} broke the connection off ({e.SqlState})."),
        _ => null,
    };

    private static StorageFault? OnTheWay(DbException e, string? at)
    {
        if (e.Message.Contains("SSL", StringComparison.Ordinal))
            return Unusable($"{Server} answers, but not with TLS as sslmode demands it; give the server a certificate, or say sslmode=disable.");
        if (e.Message.Contains("pool", StringComparison.OrdinalIgnoreCase) && e.InnerException is TimeoutException)
            return Unreachable("all connections of this program to the PostgreSQL server are in use and none became free in time; raise max_conns in the DSN, or see what holds them up.");
        var host = at is null ? "" : $" at {at}";
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException)
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Unreachable($"{Server} cannot be reached{host}: the connection is refused, so nothing listens there; start the server, or correct host and port.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Unreachable($"{Server} cannot be reached{host}: the host's name is not known; correct it, or see to the name service.");
                case SocketException { SocketErrorCode: SocketError.TimedOut } or TimeoutException:
                    return Unreachable($"{Server} cannot be reached{host}: there is no answer in time; see whether the host is up and no firewall drops the packets.");
                case SocketException other:
                    return Unreachable($"{Server} cannot be reached{host}: {other.SocketErrorCode}.");
                case IOException:
                    return Unreachable($"{Server}{host} broke the connection off.");
            }
        // What the driver throws without a cause of its own is a connection that it found broken.
        return e.InnerException is null && e.Message.Contains("connection", StringComparison.OrdinalIgnoreCase) ? Unreachable($"{Server}{host} broke the connection off.") : null;
    }

    private static StorageFault Unreachable(string sentence) => new(StorageFaultKind.Unreachable, sentence);

    private static StorageFault Unusable(string sentence) => new(StorageFaultKind.Unusable, sentence);
}
