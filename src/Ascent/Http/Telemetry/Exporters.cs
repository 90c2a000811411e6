using Ascent.Config;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ascent.Http.Telemetry;

/// <summary>
/// Sends spans and figures by OTLP, where <c>tracing.providers.otlp</c> or the standard OTEL_EXPORTER_OTLP_* variables name
/// a receiver. The framework's own sources are listened to; nothing is created where nobody receives.
/// </summary>
internal sealed class Exporters : IDisposable
{
    private readonly TracerProvider? tracer;
    private readonly MeterProvider? metrics;

    private Exporters(TracerProvider? tracer, MeterProvider? metrics) => (this.tracer, this.metrics) = (tracer, metrics);

    public static Exporters Start(TracingConfig config)
    {
        // Path and query hold flow ids and codes: the framework must not put them on spans, whatever its default. The dispatcher sets the route.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", true);
        var ours = config.Provider == TracingProvider.Otel && !string.IsNullOrEmpty(config.Providers.Otlp.ServerUrl) ? config.Providers.Otlp : null;
        if (Variable("OTEL_SDK_DISABLED") == "true") return new Exporters(null, null);
        var traces = ours is not null || Named("TRACES");
        var figures = ours is not null || Named("METRICS");
        var resource = ResourceBuilder.CreateDefault().AddService(Variable("OTEL_SERVICE_NAME") ?? config.ServiceName, serviceVersion: HealthEndpoints.Version);
        if (config.DeploymentEnvironment is { Length: > 0 } environment)
            resource.AddAttributes([new("deployment.environment.name", environment), new("deployment.environment", environment)]);
        return new Exporters(traces ? Traces(resource, ours) : null, figures ? Metrics(resource, ours) : null);
    }

    public void Flush()
    {
        tracer?.ForceFlush(3000);
        metrics?.ForceFlush(3000);
    }

    public void Dispose()
    {
        tracer?.Dispose();
        metrics?.Dispose();
    }

    private static TracerProvider Traces(ResourceBuilder resource, OtlpConfig? ours)
    {
        var builder = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "Ascent.*");
        if (ours is null) return builder.AddOtlpExporter().Build();
        builder.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ours.Sampling.SamplingRatio)));
        return builder.AddOtlpExporter(o => Point(o, ours, "/v1/traces")).Build();
    }

    private static MeterProvider Metrics(ResourceBuilder resource, OtlpConfig? ours)
    {
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter("Ascent.*", "Npgsql", "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel");
        return (ours is null ? builder.AddOtlpExporter() : builder.AddOtlpExporter(o => Point(o, ours, "/v1/metrics"))).Build();
    }

    private static void Point(OtlpExporterOptions options, OtlpConfig config, string path)
    {
        var server = config.ServerUrl!;
        if (!server.Contains("://", StringComparison.Ordinal)) server = (config.Insecure ? "http://" : "https://") + server;
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(server.TrimEnd('/') is var root && root.EndsWith(path, StringComparison.Ordinal) ? root : root + path);
        if (config.AuthorizationHeader is { Value.Length: > 0 } authorization)
            options.Headers = "Authorization=" + Uri.EscapeDataString(authorization.Value);
    }

    private static bool Named(string signal) =>
        Variable($"OTEL_{signal}_EXPORTER") != "none" &&
        (Variable("OTEL_EXPORTER_OTLP_ENDPOINT") is not null || Variable($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") is not null);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
