using System.Text.Json;
using System.Text.Json.Serialization;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Sessions;

/// <summary>From where a session was made.</summary>
internal sealed record Device
{
    [JsonPropertyName("id")] public required Guid Id { get; init; }
    [JsonPropertyName("ip_address")] public string? IpAddress { get; init; }
    [JsonPropertyName("user_agent")] public string? UserAgent { get; init; }
    [JsonPropertyName("location")] public string? Location { get; init; }

    public static IReadOnlyList<Device> Parse(ReadOnlyMemory<byte> json) => JsonSerializer.Deserialize(json.Span, SessionsJson.Default.IReadOnlyListDevice) ?? [];

    public static byte[] Write(IReadOnlyList<Device> devices) => JsonOut.ToBytes(devices, static (w, all) =>
    {
        w.WriteStartArray();
        foreach (var d in all)
        {
            w.WriteStartObject();
            w.WriteString("id"u8, d.Id);
            w.WriteString("ip_address"u8, d.IpAddress);
            w.WriteString("user_agent"u8, d.UserAgent);
            w.WriteString("location"u8, d.Location);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    });
}

/// <summary>What a request tells about where it comes from.</summary>
internal sealed record DeviceInfo(string? IpAddress, string? UserAgent, string? Location)
{
    public static DeviceInfo Of(HttpContext http) => new(
        ClientAddress.Of(http).ToString(),
        Http.UserAgent.Of(http),
        Http.UserAgent.Cut(GeoLocation.Of(http)));

    public Device ToDevice(Guid id) => new() { Id = id, IpAddress = IpAddress, UserAgent = UserAgent, Location = Location };
}
