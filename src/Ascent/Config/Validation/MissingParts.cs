using System.Text.Json;

namespace Ascent.Config.Validation;

/// <summary>Parts of Kratos that are not here: who switches one on is told. A protection that would be missed is a fault.</summary>
internal static class MissingParts
{
    public static void Check(AscentConfig config, Findings findings)
    {
        var methods = config.SelfService.Methods;
        if (IsOn(methods.Captcha))
        {
            const string Path = "selfservice.methods.captcha.enabled", Message = "there are no captchas here, so nothing would keep programs from the forms. Set it to false and put a captcha before them by a web hook, or leave it to security.throttle";
            if (config.Dev) findings.Warn(Path, $"{Message}; this stands in development only");
            else findings.Fault(Path, Message);
        }
        foreach (var (name, given) in ((string, JsonElement?)[])[("saml", methods.Saml), ("b2b", methods.B2b), ("deviceauthn", methods.Deviceauthn)])
            if (IsOn(given)) findings.Warn($"selfservice.methods.{name}.enabled", "belongs to Ory's other builds; there is no such method here, and nobody can sign in by it");
        if (config.Tracing.Provider is TracingProvider.Jaeger or TracingProvider.Zipkin)
            findings.Warn("tracing.provider", $"nothing is sent to {config.Tracing.Provider.ToString()!.ToLowerInvariant()}; only otel sends: give it a collector in providers.otlp.server_url, which may pass traces on");
    }

    private static bool IsOn(JsonElement? method) =>
        method is { ValueKind: JsonValueKind.Object } m && m.TryGetProperty("enabled"u8, out var enabled) && enabled.ValueKind == JsonValueKind.True;
}
