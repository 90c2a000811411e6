using System.Text.Json;
using Ascent.Config;
using Ascent.Http;

namespace Ascent.Sessions.Tokenizer;

/// <summary>The claims that every token has, and what a mapper may lay over them: everything but <c>sub</c>.</summary>
internal sealed record TokenClaims(ReadyTemplate Template, Session Session, string Subject, DateTimeOffset Now)
{
    private const string Sub = "sub";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Null where the template wants the external id and the identity has none.</summary>
    public static TokenClaims? Of(ReadyTemplate template, Session session, DateTimeOffset now)
    {
        var subject = template.Settings.SubjectSource == SubjectSource.ExternalId ? session.Identity?.ExternalId : session.IdentityId.ToString();
        return string.IsNullOrEmpty(subject) ? null : new TokenClaims(template, session, subject, now);
    }

    public byte[] ToJson() => Write([]);

    /// <summary>Null where the mapper's output is not <c>{"claims": {…}}</c>.</summary>
    public byte[]? ToJson(ReadOnlySpan<byte> mapped)
    {
        try
        {
            var json = JsonElement.Parse(mapped, Strict);
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("claims"u8, out var claims) || claims.ValueKind != JsonValueKind.Object) return null;
            return Write([.. claims.EnumerateObject()]);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private byte[] Write(IReadOnlyList<JsonProperty> mapped) => JsonOut.ToBytes((Claims: this, Mapped: mapped), static (w, s) => s.Claims.Write(w, s.Mapped));

    private void Write(Utf8JsonWriter w, IReadOnlyList<JsonProperty> mapped)
    {
        var over = mapped.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        w.WriteStartObject();
        if (Template.Settings.Claims.Audience is { Count: > 0 } audience && !over.Contains("aud"))
        {
            w.WriteStartArray("aud"u8);
            foreach (var one in audience) w.WriteStringValue(one);
            w.WriteEndArray();
        }
        if (!over.Contains("exp")) w.WriteNumber("exp"u8, (Now + Template.Settings.Lasts).ToUnixTimeSeconds());
        if (!over.Contains("iat")) w.WriteNumber("iat"u8, Now.ToUnixTimeSeconds());
        if (!over.Contains("iss")) w.WriteString("iss"u8, Template.Issuer);
        if (!over.Contains("jti")) w.WriteString("jti"u8, Id);
        if (!over.Contains("nbf")) w.WriteNumber("nbf"u8, Now.ToUnixTimeSeconds());
        if (!over.Contains("sid")) w.WriteString("sid"u8, Session.Id);
        foreach (var member in mapped.Where(m => m.Name != Sub)) member.WriteTo(w);
        w.WriteString("sub"u8, Subject);
        w.WriteEndObject();
    }

    private Guid Id { get; } = Guid.CreateVersion7(Now);
}
