using System.Text.Json;

namespace Ascent.Server.Commands;

/// <summary>JSON from files or standard input; each has one document or an array of them.</summary>
internal static class JsonDocuments
{
    public static async Task<IReadOnlyList<(string Source, JsonElement Json)>> ReadAsync(IReadOnlyList<string> files, CancellationToken ct)
    {
        if (files.Count == 0) return Split("STD_IN", await Console.In.ReadToEndAsync(ct));
        var all = new List<(string, JsonElement)>();
        foreach (var file in files) all.AddRange(Split(file, await TextAsync(file, ct)));
        return all;
    }

    /// <exception cref="CommandFailedException">There is no such file, or it cannot be read.</exception>
    public static async Task<string> TextAsync(string file, CancellationToken ct)
    {
        try
        {
            return file == "-" ? await Console.In.ReadToEndAsync(ct) : await File.ReadAllTextAsync(file, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file}: cannot be read: {e.Message}");
        }
    }

    private static IReadOnlyList<(string, JsonElement)> Split(string source, string text)
    {
        try
        {
            var json = JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select((item, i) => ($"{source}[{i}]", item))] : [($"{source}[0]", json)];
        }
        catch (JsonException e)
        {
            throw new CommandFailedException($"{source}: is no JSON: {e.Message}");
        }
    }
}
