using System.Text;

namespace Ascent.Flows.Messages;

/// <summary>Puts words into a sentence of the catalogue: {name} by name, once; what is put in is never looked at again.</summary>
internal static class MessageTemplate
{
    public static string Fill(string text, IReadOnlyDictionary<string, string> words)
    {
        if (!text.Contains('{')) return text;
        var result = new StringBuilder(text.Length + 32);
        for (var i = 0; i < text.Length;)
        {
            var end = text[i] == '{' ? text.IndexOf('}', i) : -1;
            if (end < 0)
            {
                result.Append(text[i++]);
                continue;
            }
            var name = text[(i + 1)..end];
            result.Append(words.TryGetValue(name, out var word) ? word : throw new KeyNotFoundException($"The sentence \"{text}\" needs {name}."));
            i = end + 1;
        }
        return result.ToString();
    }

    /// <summary>The names a sentence needs.</summary>
    public static IEnumerable<string> Names(string text)
    {
        for (var i = text.IndexOf('{'); i >= 0; i = text.IndexOf('{', i + 1))
            yield return text[(i + 1)..text.IndexOf('}', i)];
    }
}
