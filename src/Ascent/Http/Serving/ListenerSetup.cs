using System.Net;
using System.Net.Security;
using Ascent.Config;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ascent.Http.Serving;

/// <summary>Opens one listener, and stamps every connection that it accepts with it.</summary>
internal sealed class ListenerSetup(Face face, string host, int port, ListenerConfig? config, TimeProvider time)
{
    private readonly List<ListenOptions> opened = [];

    public Listener Listener { get; } = new(face, new BodyBudget(time));

    /// <summary>Where it listens, once it does; null for a Unix socket.</summary>
    public Uri? Address => opened.FirstOrDefault()?.IPEndPoint is { } end
        ? new Uri($"{(config?.Tls is null ? "http" : "https")}://{(end.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : end.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : end.Address) switch { var a => new IPEndPoint(a, end.Port) }}/")
        : null;

    public void Open(KestrelServerOptions kestrel)
    {
        var certificate = config?.Tls is { } tls ? new Certificate(tls, time) : null;
        _ = certificate?.Current; // a missing file is told at the start, not at the first call
        if (Socket is { } path)
        {
            SocketFile.Prepare(path);
            kestrel.ListenUnixSocket(path, o => Configure(o, certificate));
            return;
        }
        foreach (var address in Addresses()) kestrel.Listen(address, port, o => Configure(o, certificate));
    }

    public void AfterStart()
    {
        if (Socket is { } path) SocketFile.Apply(path, config?.Socket ?? new SocketConfig());
    }

    private string? Socket => host.StartsWith(SocketFile.Prefix, StringComparison.Ordinal) ? host[SocketFile.Prefix.Length..] : null;

    private IEnumerable<IPAddress> Addresses()
    {
        if (host.Length == 0 || host == "*") return [IPAddress.IPv6Any];
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return [address];
        var all = Dns.GetHostAddresses(host);
        // An unnamed port can be had on one address only.
        return port == 0 ? [all.FirstOrDefault(a => a.GetAddressBytes().Length == 4) ?? all[0]] : all.Distinct();
    }

    private void Configure(ListenOptions options, Certificate? certificate)
    {
        opened.Add(options);
        options.Use(next => connection =>
        {
            connection.Features.Set(Listener);
            return next(connection);
        });
        if (certificate is null)
        {
            options.Protocols = HttpProtocols.Http1;
            return;
        }
        options.Protocols = HttpProtocols.Http1AndHttp2;
        certificate.Log = options.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Ascent.Http.Certificate");
        // Asked anew for every connection; the protocols are filled in by the framework.
        options.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Context }),
        });
    }
}
