using System.Net;
using Ascent.Config;

namespace Ascent.Http;

/// <summary>What the kernel needs of one configuration, worked out once: a request takes the snapshot and keeps it.</summary>
internal sealed class HttpSnapshot
{
    public HttpSnapshot(AscentConfig config)
    {
        Config = config;
        Dev = config.Dev;
        Proxies = config.Dev ? TrustedProxies.All : TrustedProxies.Of(config.Serve.Public.TrustedProxies.Select(Network));
        PublicCors = Cors.Of(config.Serve.Public.Cors);
        AdminCors = Cors.Of(config.Serve.Admin.Cors);
        PublicBase = config.Serve.Public.BaseUrl.TrimEnd('/');
        AdminBase = config.Serve.Admin.BaseUrl.TrimEnd('/');
        Headers = new SafetyHeaders(config);
        HidesAdmin = config.Security.StricterThanKratos;
        SkipPublicHealthLog = config.Serve.Public.RequestLog.DisableForHealth;
        SkipAdminHealthLog = config.Serve.Admin.RequestLog.DisableForHealth;
    }

    public AscentConfig Config { get; }
    public bool Dev { get; }
    public TrustedProxies Proxies { get; }
    public Cors? PublicCors { get; }
    public Cors? AdminCors { get; }
    public string PublicBase { get; }
    public string AdminBase { get; }
    public SafetyHeaders Headers { get; }

    /// <summary>The public port answers for admin routes as for any other path that is not there.</summary>
    public bool HidesAdmin { get; }
    public bool SkipPublicHealthLog { get; }
    public bool SkipAdminHealthLog { get; }

    public Cors? CorsOf(Face face) => face switch { Face.Public => PublicCors, Face.Admin => AdminCors, _ => null };

    public bool LogsHealth(Face face) => face == Face.Public ? !SkipPublicHealthLog : !SkipAdminHealthLog;

    /// <summary>One address stands for the range of itself.</summary>
    private static IPNetwork Network(string range)
    {
        if (IPNetwork.TryParse(range, out var network)) return network;
        var address = IPAddress.Parse(range);
        return new IPNetwork(address, address.GetAddressBytes().Length * 8);
    }
}
