using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Flows.Hooks;

/// <summary>
/// Calls that nobody waits for. There is room for a bounded number; at shutdown nothing more is taken, and what waits is
/// carried out as long as the host allows.
/// </summary>
internal sealed partial class HookQueue(ILogger<HookQueue> log) : BackgroundService
{
    public const int Room = 4096;
    private const int AtOnce = 8;

    private readonly Channel<Func<CancellationToken, Task>> waiting = Channel.CreateBounded<Func<CancellationToken, Task>>(new BoundedChannelOptions(Room) { FullMode = BoundedChannelFullMode.Wait });
    private readonly CancellationTokenSource hurry = new();

    /// <summary>False where there is no room, or the server stops.</summary>
    public bool TryAdd(Func<CancellationToken, Task> call) => waiting.Writer.TryWrite(call);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        waiting.Writer.TryComplete();
        await using var forced = cancellationToken.Register(hurry.Cancel);
        if (ExecuteTask is { } running) await running;
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        hurry.Dispose();
        base.Dispose();
    }

    // The token of a stop is not looked at: a stop completes the queue, and workers end when it is empty.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WorkAsync()));

    private async Task WorkAsync()
    {
        await foreach (var call in waiting.Reader.ReadAllAsync())
        {
            if (hurry.IsCancellationRequested)
            {
                Dropped();
                continue;
            }
            try
            {
                await call(hurry.Token);
            }
            catch (OperationCanceledException)
            {
                Dropped();
            }
            catch (Exception e)
            {
                Broke(e);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A web hook's call was given up: the server had to stop")]
    private partial void Dropped();

    [LoggerMessage(2, LogLevel.Error, "A web hook's call broke")]
    private partial void Broke(Exception error);
}
