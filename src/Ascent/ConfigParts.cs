using System.Security.Cryptography;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Flows.Hooks;
using Ascent.Http;
using Ascent.Http.Serving;
using Ascent.Jsonnet;
using Ascent.Methods.Oidc;
using Ascent.Schemas;
using Ascent.Sessions.Tokenizer;
using Ascent.Storage;

namespace Ascent;

/// <summary>
/// Everything that works something out of the configuration before it comes into force: one list for the start, every reload
/// and <c>config validate</c>.
/// </summary>
internal sealed class ConfigParts : IDisposable
{
    public ConfigParts(TimeProvider time)
    {
        References = new ConfigReferences(Outbound.SendAsync, time);
        Schemas = new SchemaPart(References);
        Engine = new JsonnetEngine(time);
        Templates = new Templates(Engine);
        Tokenizer = new TokenizerPart(References, Templates, time);
        Hooks = new HookTemplates(References, Templates);
        Courier = new CourierPart(References, Templates, Outbound, time);
        Oidc = new OidcPart(References, Templates);
        All = [new DsnPart(), Schemas, Tokenizer, Hooks, Courier, Oidc, new CertificatePart(time)];
    }

    public OutboundClient Outbound { get; } = new();
    public ConfigReferences References { get; }
    public SchemaPart Schemas { get; }
    public JsonnetEngine Engine { get; }
    public Templates Templates { get; }
    public TokenizerPart Tokenizer { get; }
    public HookTemplates Hooks { get; }
    public CourierPart Courier { get; }
    public OidcPart Oidc { get; }
    public IReadOnlyList<IConfigPart> All { get; }

    /// <summary>For who only looks; a server's services end by themselves.</summary>
    public void Dispose()
    {
        Engine.Dispose();
        Outbound.Dispose();
    }

    /// <summary>The DSN can be read; whether the database answers is another matter.</summary>
    private sealed class DsnPart : IConfigPart
    {
        public Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct)
        {
            try
            {
                Dsn.Parse(next.Dsn.Value);
                return Task.FromResult(PreparedPart.Faulty([]));
            }
            catch (StorageUnusableException e)
            {
                const string key = "dsn: ";
                return Task.FromResult(PreparedPart.Faulty([new ConfigFault("dsn", e.Message.StartsWith(key, StringComparison.Ordinal) ? e.Message[key.Length..] : e.Message)]));
            }
        }
    }

    private sealed class CertificatePart(TimeProvider time) : IConfigPart
    {
        public Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct) =>
            Task.FromResult(PreparedPart.Faulty([.. Faults("serve.public.tls", next.Serve.Public.Tls), .. Faults("serve.admin.tls", next.Serve.Admin.Tls)]));

        private IEnumerable<ConfigFault> Faults(string path, TlsConfig? tls)
        {
            if (tls is null) return [];
            try
            {
                using var certificate = new Certificate(tls, time).Current;
                return [];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException or ArgumentException)
            {
                return [new ConfigFault(path, $"the certificate cannot be used: {e.Message}")];
            }
        }
    }
}
