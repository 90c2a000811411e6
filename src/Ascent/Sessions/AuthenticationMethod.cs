using System.Text.Json;
using System.Text.Json.Serialization;
using Ascent.Http;

namespace Ascent.Sessions;

/// <summary>One completed proof of a session: what was shown, what it counts for, and when.</summary>
internal sealed record AuthenticationMethod
{
    [JsonPropertyName("method")] public required string Method { get; init; }

    /// <summary><c>aal1</c> or <c>aal2</c>: what this proof contributes; see <see cref="SessionAal.Of"/>.</summary>
    [JsonPropertyName("aal")] public required string Aal { get; init; }

    [JsonPropertyName("completed_at")] public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>The social sign-in provider's id.</summary>
    [JsonPropertyName("provider")] public string? Provider { get; init; }
    [JsonPropertyName("organization")] public string? Organization { get; init; }

    /// <summary>What the provider said of its own sign-in.</summary>
    [JsonPropertyName("upstream_acr")] public string? UpstreamAcr { get; init; }
    [JsonPropertyName("upstream_amr")] public IReadOnlyList<string>? UpstreamAmr { get; init; }

    public static IReadOnlyList<AuthenticationMethod> Parse(ReadOnlyMemory<byte> json) =>
        JsonSerializer.Deserialize(json.Span, SessionsJson.Default.IReadOnlyListAuthenticationMethod) ?? [];

    public static byte[] Write(IReadOnlyList<AuthenticationMethod> methods) => JsonOut.ToBytes(methods, static (w, all) =>
    {
        w.WriteStartArray();
        foreach (var m in all) m.Write(w);
        w.WriteEndArray();
    });

    private void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        w.WriteString("method"u8, Method);
        w.WriteString("aal"u8, Aal);
        w.WriteString("completed_at"u8, CompletedAt.UtcDateTime);
        if (Provider is not null) w.WriteString("provider"u8, Provider);
        if (Organization is not null) w.WriteString("organization"u8, Organization);
        if (UpstreamAcr is not null) w.WriteString("upstream_acr"u8, UpstreamAcr);
        if (UpstreamAmr is { Count: > 0 })
        {
            w.WriteStartArray("upstream_amr"u8);
            foreach (var value in UpstreamAmr) w.WriteStringValue(value);
            w.WriteEndArray();
        }
        w.WriteEndObject();
    }
}

[JsonSerializable(typeof(IReadOnlyList<AuthenticationMethod>))]
[JsonSerializable(typeof(IReadOnlyList<Device>))]
internal sealed partial class SessionsJson : JsonSerializerContext;
