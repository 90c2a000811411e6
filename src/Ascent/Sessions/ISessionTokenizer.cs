using Ascent.Http;

namespace Ascent.Sessions;

/// <summary>How it ended to turn a session into a token.</summary>
internal abstract record TokenizeResult
{
    private TokenizeResult() { }

    public sealed record Tokenized(string Token) : TokenizeResult;

    /// <summary>No such template, or it cannot serve this session.</summary>
    public sealed record Refused(ApiError Error) : TokenizeResult;
}

/// <summary>Sessions as signed tokens, by <c>whoami?tokenize_as=</c>. The module of the signing keys does it.</summary>
internal interface ISessionTokenizer
{
    /// <summary>Signs the session by a template; <paramref name="sessionJson"/> is what whoami shows of it.</summary>
    Task<TokenizeResult> TokenizeAsync(string template, ReadOnlyMemory<byte> sessionJson, Session session, CancellationToken ct);
}
