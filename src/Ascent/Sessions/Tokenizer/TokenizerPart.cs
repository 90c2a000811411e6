using Ascent.Config;
using Ascent.Jsonnet;

namespace Ascent.Sessions.Tokenizer;

/// <summary>
/// The tokenizer's templates in force: keys and mappers are read before a configuration comes into force, so that a fault is
/// told at the start or at the reload and changes nothing. After an hour they are read again, for a key file that was
/// exchanged; what is then faulty is told to who asked, and what is in force stays.
/// </summary>
internal sealed class TokenizerPart(ConfigReferences references, Templates templates, TimeProvider time) : IConfigPart
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    private volatile Snapshot? current;
    private int reading;

    public async Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct)
    {
        var read = await TokenizerTemplates.ReadAsync(next, references, templates, ct);
        return read.Faults.Count > 0
            ? PreparedPart.Faulty(read.Faults)
            : new PreparedPart([], () => current = new Snapshot(next, read, time.GetTimestamp()));
    }

    /// <summary>Who finds them old reads them again; everybody else goes on with them meanwhile.</summary>
    public async ValueTask<(TokenizerTemplates InForce, IReadOnlyList<ConfigFault> Faults)> CurrentAsync(CancellationToken ct)
    {
        var known = current ?? throw new InvalidOperationException("No configuration is in force yet.");
        if (time.GetElapsedTime(known.ReadAt) < Fresh || Interlocked.Exchange(ref reading, 1) == 1) return (known.Templates, []);
        try
        {
            var read = await TokenizerTemplates.ReadAsync(known.Config, references, templates, ct);
            var next = read.Faults.Count > 0 ? known.Templates : read;
            // A configuration that came into force meanwhile is newer than what was read here.
            var before = Interlocked.CompareExchange(ref current, new Snapshot(known.Config, next, time.GetTimestamp()), known);
            return (before == known ? next : before!.Templates, read.Faults);
        }
        finally
        {
            Volatile.Write(ref reading, 0);
        }
    }

    private sealed class Snapshot(AscentConfig config, TokenizerTemplates templates, long readAt)
    {
        public AscentConfig Config { get; } = config;
        public TokenizerTemplates Templates { get; } = templates;
        public long ReadAt { get; } = readAt;
    }
}
