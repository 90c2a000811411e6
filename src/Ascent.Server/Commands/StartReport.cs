using System.Data.Common;
using System.Net.Sockets;
using Ascent.Config;
using Ascent.Http.Telemetry;
using Ascent.Storage;

namespace Ascent.Server.Commands;

/// <summary>Why a program that should serve does not, in the chosen form of the log.</summary>
internal static class StartReport
{
    /// <summary>Runs it, and says what kept it from starting; answers the exit code.</summary>
    public static async Task<int> GuardAsync(ConfigLoader loader, Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (ConfigFaultsException e)
        {
            StartLog.Fatal(loader.Log, Console.Error, "The configuration cannot be used:", [.. e.Faults.Select(f => f.ToString())]);
        }
        catch (StorageUnusableException e)
        {
            StartLog.Fatal(loader.Log, Console.Error, e.Message);
        }
        catch (DbException e)
        {
            StartLog.Fatal(loader.Log, Console.Error, StorageFault.Of(e) is { } fault ? $"dsn: {fault.Sentence}" : $"The database refuses: {e.Message.ReplaceLineEndings(" ")}");
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            StartLog.Fatal(loader.Log, Console.Error, $"The server cannot listen: {e.Message.TrimEnd('.')}. Another program has the port or the socket, or the address is none of this machine's; see serve.public and serve.admin.");
        }
        return 1;
    }
}
