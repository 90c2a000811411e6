using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Ascent.Tests.Running;

/// <summary>A way to a server that can be shut, as if the server had been killed, and opened again.</summary>
internal sealed class Gate(IPEndPoint behind) : IDisposable
{
    private readonly ConcurrentBag<TcpClient> open = [];
    private TcpListener? listener;

    public int Port { get; private set; }

    public void Open()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = ServeAsync(listener);
    }

    public void Shut()
    {
        listener?.Stop();
        while (open.TryTake(out var one)) one.Dispose();
    }

    public void Dispose() => Shut();

    private async Task ServeAsync(TcpListener on)
    {
        try
        {
            while (true)
            {
                var client = await on.AcceptTcpClientAsync();
                var server = new TcpClient();
                open.Add(client);
                open.Add(server);
                await server.ConnectAsync(behind);
                _ = PumpAsync(client, server);
                _ = PumpAsync(server, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Shut.
        }
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut.
        }
        to.Dispose();
    }
}
