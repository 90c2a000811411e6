namespace Ascent.Config;

internal sealed record TracingConfig
{
    [Key("otel sends to providers.otlp; the others are Kratos's and send nothing here.", Default = "off")]
    public TracingProvider? Provider { get; init; }

    [Key("Our name in traces.")]
    public string ServiceName { get; init; } = "ascent";

    [Key("The environment's name in traces.")]
    public string? DeploymentEnvironment { get; init; }

    [Key("Where to send.")]
    public TracingProviders Providers { get; init; } = new();
}

internal enum TracingProvider { Otel, Jaeger, Zipkin }

internal sealed record TracingProviders
{
    [Key("OTLP over HTTP.")]
    public OtlpConfig Otlp { get; init; } = new();

    [Key("Jaeger's agent.", Ignored = true)]
    public System.Text.Json.JsonElement? Jaeger { get; init; }

    [Key("Zipkin.", Ignored = true)]
    public System.Text.Json.JsonElement? Zipkin { get; init; }
}

internal sealed record OtlpConfig
{
    [Key("host:port or a URL.")]
    public string? ServerUrl { get; init; }

    [Key("Without TLS.")]
    public bool Insecure { get; init; }

    [Key("Sampling.")]
    public SamplingConfig Sampling { get; init; } = new();

    [Key("The Authorization header.")]
    public Secret? AuthorizationHeader { get; init; }
}

internal sealed record SamplingConfig
{
    [Key("The share of requests traced.", Min = 0, Max = 1)]
    public double SamplingRatio { get; init; } = 1;
}
