using System.Text.Json;

namespace Ascent.Jsonnet;

internal sealed record JsonnetLimits
{
    /// <summary>Evaluations at the same time, each in a process of its own.</summary>
    public int Children { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>A run that takes longer than this makes room for others: a further process, at most so many.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(1);
    public int MostSlow { get; init; } = 4;
    public int MostWaiting { get; init; } = 256;

    /// <summary>How long an evaluation may wait for its turn.</summary>
    public TimeSpan TurnPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a process may take to be ready.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What a process may have above what it has when it is ready.</summary>
    public int MemoryMiB { get; init; } = 128;
    public int MaxStack { get; init; } = 500;
    public int MaxSnippetLength { get; init; } = 64 * 1024;
    public int MaxInputBytes { get; init; } = 128 * 1024;
    public int MaxOutputBytes { get; init; } = 1024 * 1024;
}

/// <summary>
/// Evaluates Jsonnet. Templates are the operator's: they are trusted not to attack, not to be free of mistakes; what they are given
/// is a stranger's. They cannot import, recurse without end, or be fed anything but JSON. libjsonnet can be neither interrupted nor
/// held to a size, so it runs in child processes (<see cref="JsonnetPool"/>) that may be ended: by their limit of memory, or by us at
/// the limit of time. Who called is told, and nobody else notices.
/// Every evaluation costs libjsonnet about 20 ms for its standard library: where that is too much, use a JSON template.
/// </summary>
internal sealed class JsonnetEngine : IDisposable
{
    public const string Missing = "needs libjsonnet: apt-get install libjsonnet0";

    private readonly JsonnetLimits limits;
    private readonly JsonnetPool pool;

    public JsonnetEngine(TimeProvider time) : this(time, new JsonnetLimits(), JsonnetLibrary.Installed) { }

    internal JsonnetEngine(TimeProvider time, JsonnetLimits limits, JsonnetLibrary? library)
    {
        this.limits = limits;
        Available = library is not null;
        pool = new JsonnetPool(time, limits);
    }

    public bool Available { get; }

    /// <summary>Ends all processes.</summary>
    public void Dispose() => pool.Dispose();

    /// <summary>Starts in the background what will be needed, if this has been used: the configuration has Jsonnet then.</summary>
    public void WarmUp() => pool.WarmUp();

    public async Task<JsonnetResult> EvaluateAsync(string snippet, TemplateInput input, CancellationToken ct)
    {
        if (!Available) return new JsonnetResult.Failed(Missing);
        return Refuses(snippet, input) ?? await pool.RunAsync(Request(snippet, input), ct);
    }

    /// <summary>Whether this is Jsonnet at all: reads and analyses it, evaluates nothing. The message says what is wrong.</summary>
    public async Task<string?> CheckAsync(string snippet, CancellationToken ct) =>
        // Nobody asks for the local's value, so it is not worked out.
        await EvaluateAsync($"local template = ({snippet}\n); null", new TemplateInput(), ct) switch
        {
            JsonnetResult.Ok => null,
            JsonnetResult.Failed failed => failed.Message,
            JsonnetResult.Overdue overdue => overdue.Message,
            JsonnetResult.Lost lost => lost.Message,
            _ => "cannot be read",
        };

    private JsonnetRequest Request(string snippet, TemplateInput input) => new()
    {
        Snippet = JsonnetLibrary.Terminated(snippet), Variables = Bytes(input.Variables), Arguments = Bytes(input.Arguments), MaxStack = limits.MaxStack, MaxOutputBytes = limits.MaxOutputBytes,
    };

    private JsonnetResult? Refuses(string snippet, TemplateInput input)
    {
        if (snippet.Length > limits.MaxSnippetLength) return new JsonnetResult.Failed($"a template has at most {limits.MaxSnippetLength} characters");
        if (snippet.Contains('\0', StringComparison.Ordinal)) return new JsonnetResult.Failed("a template may not hold the character U+0000");
        if (input.Variables.Concat(input.Arguments).Sum(v => (long)v.Value.Length) > limits.MaxInputBytes) return new JsonnetResult.TooLarge(limits.MaxInputBytes);
        foreach (var (name, value) in input.Variables.Concat(input.Arguments))
            if (!IsJson(value.Span)) return new JsonnetResult.Failed($"{name} is not JSON of at most 64 levels");
        return null;
    }

    /// <summary>Input is passed as code: what is not plain JSON would be evaluated.</summary>
    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = 64 });
        try
        {
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static List<(byte[], byte[])> Bytes(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> values) =>
        [.. values.Select(v => (JsonnetLibrary.Terminated(v.Key), JsonnetLibrary.Terminated(v.Value.Span)))];
}
