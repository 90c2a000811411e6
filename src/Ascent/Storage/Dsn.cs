using Npgsql;

namespace Ascent.Storage;

/// <summary>A DSN in Kratos's form, parsed. Its text never appears in a message: it may hold a password.</summary>
internal abstract record Dsn
{
    private Dsn() { }

    /// <summary>A file, or with no path a database that lives as long as the process.</summary>
    public sealed record Sqlite(string? Path, bool ReadWriteCreate) : Dsn;

    public sealed record Postgres(NpgsqlConnectionStringBuilder Connection) : Dsn;

    public static Dsn Parse(string text)
    {
        if (text is "memory" or "sqlite://:memory:" || text.StartsWith("sqlite://file::memory:", StringComparison.Ordinal)) return new Sqlite(null, true);
        if (text.StartsWith("sqlite://", StringComparison.Ordinal)) return ParseSqlite(text["sqlite://".Length..]);
        if (text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)) return ParsePostgres(text);
        var scheme = text.IndexOf("://", StringComparison.Ordinal) is > 0 and var i ? $"'{text[..i]}'" : "none";
        throw new StorageUnusableException($"dsn: the scheme is {scheme}; what works is sqlite:///path/to/file.sqlite?_fk=true, memory, or postgres://user:password@host:5432/database?sslmode=disable.");
    }

    private static Sqlite ParseSqlite(string rest)
    {
        var q = rest.IndexOf('?', StringComparison.Ordinal);
        var path = Uri.UnescapeDataString(q < 0 ? rest : rest[..q]);
        if (path.StartsWith("file:", StringComparison.Ordinal)) path = path["file:".Length..];
        if (path.Length == 0) throw new StorageUnusableException("dsn: a path must follow sqlite://, as in sqlite:///var/lib/ascent/db.sqlite?_fk=true.");
        var options = Query(q < 0 ? "" : rest[(q + 1)..]);
        if (options.TryGetValue("mode", out var mode) && mode == "memory") return new Sqlite(null, true);
        return new Sqlite(path, !options.TryGetValue("mode", out mode) || mode is "rwc" or "");
    }

    private static Postgres ParsePostgres(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0 && !text.Contains("host=", StringComparison.Ordinal))
            throw new StorageUnusableException("dsn: not a URL; what works is postgres://user:password@host:5432/database?sslmode=disable.");
        var user = uri.UserInfo.Split(':', 2);
        var b = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : Environment.UserName,
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            ApplicationName = "ascent",
            MaxPoolSize = 20,
            CommandTimeout = 30,
            Timeout = 10,
        };
        if (user.Length > 1) b.Password = Uri.UnescapeDataString(user[1]);
        if (b.Database.Length == 0) b.Database = b.Username;
        foreach (var (key, value) in Query(uri.Query.TrimStart('?'))) Apply(b, key, value);
        return new Postgres(b);
    }

    private static void Apply(NpgsqlConnectionStringBuilder b, string key, string value)
    {
        switch (key)
        {
            case "sslmode":
                b.SslMode = value switch
                {
                    "disable" => SslMode.Disable, "allow" => SslMode.Allow, "prefer" => SslMode.Prefer, "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA, "verify-full" => SslMode.VerifyFull,
                    _ => throw new StorageUnusableException($"dsn: sslmode={value} is none of disable, allow, prefer, require, verify-ca, verify-full."),
                };
                break;
            case "max_conns": b.MaxPoolSize = Number(key, value); b.MinPoolSize = Math.Min(b.MinPoolSize, b.MaxPoolSize); break;
            case "max_idle_conns": b.MinPoolSize = Math.Min(Number(key, value), b.MaxPoolSize); break;
            case "max_conn_lifetime": b.ConnectionLifetime = (int)Seconds(key, value); break;
            case "max_conn_idle_time": b.ConnectionIdleLifetime = (int)Seconds(key, value); break;
            case "connect_timeout": b.Timeout = Number(key, value); break;
            case "application_name": b.ApplicationName = value; break;
            case "search_path": b.SearchPath = value; break;
            case "sslrootcert": b.RootCertificate = value; break;
            case "sslcert": b.SslCertificate = value; break;
            case "sslkey": b.SslKey = value; break;
            case "host": b.Host = value; break;
            default: throw new StorageUnusableException($"dsn: the option '{key}' is not known; known are sslmode, sslrootcert, sslcert, sslkey, max_conns, max_idle_conns, max_conn_lifetime, max_conn_idle_time, connect_timeout, application_name, search_path.");
        }
    }

    private static int Number(string key, string value) => int.TryParse(value, out var n) && n >= 0 ? n
        : throw new StorageUnusableException($"dsn: {key}={value} must be a whole number.");

    private static double Seconds(string key, string value)
    {
        if (int.TryParse(value, out var plain)) return plain;
        var unit = value.Length > 1 ? value[^1] : ' ';
        if (double.TryParse(value.AsSpan(0, Math.Max(0, value.Length - 1)), System.Globalization.CultureInfo.InvariantCulture, out var n))
            switch (unit)
            {
                case 's': return n;
                case 'm': return n * 60;
                case 'h': return n * 3600;
            }
        throw new StorageUnusableException($"dsn: {key}={value} must be a duration such as 30s, 5m or 1h.");
    }

    private static Dictionary<string, string> Query(string text)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var eq = pair.IndexOf('=', StringComparison.Ordinal);
            result[Uri.UnescapeDataString(eq < 0 ? pair : pair[..eq])] = eq < 0 ? "" : Uri.UnescapeDataString(pair[(eq + 1)..]);
        }
        return result;
    }
}
