using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ascent.Config;
using Ascent.Http;
using Ascent.Http.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class ListenerTests
{
    private static (string Cert, string Key) Pem(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    [Fact]
    public async Task A_certificate_makes_a_listener_speak_tls_and_http2()
    {
        var (cert, key) = Pem("id.example.org");
        var base64 = (string pem) => new PemConfig { Base64 = new Secret(Convert.ToBase64String(Encoding.ASCII.GetBytes(pem))) };
        await using var server = await TestServer.StartAsync(TestServer.Settings(p => p with { Tls = new TlsConfig { Cert = base64(cert), Key = base64(key) } }));
        server.Web.PublicAddress!.Scheme.ShouldBe("https");
        string? subject = null;
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, c, _, _) => (subject = c!.Subject) is not null } };
        using var client = new HttpClient(handler) { BaseAddress = server.Web.PublicAddress, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        (await client.GetStringAsync("/schemas")).ShouldBe("schemas");
        subject.ShouldBe("CN=id.example.org");
    }

    [Fact]
    public void A_renewed_certificate_file_is_taken_up_and_a_broken_one_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("ascent-tls-");
        string certPath = Path.Combine(folder.FullName, "c.pem"), keyPath = Path.Combine(folder.FullName, "k.pem");
        var written = 0;
        void Write(string cert, string key)
        {
            File.WriteAllText(keyPath, key);
            File.WriteAllText(certPath, cert);
            File.SetLastWriteTimeUtc(certPath, DateTime.UnixEpoch.AddDays(++written));
        }
        var (firstCert, firstKey) = Pem("first");
        Write(firstCert, firstKey);
        var time = new ManualTime();
        var certificate = new Certificate(new TlsConfig { Cert = new PemConfig { Path = certPath }, Key = new PemConfig { Path = keyPath } }, time);
        certificate.Current.Subject.ShouldBe("CN=first");
        Write("broken", "broken");
        time.Advance(TimeSpan.FromMinutes(1));
        certificate.Current.Subject.ShouldBe("CN=first");
        var (secondCert, secondKey) = Pem("second");
        Write(secondCert, secondKey);
        certificate.Current.Subject.ShouldBe("CN=first");
        time.Advance(TimeSpan.FromMinutes(1));
        certificate.Current.Subject.ShouldBe("CN=second");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task New_connections_get_a_renewed_certificate_and_never_a_broken_one()
    {
        var folder = Directory.CreateTempSubdirectory("ascent-tls-");
        string certPath = Path.Combine(folder.FullName, "c.pem"), keyPath = Path.Combine(folder.FullName, "k.pem");
        void Write((string Cert, string Key) pem)
        {
            File.WriteAllText(certPath, pem.Cert);
            File.WriteAllText(keyPath, pem.Key);
        }
        Write(Pem("first"));
        await using var server = await TestServer.StartAsync(TestServer.Settings(p => p with { Tls = new TlsConfig { Cert = new PemConfig { Path = certPath }, Key = new PemConfig { Path = keyPath } } }));
        (await SubjectAsync(server)).ShouldBe("CN=first");
        Write((Pem("other").Cert, Pem("another").Key));
        await Poll.UntilAsync("the broken one is told", TimeSpan.FromSeconds(20), async () =>
            await SubjectAsync(server) == "CN=first" && server.Log.Entries.Any(e => e.Level == Microsoft.Extensions.Logging.LogLevel.Error && e.Message.Contains(certPath, StringComparison.Ordinal)));
        Write(Pem("second"));
        await Poll.UntilAsync("the renewed one is given out", TimeSpan.FromSeconds(20), async () => await SubjectAsync(server) == "CN=second");
        server.Log.Entries.Count(e => e.Message.Contains("stays in use", StringComparison.Ordinal)).ShouldBe(1);
        server.Log.Entries.ShouldContain(e => e.Message.Contains("was renewed", StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }

    private static async Task<string> SubjectAsync(TestServer server)
    {
        var subject = "";
        using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, c, _, _) => (subject = c!.Subject).Length > 0 } };
        using var client = new HttpClient(handler) { BaseAddress = server.Web.PublicAddress };
        (await client.GetStringAsync("/schemas")).ShouldBe("schemas");
        return subject;
    }

    [Fact]
    public async Task A_unix_socket_has_its_mode_and_is_replaced_when_a_dead_server_left_it()
    {
        var folder = Directory.CreateTempSubdirectory("ascent-sock-");
        var path = Path.Combine(folder.FullName, "public.sock");
        await File.WriteAllTextAsync(path, "left behind");
        var settings = TestServer.Settings(p => p with { Host = "unix:" + path, Socket = new SocketConfig { Mode = 0x1B0, Owner = Environment.UserName } });
        await using var web = WebServer.Build(new WebServerOptions
        {
            Config = new ConfigStore(settings),
            MapPublic = r => r.MapGet("/who", (HttpContext http) => ClientAddress.Of(http).ToString()),
        });
        await web.StartAsync(CancellationToken.None);
        web.PublicAddress.ShouldBeNull();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://x/who");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var answer = await client.SendAsync(request);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("203.0.113.7");
        await web.StopAsync(CancellationToken.None);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Metrics_may_have_a_port_of_their_own_and_nothing_else_is_there()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        await using var server = await TestServer.StartAsync(TestServer.Settings() with { ExposeMetricsPort = port });
        using var client = new HttpClient { BaseAddress = server.Web.MetricsAddress };
        (await client.GetStringAsync("/metrics/prometheus")).ShouldContain("process_cpu_seconds_total");
        (await client.GetAsync("/admin/identities")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync("/schemas")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Pages_are_asked_after_every_route_of_ours()
    {
        await using var server = await TestServer.StartAsync(change: o => o with { MapPages = r => r.MapGet("/ui/{*rest}", (string rest) => "page " + rest) });
        (await server.Public.GetStringAsync("/ui/login/x")).ShouldBe("page login/x");
        (await server.Public.GetStringAsync("/schemas")).ShouldBe("schemas");
        (await server.SendAsync("GET", "/nowhere")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.SendAsync("GET", "/ui/login", admin: true)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public void A_route_mapped_twice_or_with_a_pattern_we_do_not_know_stops_the_start()
    {
        WebServerOptions Options(Action<Microsoft.AspNetCore.Routing.IEndpointRouteBuilder> map) => new() { Config = new ConfigStore(TestServer.Settings()), MapPublic = map };
        Should.Throw<InvalidOperationException>(() => WebServer.Build(Options(r =>
        {
            foreach (var name in (string[])["id", "name"]) r.MapGet($"/x/{{{name}}}", () => "");
        }))).Message.ShouldContain("mapped twice");
        Should.Throw<NotSupportedException>(() => WebServer.Build(Options(r => r.MapGet("/x/{id:guid}", () => ""))));
    }
}
