using System.Runtime.InteropServices;

namespace Ascent;

/// <summary>
/// What the operating system says to a program that serves. A hang-up (a closed terminal, <c>systemctl reload</c>, logrotate) has the
/// configuration read again and ends nothing; of the others is remembered which one ended the program.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private volatile string? ending;

    public ProcessSignals(Func<Task> onHangUp)
    {
        registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _ = Task.Run(onHangUp);
        }));
        foreach (var which in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
            registrations.Add(PosixSignalRegistration.Create(which, signal => ending ??= signal.Signal.ToString()));
    }

    /// <summary>The signal that ended the program, if one did.</summary>
    public string? Ending => ending;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }
}
