using System.Text.Json;
using Ascent.Crypto.Hashing;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Identities;

/// <summary>
/// Looks which kinds of password hashes accounts have, at the start and every hour: the hasher hides by the time of an answer which of them an
/// account has, and must not wait for hashes that are gone. One example of each kind is read; kinds are told by how the hash begins.
/// </summary>
internal sealed partial class HashSurvey(Db db, Tenant tenant, PasswordHasher hasher, TimeProvider time, ILogger<HashSurvey> log, DatabaseWatch? watch = null) : BackgroundService
{
    private const int MostKinds = 64;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (watch?.Note(e) is null) Failed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public async Task LookAsync(CancellationToken ct)
    {
        List<string> beginnings = [], examples = [];
        while (beginnings.Count < MostKinds && await OtherThanAsync(beginnings, ct) is { } config)
        {
            var hash = HashOf(config);
            if (hash is not null) examples.Add(hash);
            // What has no hash, or is written in a way that is not ours, stands for itself alone.
            var at = hash is null ? -1 : config.IndexOf(hash[..1], config.IndexOf("hashed_password", StringComparison.Ordinal) + "hashed_password\"".Length, StringComparison.Ordinal);
            beginnings.Add(at < 0 ? config : config[..Math.Min(config.Length, at + PasswordHashFormats.KindLength(hash!))]);
        }
        foreach (var example in examples)
            if (await hasher.MeetAsync(example, ct) is { } times) Dear(PasswordHashFormats.KindOf(example), times);
        await hasher.MeetAllAsync(examples, ct);
    }

    private Task<string?> OtherThanAsync(List<string> beginnings, CancellationToken ct)
    {
        var parameters = new List<(string, SqlValue)> { ("nid", tenant.Nid) };
        var conditions = "nid = @nid and type = 'password'";
        foreach (var (i, beginning) in beginnings.Index())
        {
            conditions += $" and substr(config, 1, length(@known{i})) <> @known{i}";
            parameters.Add(($"known{i}", beginning));
        }
        return db.ReadOneAsync(new Sql($"select config from credential where {conditions} limit 1", [.. parameters]), r => r.Text(0), ct);
    }

    public static string? HashOf(string config)
    {
        var json = JsonElement.Parse(config);
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("hashed_password"u8, out var hash) && hash.ValueKind == JsonValueKind.String && hash.GetString() is { Length: > 0 } text ? text : null;
    }

    [LoggerMessage(1, LogLevel.Warning, "Accounts have password hashes ({Kind}) that cost {Times:0.0} times the configured hasher: the time of a wrong password tells them from others until their owners sign in. Raise the cost under hashers to hide that.")]
    private partial void Dear(string kind, double times);

    [LoggerMessage(2, LogLevel.Warning, "Which kinds of password hashes accounts have could not be looked up; it is tried again in an hour.")]
    private partial void Failed(Exception e);
}
