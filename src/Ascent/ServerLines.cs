using System.Globalization;
using Ascent.Config;
using Ascent.Http;
using Microsoft.Extensions.Logging;

namespace Ascent;

/// <summary>The lines by which an operator knows that the program serves, as what, and that it ended.</summary>
internal static partial class ServerLines
{
    public static void Up(ILogger log, AscentConfig config, string database, (Uri? Public, Uri? Admin) at, IReadOnlyList<string> files, TimeSpan took)
    {
        if (config.Dev) Development(log);
        var (open, admin) = (Address(at.Public, config.Serve.Public.Host), Address(at.Admin, config.Serve.Admin.Host));
        Serving(log, HealthEndpoints.Version, config.Dev ? "development" : "production", open, admin, database, Files(files), took.TotalSeconds);
    }

    public static void CourierUp(ILogger log, AscentConfig config, string database, IReadOnlyList<string> files)
    {
        if (config.Dev) Development(log);
        Sending(log, HealthEndpoints.Version, database, Files(files));
    }

    public static void Ended(ILogger log, string? signal, TimeSpan served) => Stopped(log, signal ?? "its host", Span(served));

    /// <summary>The first two units say enough.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
    };

    private static string Address(Uri? listens, string host) => listens?.ToString() ?? host;

    private static string Files(IReadOnlyList<string> files) => files.Count == 0 ? "the environment alone" : string.Join(", ", files.Select(Path.GetFullPath));

    [LoggerMessage(1, LogLevel.Warning, "DEVELOPMENT MODE, never for production: cookies go over plain http, every peer's X-Forwarded-For is believed, hashing may be cheap, limits on guessing are ten times as high, the admin API needs no token beyond loopback, and what messages say is kept and shown to administrators")]
    private static partial void Development(ILogger log);

    [LoggerMessage(2, LogLevel.Information, "Ascent {Version} serves in {Mode} mode: public {PublicUrl}, admin {AdminUrl}, database {Database}, configuration {Files}; up after {Seconds:0.0} s")]
    private static partial void Serving(ILogger log, string version, string mode, string publicUrl, string adminUrl, string database, string files, double seconds);

    [LoggerMessage(3, LogLevel.Information, "Ascent {Version} sends what is queued: database {Database}, configuration {Files}")]
    private static partial void Sending(ILogger log, string version, string database, string files);

    [LoggerMessage(4, LogLevel.Information, "Ascent was stopped by {By} and has ended after {Served}")]
    private static partial void Stopped(ILogger log, string by, string served);
}
