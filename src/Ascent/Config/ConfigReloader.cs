using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Config;

/// <summary>
/// Notices that a configuration file changed and has the store read it again. Content decides, looked at twice a second and
/// at once when the file system speaks: that holds for files replaced by renaming, for links that are moved as Kubernetes
/// does, and for file systems that tell nothing. A file is read only after two looks agree, so that half a file is not; that it
/// stays away is a change too, and told as a fault.
/// </summary>
internal sealed partial class ConfigReloader(ConfigStore store, TimeProvider time, ILogger<ConfigReloader> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(40);

    private readonly SemaphoreSlim woken = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store.Files.Count == 0) return;
        var watchers = Watch();
        try
        {
            var seen = Digest();
            // A change between loading and here would otherwise go unseen.
            await ReloadAsync(stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                await WaitAsync(stoppingToken);
                var now = Digest();
                if (now.AsSpan().SequenceEqual(seen)) continue;
                await Task.Delay(Settle, time, stoppingToken);
                if (!Digest().AsSpan().SequenceEqual(now))
                {
                    WakeUp();
                    continue;
                }
                seen = now;
                await ReloadAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server ends.
        }
        finally
        {
            foreach (var watcher in watchers) watcher.Dispose();
        }
    }

    /// <summary>What an operator asks for: everything is read again at once, also documents that the files refer to.</summary>
    public Task ReloadNowAsync()
    {
        Asked();
        return ReloadAsync(CancellationToken.None, always: true);
    }

    private async Task ReloadAsync(CancellationToken ct, bool always = false)
    {
        try
        {
            Tell(await store.ReloadAsync(always, ct));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A subscriber's bug must not end the watching, nor with it the server.
            Failed(e);
        }
    }

    private void Tell(ReloadResult result)
    {
        switch (result)
        {
            case ReloadResult.Applied applied:
                foreach (var warning in applied.Warnings) Warned(warning.ToString());
                if (applied.NeedRestart.Count > 0) NeedsRestart(string.Join(", ", applied.NeedRestart));
                Applied(applied.Revision);
                break;
            case ReloadResult.Refused refused:
                Refused(refused.Faults.Count, string.Join("; ", refused.Faults));
                break;
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var timer = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, Look, Timeout.InfiniteTimeSpan);
        try
        {
            await woken.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Time to look anyway.
        }
    }

    /// <summary>A digest of all files' contents; null while one cannot be read.</summary>
    private byte[]? Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (var file in store.Files)
            {
                var content = File.ReadAllBytes(file);
                hash.AppendData(BitConverter.GetBytes(content.Length));
                hash.AppendData(content);
            }
            return hash.GetHashAndReset();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private List<FileSystemWatcher> Watch()
    {
        var watchers = new List<FileSystemWatcher>();
        foreach (var files in store.Files.Select(Path.GetFullPath).ToLookup(f => Path.GetDirectoryName(f)!, StringComparer.Ordinal))
        {
            var directory = files.Key;
            var names = files.Select(f => Path.GetFileName(f)!).ToHashSet(StringComparer.Ordinal);
            try
            {
                var watcher = new FileSystemWatcher(directory);
                watcher.Changed += (_, e) => Wake(e.Name, names);
                watcher.Created += (_, e) => Wake(e.Name, names);
                watcher.Renamed += (_, e) => Wake(e.Name, names);
                watcher.EnableRaisingEvents = true;
                watchers.Add(watcher);
            }
            catch (Exception e) when (e is IOException or ArgumentException)
            {
                OnlyPolling(directory, e.Message);
            }
        }
        return watchers;
    }

    // A database may live in the same directory; ..data is the link that Kubernetes moves.
    private void Wake(string? name, HashSet<string> files)
    {
        if (name is not null && (files.Contains(name) || name.StartsWith("..", StringComparison.Ordinal))) WakeUp();
    }

    private void WakeUp()
    {
        try
        {
            woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // Woken already.
        }
        catch (ObjectDisposedException)
        {
            // A last event after the end.
        }
    }

    public override void Dispose()
    {
        woken.Dispose();
        base.Dispose();
    }

    [LoggerMessage(7, LogLevel.Information, "SIGHUP: the configuration and the documents that it refers to are read again")]
    private partial void Asked();

    [LoggerMessage(1, LogLevel.Information, "Configuration read again, now at revision {Revision}")]
    private partial void Applied(string revision);

    [LoggerMessage(2, LogLevel.Error, "The changed configuration has {Count} faults and is not used: {Faults}")]
    private partial void Refused(int count, string faults);

    [LoggerMessage(3, LogLevel.Warning, "Configuration: {Warning}")]
    private partial void Warned(string warning);

    [LoggerMessage(4, LogLevel.Warning, "These keys changed but take effect only after a restart: {Keys}")]
    private partial void NeedsRestart(string keys);

    [LoggerMessage(6, LogLevel.Error, "The changed configuration is in force, but a part of the server did not take it")]
    private partial void Failed(Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The directory {Directory} cannot be watched ({Reason}); its files are looked at twice a second")]
    private partial void OnlyPolling(string directory, string reason);
}
