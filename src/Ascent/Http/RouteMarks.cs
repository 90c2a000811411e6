namespace Ascent.Http;

/// <summary>Metadata of a route whose answers do not depend on cookies, so that they carry no <c>Vary: Cookie</c>.</summary>
internal sealed class SameForEverybody
{
    public static SameForEverybody Instance { get; } = new();
}

/// <summary>Metadata of a route that the request log may leave out.</summary>
internal sealed class HealthCheck
{
    public static HealthCheck Instance { get; } = new();
}

/// <summary>Metadata of an admin route that answers without the admin gate: health and nothing else.</summary>
internal sealed class OpenToAll
{
    public static OpenToAll Instance { get; } = new();
}

/// <summary>Metadata of a route whose answers set their own Cache-Control.</summary>
internal sealed class OwnCaching
{
    public static OwnCaching Instance { get; } = new();
}
