using System.Diagnostics;
using Ascent.Config;
using Ascent.Http;
using Ascent.Jose;
using Ascent.Jsonnet;
using Microsoft.Extensions.Logging;

namespace Ascent.Sessions.Tokenizer;

/// <summary>
/// Sessions as signed tokens, by the templates of <c>session.whoami.tokenizer</c>. Signs with the template's key, or with ours where it
/// has none, and lets no mapper choose whom a token is about.
/// </summary>
internal sealed partial class SessionTokenizer(TokenizerPart part, OwnKeys own, ConfigStore config, Templates templates, TimeProvider time, ILogger<SessionTokenizer> log) : ISessionTokenizer
{
    public async Task<TokenizeResult> TokenizeAsync(string template, ReadOnlyMemory<byte> sessionJson, Session session, CancellationToken ct)
    {
        var (inForce, faults) = await part.CurrentAsync(ct);
        if (faults.Count > 0) Faulty(string.Join("; ", faults));
        if (!inForce.Ready.TryGetValue(template, out var ready))
            return Refused(ApiError.BadRequest($"There is no tokenizer template \"{template}\"."));
        if (TokenClaims.Of(ready, session, time.GetUtcNow()) is not { } claims)
            return Refused(ApiError.BadRequest("The token's subject would be the identity's external_id, and this identity has none."));
        var payload = claims.ToJson();
        return ready.Mapper is { } mapper
            ? await MapAsync(ready, mapper, claims, payload, sessionJson, config.Current.Dev, ct)
            : await SignAsync(ready, payload, ct);
    }

    private async Task<TokenizeResult> SignAsync(ReadyTemplate ready, byte[] payload, CancellationToken ct) =>
        new TokenizeResult.Tokenized(Jws.Sign(ready.Key ?? await own.CurrentAsync(ct), payload));

    private async Task<TokenizeResult> MapAsync(ReadyTemplate ready, Template mapper, TokenClaims claims, byte[] payload, ReadOnlyMemory<byte> sessionJson, bool dev, CancellationToken ct)
    {
        var input = new TemplateInput { Variables = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["session"] = sessionJson, ["claims"] = payload } };
        switch (await templates.EvaluateAsync(mapper, input, ct))
        {
            case JsonnetResult.Ok ok:
                return claims.ToJson(ok.Json) is { } mapped
                    ? await SignAsync(ready, mapped, ct)
                    : MapperRefused(ready, "did not return an object with an object named claims", null);
            case JsonnetResult.Cancelled:
                return MapperRefused(ready, "failed", dev ? "cancel" : null);
            case JsonnetResult.Failed failed:
                return MapperRefused(ready, "failed", dev ? failed.Message : null);
            case JsonnetResult.Overdue overdue:
                MapperLate(ready.Name, overdue.Message);
                return Refused(ApiError.Unavailable(reason: $"The claims mapper of the tokenizer template \"{ready.Name}\" did not answer in time."));
            case JsonnetResult.Lost lost:
                MapperLate(ready.Name, lost.Message);
                return Refused(ApiError.Unavailable(reason: $"The claims mapper of the tokenizer template \"{ready.Name}\" ended without an answer."));
            case JsonnetResult.TooLarge large:
                MapperLate(ready.Name, large.Message);
                return Refused(ApiError.BadRequest($"The claims mapper of the tokenizer template \"{ready.Name}\" can be given at most {large.Most} bytes, and this session has more."));
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

    // What a mapper says can quote the session it was given, and stays out of the log.
    [LoggerMessage(1, LogLevel.Warning, "The claims mapper of the tokenizer template {Template} {What}; with --dev the answer holds its message")]
    private partial void MapperFailed(string template, string what);

    [LoggerMessage(2, LogLevel.Error, "The claims mapper of the tokenizer template {Template} could not be evaluated: {What}")]
    private partial void MapperLate(string template, string what);

    [LoggerMessage(3, LogLevel.Error, "The tokenizer's templates were read again and have faults; those in force stay: {Faults}")]
    private partial void Faulty(string faults);
}
