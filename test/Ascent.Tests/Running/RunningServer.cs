using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Running;

/// <summary>The whole server in this process, on ports of its own, with a configuration file and a database of one engine.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly AscentServer server;
    private readonly bool ownsWorkshop;

    private RunningServer(Workshop workshop, AscentServer server, IReadOnlyList<ConfigWarning> warnings, bool ownsWorkshop)
    {
        (Workshop, this.server, Warnings, this.ownsWorkshop) = (workshop, server, warnings, ownsWorkshop);
        Public = Workshop.Client(server.PublicAddress!);
        Admin = Workshop.Client(server.AdminAddress!);
    }

    public Workshop Workshop { get; }
    public IReadOnlyList<ConfigWarning> Warnings { get; }
    public HttpClient Public { get; }
    public HttpClient Admin { get; }
    public IServiceProvider Services => server.Services;

    public static async Task<RunningServer> StartAsync(string engine, Func<string, string>? change = null, TimeProvider? time = null)
    {
        var workshop = await Workshop.CreateAsync(engine);
        return await StartAsync(workshop, change, time, ownsWorkshop: true);
    }

    public static async Task<RunningServer> StartAsync(Workshop workshop, Func<string, string>? change = null, TimeProvider? time = null, bool ownsWorkshop = false)
    {
        var config = workshop.Config();
        await File.WriteAllTextAsync(workshop.ConfigFile, change?.Invoke(config) ?? config);
        var warnings = new List<ConfigWarning>();
        try
        {
            var built = await AscentServer.BuildAsync(new ConfigLoader(new ConfigSource { Files = [workshop.ConfigFile] }), time ?? TimeProvider.System, warnings.Add, CancellationToken.None);
            await built.StartAsync(CancellationToken.None);
            return new RunningServer(workshop, built, warnings, ownsWorkshop);
        }
        catch when (ownsWorkshop)
        {
            await workshop.DisposeAsync();
            throw;
        }
    }

    public static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return client.SendAsync(request);
    }

    public async Task<(HttpStatusCode Status, string Body)> AdminAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(Admin, method, path, body, headers);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Creates an identity and gives its id.</summary>
    public async Task<string> CreateAsync(string body)
    {
        var (status, text) = await AdminAsync("POST", "/admin/identities", body);
        status.ShouldBe(HttpStatusCode.Created, text);
        return JsonElement.Parse(text).GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string id)
    {
        var (status, text) = await AdminAsync("GET", $"/admin/identities/{id}");
        status.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }

    /// <summary>Sends bytes as they are and reads one answer, or until the server closes; empty where it closed without a word.</summary>
    public async Task<string> RawAsync(byte[] request, bool admin = true, bool untilClosed = false)
    {
        using var tcp = await ConnectAsync(admin);
        var stream = tcp.GetStream();
        using var answer = new MemoryStream();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await stream.WriteAsync(request, limit.Token);
            var buffer = new byte[16 * 1024];
            for (int read; (untilClosed || !IsWhole(answer)) && (read = await stream.ReadAsync(buffer, limit.Token)) > 0;) answer.Write(buffer, 0, read);
        }
        catch (IOException)
        {
            // Reset: whatever came before stands.
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    private static bool IsWhole(MemoryStream answer)
    {
        var bytes = answer.GetBuffer().AsSpan(0, (int)answer.Length);
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        foreach (var line in Encoding.Latin1.GetString(bytes[..end]).Split("\r\n"))
            if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
                return bytes.Length >= end + 4 + int.Parse(line.AsSpan(16));
        return false;
    }

    public Task<string> RawAsync(string request, bool admin = true, bool untilClosed = false) => RawAsync(Encoding.Latin1.GetBytes(request), admin, untilClosed);

    public async Task<TcpClient> ConnectAsync(bool admin = true)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, (admin ? server.AdminAddress : server.PublicAddress)!.Port);
        return tcp;
    }

    public async ValueTask DisposeAsync()
    {
        Public.Dispose();
        Admin.Dispose();
        await server.StopAsync(CancellationToken.None);
        await server.DisposeAsync();
        if (ownsWorkshop) await Workshop.DisposeAsync();
    }
}
