using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Ascent.Config;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Ascent.Tests.Config;

public sealed partial class ConfigReloaderTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("ascent-config-").FullName;
    private readonly Lines lines = new();
    private ConfigStore store = null!;
    private ConfigReloader reloader = null!;
    private string File1 => Path.Combine(folder, "kratos.yml");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_rewritten_file_is_in_force_within_a_second()
    {
        await StartAsync();
        var clock = Stopwatch.StartNew();
        Write("session: { lifespan: 2h }");
        await UntilAsync(() => store.Current.Session.Lifespan == TimeSpan.FromHours(2));
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_file_replaced_by_renaming_is_noticed_again_and_again()
    {
        await StartAsync();
        foreach (var hours in (int[])[2, 3, 4])
        {
            var next = Path.Combine(folder, $"next-{hours}");
            await File.WriteAllTextAsync(next, $"{Yaml.Least}\nsession: {{ lifespan: {hours}h }}");
            File.Move(next, File1, overwrite: true);
            await UntilAsync(() => store.Current.Session.Lifespan == TimeSpan.FromHours(hours));
        }
    }

    [Fact]
    public async Task A_link_moved_as_kubernetes_does_is_noticed()
    {
        var (a, b) = (Directory.CreateDirectory(Path.Combine(folder, "..a")).FullName, Directory.CreateDirectory(Path.Combine(folder, "..b")).FullName);
        await File.WriteAllTextAsync(Path.Combine(a, "kratos.yml"), Yaml.Least);
        await File.WriteAllTextAsync(Path.Combine(b, "kratos.yml"), $"{Yaml.Least}\nsession: {{ lifespan: 5h }}");
        var data = Path.Combine(folder, "..data");
        Directory.CreateSymbolicLink(data, a);
        File.CreateSymbolicLink(File1, Path.Combine("..data", "kratos.yml"));
        await StartAsync(write: false);
        Directory.CreateSymbolicLink(data + "_tmp", b);
        Rename(data + "_tmp", data).ShouldBe(0);
        await UntilAsync(() => store.Current.Session.Lifespan == TimeSpan.FromHours(5));
    }

    [Fact]
    public async Task A_key_that_needs_a_restart_and_is_put_back_needs_none()
    {
        await StartAsync();
        Write("serve: { public: { port: 4999 } }");
        await UntilAsync(() => lines.Any(l => l.Contains("only after a restart", StringComparison.Ordinal)));
        var before = lines.Count(l => l.Contains("only after a restart", StringComparison.Ordinal));
        Write("session: { lifespan: 3h }");
        await UntilAsync(() => store.Current.Session.Lifespan == TimeSpan.FromHours(3));
        await reloader.ReloadNowAsync();
        lines.Count(l => l.Contains("only after a restart", StringComparison.Ordinal)).ShouldBe(before);
    }

    [Fact]
    public async Task A_broken_change_is_logged_with_all_faults_and_not_used()
    {
        await StartAsync();
        var before = store.Current;
        Write("session: { lifespan: forever }\nserve: { public: { port: x } }");
        await UntilAsync(() => lines.Any(l => l.Contains("session.lifespan", StringComparison.Ordinal) && l.Contains("serve.public.port", StringComparison.Ordinal)));
        store.Current.ShouldBeSameAs(before);
        Write("session: { lifespan: 3h }");
        await UntilAsync(() => store.Current.Session.Lifespan == TimeSpan.FromHours(3));
    }

    [Fact]
    public async Task A_file_that_is_gone_is_told_of_once_and_the_former_stays()
    {
        await StartAsync();
        var before = store.Current;
        File.Delete(File1);
        await UntilAsync(() => lines.Any(Gone));
        store.Current.ShouldBeSameAs(before);
        Write("session: { lifespan: 2h }");
        await UntilAsync(() => store.Current.Session.Lifespan == TimeSpan.FromHours(2));
        lines.Count(Gone).ShouldBe(1);

        bool Gone(string line) => line.Contains($"{File1}: cannot be read", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_need_a_restart_are_named_and_no_secret_with_them()
    {
        await StartAsync();
        Write("dsn: postgres://u:sesame@db/x\nserve: { public: { port: 5555 } }");
        await UntilAsync(() => lines.Any(l => l.Contains("dsn, serve.public.port", StringComparison.Ordinal)));
        lines.ShouldNotContain(l => l.Contains("sesame", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Listeners_hear_of_a_change_until_they_leave()
    {
        await StartAsync();
        var heard = new ConcurrentQueue<TimeSpan>();
        var subscription = store.Subscribe(c => heard.Enqueue(c.Session.Lifespan));
        Write("session: { lifespan: 2h }");
        await UntilAsync(() => heard.Contains(TimeSpan.FromHours(2)));
        subscription.Dispose();
        Write("session: { lifespan: 3h }");
        await UntilAsync(() => store.Current.Session.Lifespan == TimeSpan.FromHours(3));
        heard.ShouldBe([TimeSpan.FromHours(2)]);
    }

    [Fact]
    public async Task Reloading_by_hand_tells_what_came_of_it()
    {
        Write("");
        await LoadAsync();
        (await store.ReloadAsync(CancellationToken.None)).ShouldBeOfType<ReloadResult.Unchanged>();
        Write("# only a comment");
        (await store.ReloadAsync(CancellationToken.None)).ShouldBeOfType<ReloadResult.Unchanged>();
        Write("revision: r2\nhashers: { bcrypt: { cost: 8 } }");
        var applied = (await store.ReloadAsync(CancellationToken.None)).ShouldBeOfType<ReloadResult.Applied>();
        applied.Revision.ShouldBe("r2");
        applied.Warnings.ShouldHaveSingleItem().Path.ShouldBe("hashers.bcrypt.cost");
        Write("revision: r3\nsesion: {}");
        (await store.ReloadAsync(CancellationToken.None)).ShouldBeOfType<ReloadResult.Refused>().Faults.ShouldHaveSingleItem().Path.ShouldBe("sesion");
        Write("session: 1");
        (await store.ReloadAsync(CancellationToken.None)).ShouldBeOfType<ReloadResult.Refused>().Faults.ShouldHaveSingleItem();
        using var alone = new ConfigStore(new AscentConfig());
        (await alone.ReloadAsync(CancellationToken.None)).ShouldBeOfType<ReloadResult.Unchanged>();
    }

    private async Task StartAsync(bool write = true)
    {
        if (write) Write("");
        await LoadAsync();
        reloader = new ConfigReloader(store, TimeProvider.System, lines);
        await reloader.StartAsync(CancellationToken.None);
    }

    private Task LoadAsync()
    {
        var loader = new ConfigLoader(new ConfigSource { Files = [File1] });
        store = new ConfigStore(loader.Load().Required, loader);
        return Task.CompletedTask;
    }

    private void Write(string more) => File.WriteAllText(File1, $"{Yaml.Least}\n{more}\n".Replace("dsn: sqlite:///var/lib/ascent/db.sqlite\n", more.Contains("dsn:", StringComparison.Ordinal) ? "" : "dsn: sqlite:///var/lib/ascent/db.sqlite\n", StringComparison.Ordinal)
        .Replace("serve: { admin: { host: 127.0.0.1 } }\n", more.Contains("serve:", StringComparison.Ordinal) ? "" : "serve: { admin: { host: 127.0.0.1 } }\n", StringComparison.Ordinal));

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!holds()) await timer.WaitForNextTickAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (reloader is not null)
        {
            await reloader.StopAsync(CancellationToken.None);
            reloader.Dispose();
        }
        store?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // .NET refuses to move a link over a link to a directory; the system does not.
    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    private sealed class Lines : ConcurrentQueue<string>, ILogger<ConfigReloader>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Enqueue(formatter(state, exception));
    }
}
