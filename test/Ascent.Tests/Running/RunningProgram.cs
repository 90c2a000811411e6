using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Shouldly;

namespace Ascent.Tests.Running;

/// <summary>What a program that ended said.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;
}

/// <summary>The real program as a process of its own.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(2), End = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly Task<string> output;
    private readonly StringBuilder errors = new();
    private readonly TaskCompletionSource errorsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null) errorsEnded.TrySetResult();
            else lock (errors) errors.AppendLine(e.Data);
        };
        process.BeginErrorReadLine();
    }

    public string Errors { get { lock (errors) return errors.ToString(); } }
    public bool HasExited => process.HasExited;
    public int Id => process.Id;

    public static RunningProgram Run(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Ascent.Server.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment.Remove("DSN");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var started = Process.Start(start)!;
        started.StandardInput.Close();
        return new RunningProgram(started);
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<ProgramResult> RunToEndAsync(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        await using var program = Run(arguments, environment);
        return await program.EndAsync();
    }

    /// <summary>Starts the server and waits until it serves.</summary>
    public static async Task<(RunningProgram Program, HttpClient Public, HttpClient Admin)> ServeAsync(Workshop workshop, Func<string, string>? change = null, params string[] options)
    {
        var (publicPort, adminPort) = (Workshop.FreePort(), Workshop.FreePort());
        var config = workshop.Config(publicPort, adminPort);
        await File.WriteAllTextAsync(workshop.ConfigFile, change?.Invoke(config) ?? config);
        var program = Run(["serve", "-c", workshop.ConfigFile, .. options]);
        var (open, admin) = (Workshop.Client(new Uri($"http://127.0.0.1:{publicPort}/")), Workshop.Client(new Uri($"http://127.0.0.1:{adminPort}/")));
        await Poll.UntilAsync("the server is ready", Start, async () =>
        {
            if (program.HasExited) throw new InvalidOperationException($"The server ended: {(await program.EndAsync()).All}");
            try
            {
                using var response = await admin.GetAsync("/health/ready");
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return (program, open, admin);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<ProgramResult> EndAsync()
    {
        using var limit = new CancellationTokenSource(End);
        await process.WaitForExitAsync(limit.Token);
        await errorsEnded.Task.WaitAsync(limit.Token);
        return new ProgramResult(process.ExitCode, await output, Errors);
    }

    /// <summary>What an operator's stop does.</summary>
    public void Terminate() => SendSignal(process.Id, 15).ShouldBe(0);

    /// <summary>It stands still until <see cref="Resume"/>, and knows nothing of it.</summary>
    public void Pause() => SendSignal(process.Id, 19).ShouldBe(0);

    public void Resume() => SendSignal(process.Id, 18).ShouldBe(0);
    /// <summary>What a closed terminal or a service manager's reload does.</summary>
    public void SignalHangUp() => SendSignal(process.Id, 1).ShouldBe(0);

    /// <summary>What a power cut does, as far as the process sees it.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
