using System.Net.Sockets;
using System.Text;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Commands;

public sealed class ServiceManagerTests
{
    [Fact]
    public async Task The_service_manager_hears_when_the_server_serves_and_when_it_stops()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config());
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(workshop.PathOf("notify")));
        await using var program = RunningProgram.Run(["serve", "-c", workshop.ConfigFile], ("NOTIFY_SOCKET", workshop.PathOf("notify")));
        (await HearAsync(socket)).ShouldBe("READY=1");
        program.Terminate();
        (await HearAsync(socket)).ShouldBe("STOPPING=1");
        (await program.EndAsync()).ExitCode.ShouldBe(0);
    }

    private static async Task<string> HearAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[100];
        return Encoding.UTF8.GetString(buffer.AsSpan(0, await socket.ReceiveAsync(buffer, limit.Token)));
    }
}
