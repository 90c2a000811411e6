using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ascent.Server.Commands;

/// <summary>
/// Tells a service manager that speaks systemd's protocol (sd_notify(3)) when the server serves and when it stops. It gave us a
/// socket's name where it wants to hear of it.
/// </summary>
internal static class ServiceManager
{
    private const string Variable = "NOTIFY_SOCKET";

    public static void Follow(IServiceProvider services)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 1 } name) return;
        var life = services.GetRequiredService<IHostApplicationLifetime>();
        life.ApplicationStarted.Register(() => Tell(name, "READY=1"));
        life.ApplicationStopping.Register(() => Tell(name, "STOPPING=1"));
    }

    private static void Tell(string name, string state)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // An @ stands for the NUL of a name that is in no file system.
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(name[0] == '@' ? $"\0{name[1..]}" : name));
        }
        catch (SocketException)
        {
            // Nobody listens: the manager's own time limit says the rest.
        }
    }
}
