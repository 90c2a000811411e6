namespace Ascent.Jsonnet;

/// <summary>How it ended to evaluate a template.</summary>
internal abstract record JsonnetResult
{
    private JsonnetResult() { }

    /// <summary>The JSON it made, in UTF-8.</summary>
    public sealed record Ok(byte[] Json) : JsonnetResult;

    /// <summary>The template said <c>error "cancel"</c>: whatever wanted its output should not happen, and that is no fault.</summary>
    public sealed record Cancelled : JsonnetResult;

    /// <summary>It could not be evaluated. The message is for the operator: it may quote what the template was given.</summary>
    public sealed record Failed(string Message) : JsonnetResult;

    /// <summary>It did not end in time, or no evaluator became free in time.</summary>
    public sealed record Overdue(string Message) : JsonnetResult;

    /// <summary>The process that evaluated it ended: by its limit of memory, by a crash, or by somebody's hand. The message quotes nothing.</summary>
    public sealed record Lost(string Message) : JsonnetResult;

    /// <summary>It was given more than so many bytes, and not evaluated.</summary>
    public sealed record TooLarge(int Most) : JsonnetResult
    {
        public string Message => $"a template is given at most {Most} bytes";
    }
}

/// <summary>
/// What a template is given, JSON values in UTF-8 by name. Jsonnet sees variables by std.extVar and arguments as parameters of
/// its top-level function; to a JSON template all are names.
/// </summary>
internal sealed record TemplateInput
{
    private static readonly Dictionary<string, ReadOnlyMemory<byte>> None = [];

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Variables { get; init; } = None;
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Arguments { get; init; } = None;
}
