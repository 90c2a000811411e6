using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ascent.Jsonnet;

internal sealed record JsonnetLimits
{
    /// <summary>Evaluations at the same time.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 4);

    /// <summary>How many evaluators that do not end are replaced.</summary>
    public int MostReplaced { get; init; } = 8;
    public int MostWaiting { get; init; } = 256;

    /// <summary>How long an evaluation may wait for its turn, and then how long it may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);
    public int MaxStack { get; init; } = 500;
    public int MaxSnippetBytes { get; init; } = 256 * 1024;
    public int MaxInputBytes { get; init; } = 4 * 1024 * 1024;
    public int MaxOutputBytes { get; init; } = 1024 * 1024;
}

/// <summary>
/// Evaluates Jsonnet. Templates are the operator's: they are trusted not to attack, not to be free of mistakes. They cannot
/// import, recurse without end, be fed anything but JSON, or make callers wait: evaluations run on a few threads of their own.
/// libjsonnet cannot be interrupted, so one that does not end in time keeps its thread; its caller is told, the thread is
/// replaced, and the same template is refused until that run has ended. One bad template thus costs at most as much
/// processor time as there are evaluators, and never the others' answers. Memory is bounded by stack, input and time alone.
/// Every evaluation costs libjsonnet about 20 ms for its standard library: where that is too much, use a JSON template.
/// </summary>
internal sealed partial class JsonnetEngine : IDisposable
{
    public const string Missing = "needs libjsonnet: apt-get install libjsonnet0";

    private const int MostMessage = 500;

    private readonly JsonnetLimits limits;
    private readonly JsonnetLibrary? library;
    private readonly JsonnetWorkers workers;

    public JsonnetEngine(TimeProvider time) : this(time, new JsonnetLimits(), JsonnetLibrary.Installed) { }

    internal JsonnetEngine(TimeProvider time, JsonnetLimits limits, JsonnetLibrary? library)
    {
        this.limits = limits;
        this.library = library;
        workers = new JsonnetWorkers(time, limits);
    }

    public bool Available => library is not null;

    public void Dispose() => workers.Dispose();

    public async Task<JsonnetResult> EvaluateAsync(string snippet, TemplateInput input, CancellationToken ct)
    {
        if (library is null) return new JsonnetResult.Failed(Missing);
        if (Refuses(snippet, input) is { } refusal) return new JsonnetResult.Failed(refusal);
        return await workers.RunAsync(snippet, () => Run(library, snippet, input), ct);
    }

    /// <summary>Whether this is Jsonnet at all: reads and analyses it, evaluates nothing. The message says what is wrong.</summary>
    public async Task<string?> CheckAsync(string snippet, CancellationToken ct) =>
        // Nobody asks for the local's value, so it is not worked out.
        await EvaluateAsync($"local template = ({snippet}\n); null", new TemplateInput(), ct) switch
        {
            JsonnetResult.Ok => null,
            JsonnetResult.Failed failed => failed.Message,
            JsonnetResult.Overdue overdue => overdue.Message,
            _ => "cannot be read",
        };

    private JsonnetResult Run(JsonnetLibrary jsonnet, string snippet, TemplateInput input)
    {
        var output = jsonnet.Evaluate(JsonnetLibrary.Terminated(snippet), Bytes(input.Variables), Bytes(input.Arguments), limits.MaxStack, out var failed);
        if (failed) return Failure(Encoding.UTF8.GetString(output));
        return output.Length > limits.MaxOutputBytes ? new JsonnetResult.Failed($"the output is larger than {limits.MaxOutputBytes} bytes") : new JsonnetResult.Ok(output);
    }

    private static JsonnetResult Failure(string error)
    {
        // "RUNTIME ERROR: text" or "STATIC ERROR: template:2:7: text", then a line for each place, indented by a tab.
        if (StaticError().Match(error) is { Success: true } match)
            return new JsonnetResult.Failed($"line {match.Groups["line"].Value}: {Cut(match.Groups["text"].Value)}");
        var at = error.IndexOf("\n\t", StringComparison.Ordinal);
        var text = (at < 0 ? error : error[..at]).Trim();
        const string runtime = "RUNTIME ERROR: ";
        if (text.StartsWith(runtime, StringComparison.Ordinal)) text = text[runtime.Length..];
        if (text == "cancel") return new JsonnetResult.Cancelled();
        return new JsonnetResult.Failed(Place().Match(error, Math.Max(at, 0)) is { Success: true } place && at >= 0 ? $"line {place.Groups["line"].Value}: {Cut(text)}" : Cut(text));
    }

    private static string Cut(string text) => text.Length <= MostMessage ? text : text[..MostMessage] + "…";

    private string? Refuses(string snippet, TemplateInput input)
    {
        if (snippet.Length > limits.MaxSnippetBytes) return $"a template has at most {limits.MaxSnippetBytes} characters";
        if (snippet.Contains('\0', StringComparison.Ordinal)) return "a template may not hold the character U+0000";
        long size = 0;
        foreach (var (name, value) in input.Variables.Concat(input.Arguments))
        {
            size += value.Length;
            if (!IsJson(value.Span)) return $"{name} is not JSON of at most 64 levels";
        }
        return size > limits.MaxInputBytes ? $"a template is given at most {limits.MaxInputBytes} bytes" : null;
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

    [GeneratedRegex(@"^STATIC ERROR: template:\(?(?<line>\d+):[^ ]*\s(?<text>.*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StaticError();

    [GeneratedRegex(@"template:\(?(?<line>\d+):", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();
}
