using System.Diagnostics;
using Ascent.Config;
using Ascent.Http;
using Ascent.Jose;
using Ascent.Jsonnet;
using Microsoft.Extensions.Logging;

namespace Ascent.Sessions.Tokenizer;

/// <summary>
/// Sessions as signed tokens, by the templates of <c>session.whoami.tokenizer</c>. Keys and mappers are read once a
/// configuration, and again when an hour has passed, so that a key file that was exchanged comes into use. Where reading
/// again finds a fault, the earlier templates stay and the log says why. Never signs with a key that it was not given.
/// </summary>
internal sealed partial class SessionTokenizer(ConfigStore config, ConfigReferences references, Templates templates, TimeProvider time, ILogger<SessionTokenizer> log) : ISessionTokenizer, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile Snapshot? current;

    /// <summary>All that is wrong with the templates of a configuration, for the start of the server.</summary>
    public async Task<IReadOnlyList<ConfigFault>> CheckAsync(AscentConfig candidate, CancellationToken ct) =>
        (await TokenizerTemplates.ReadAsync(candidate, references, templates, ct)).Faults;

    public async Task<TokenizeResult> TokenizeAsync(string template, ReadOnlyMemory<byte> sessionJson, Session session, CancellationToken ct)
    {
        var settings = config.Current;
        if (!settings.Session.Whoami.Tokenizer.Templates.TryGetValue(template, out var configured) || !configured.Enabled)
            return Refused(ApiError.BadRequest($"There is no tokenizer template \"{template}\"."));
        var snapshot = await TemplatesOfAsync(settings, ct);
        if (!snapshot.Templates.Ready.TryGetValue(template, out var ready))
            return Refused(ApiError.Internal($"The tokenizer template \"{template}\" cannot be used as it is configured; the log says why."));
        if (TokenClaims.Of(ready, session, time.GetUtcNow()) is not { } claims)
            return Refused(ApiError.BadRequest("The token's subject would be the identity's external_id, and this identity has none."));
        var payload = claims.ToJson();
        return ready.Mapper is { } mapper
            ? await MapAsync(ready, mapper, claims, payload, sessionJson, settings.Dev, ct)
            : new TokenizeResult.Tokenized(Jws.Sign(ready.Key, payload));
    }

    public void Dispose() => turn.Dispose();

    private async Task<TokenizeResult> MapAsync(ReadyTemplate ready, Template mapper, TokenClaims claims, byte[] payload, ReadOnlyMemory<byte> sessionJson, bool dev, CancellationToken ct)
    {
        var input = new TemplateInput { Variables = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["session"] = sessionJson, ["claims"] = payload } };
        switch (await templates.EvaluateAsync(mapper, input, ct))
        {
            case JsonnetResult.Ok ok:
                return claims.ToJson(ok.Json) is { } mapped
                    ? new TokenizeResult.Tokenized(Jws.Sign(ready.Key, mapped))
                    : MapperRefused(ready, "did not return an object with an object named claims", null);
            case JsonnetResult.Cancelled:
                return MapperRefused(ready, "failed", dev ? "cancel" : null);
            case JsonnetResult.Failed failed:
                return MapperRefused(ready, "failed", dev ? failed.Message : null);
            case JsonnetResult.Overdue overdue:
                MapperLate(ready.Name, overdue.Message);
                return Refused(ApiError.Unavailable(reason: $"The claims mapper of the tokenizer template \"{ready.Name}\" did not answer in time."));
            default:
                throw new UnreachableException();
        }
    }

    private TokenizeResult.Refused MapperRefused(ReadyTemplate ready, string what, string? debug)
    {
        MapperFailed(ready.Name, what);
        return Refused(ApiError.BadRequest($"The claims mapper of the tokenizer template \"{ready.Name}\" {what}.") with { Debug = debug });
    }

    private static TokenizeResult.Refused Refused(ApiError error) => new(error);

    private async ValueTask<Snapshot> TemplatesOfAsync(AscentConfig settings, CancellationToken ct)
    {
        if (current is { } known && IsFresh(known, settings)) return known;
        await turn.WaitAsync(ct);
        try
        {
            var before = current;
            if (before is not null && IsFresh(before, settings)) return before;
            var read = await TokenizerTemplates.ReadAsync(settings, references, templates, ct);
            if (read.Faults.Count > 0)
            {
                Faulty(string.Join("; ", read.Faults));
                if (before is not null) read = before.Templates;
            }
            return current = new Snapshot(settings, read, time.GetTimestamp());
        }
        finally
        {
            turn.Release();
        }
    }

    private bool IsFresh(Snapshot snapshot, AscentConfig settings) => ReferenceEquals(snapshot.Config, settings) && time.GetElapsedTime(snapshot.ReadAt) < Fresh;

    private sealed record Snapshot(AscentConfig Config, TokenizerTemplates Templates, long ReadAt);

    [LoggerMessage(1, LogLevel.Error, "Tokenizer templates have faults; those that were good before stay in use: {Faults}")]
    private partial void Faulty(string faults);

    // What a mapper says can quote the session it was given, and stays out of the log.
    [LoggerMessage(2, LogLevel.Warning, "The claims mapper of the tokenizer template {Template} {What}; with --dev the answer holds its message")]
    private partial void MapperFailed(string template, string what);

    [LoggerMessage(3, LogLevel.Error, "The claims mapper of the tokenizer template {Template} {What}")]
    private partial void MapperLate(string template, string what);
}
