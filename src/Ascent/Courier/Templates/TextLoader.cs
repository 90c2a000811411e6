using System.Text;
using System.Text.Unicode;
using Ascent.Config;

namespace Ascent.Courier.Templates;

/// <summary>
/// Reads every text of a configuration: what <c>courier.templates</c> refers to, else the file below
/// <c>courier.template_override_path</c>, else our own. Beside the file may lie others of its name with a locale
/// (<c>email.body.de.gotmpl</c>) or with parts to be used by their file name.
/// </summary>
internal sealed class TextLoader(ConfigReferences references, HttpClientConfig limits, string publicBase)
{
    private static readonly (TextPart Part, string File)[] Files =
    [
        (TextPart.Subject, "email.subject"), (TextPart.Plain, "email.body.plaintext"), (TextPart.Html, "email.body"), (TextPart.Sms, "sms.body"),
    ];

    private const string Extension = ".gotmpl";

    public async Task<MessageTexts> LoadAsync(CourierConfig config, List<ConfigFault> faults, CancellationToken ct)
    {
        var all = new Dictionary<(TemplateType, TextPart, string), TextTemplate>();
        if (config.TemplateOverridePath is { Length: > 0 } root && !Directory.Exists(root)) faults.Add(new ConfigFault("courier.template_override_path", $"there is no directory {root}"));
        foreach (var type in TemplateType.All)
            foreach (var (part, file) in Files)
                await LoadAsync(config, type, part, file, all, faults, ct);
        return new MessageTexts(all, Uri.TryCreate(publicBase, UriKind.Absolute, out var site) ? site.Host : "");
    }

    private async Task LoadAsync(CourierConfig config, TemplateType type, TextPart part, string file, Dictionary<(TemplateType, TextPart, string), TextTemplate> all, List<ConfigFault> faults, CancellationToken ct)
    {
        var (reference, key) = Override(config.Templates, type, part);
        if (reference is not null)
        {
            if (await FetchAsync(reference, key, faults, ct) is { } text) Add("", text, key, new Dictionary<string, string>());
            return;
        }
        var found = await ReadFolderAsync(config.TemplateOverridePath, type, file, faults, ct);
        foreach (var (name, text) in found)
            if (LocaleOf(name, file) is { } locale) Add(locale, text, Path.Combine(type.Folder, name), found);
        if (!all.ContainsKey((type, part, ""))) Add("", BuiltIn(type, part), $"the built-in {type} {part}", new Dictionary<string, string>());

        void Add(string locale, string text, string where, IReadOnlyDictionary<string, string> files)
        {
            try
            {
                all[(type, part, locale)] = TextTemplate.Read(text, new TemplateScope(type.Variables, part == TextPart.Html, files));
            }
            catch (TemplateFaultException e)
            {
                faults.Add(new ConfigFault(where == key ? key : "courier.template_override_path", where == key ? e.Message : $"{where}: {e.Message}"));
            }
        }
    }

    /// <summary>All files whose name begins like the text's, by name: locales and parts.</summary>
    private static async Task<Dictionary<string, string>> ReadFolderAsync(string? root, TemplateType type, string file, List<ConfigFault> faults, CancellationToken ct)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (string.IsNullOrEmpty(root) || Path.Combine(root, type.Folder) is not { } folder || !Directory.Exists(folder)) return found;
        foreach (var path in Directory.EnumerateFiles(folder, $"{file}*").Order(StringComparer.Ordinal))
        {
            try
            {
                found[Path.GetFileName(path)] = await File.ReadAllTextAsync(path, ct);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                faults.Add(new ConfigFault("courier.template_override_path", $"{path}: cannot be read: {e.Message}"));
            }
        }
        return found;
    }

    // email.body.gotmpl is "", email.body.de-CH.gotmpl is "de-ch"; email.body.plaintext.gotmpl belongs to another text.
    private static string? LocaleOf(string name, string file)
    {
        if (!name.StartsWith(file, StringComparison.Ordinal) || !name.EndsWith(Extension, StringComparison.Ordinal)) return null;
        var middle = name[file.Length..^Extension.Length];
        if (middle.Length == 0) return "";
        var locale = middle[1..].Replace('_', '-').ToLowerInvariant();
        var parts = locale.Split('-');
        return middle[0] == '.' && parts[0].Length is 2 or 3 && parts.All(p => p.Length is >= 2 and <= 8 && p.All(char.IsAsciiLetterOrDigit)) ? locale : null;
    }

    private static (string? Reference, string Key) Override(TemplatesConfig templates, TemplateType type, TextPart part)
    {
        var given = type.Overrides(templates);
        return part switch
        {
            TextPart.Subject => (given.Email.Subject, $"{type.Key}.email.subject"),
            TextPart.Plain => (given.Email.Body.Plaintext, $"{type.Key}.email.body.plaintext"),
            TextPart.Html => (given.Email.Body.Html, $"{type.Key}.email.body.html"),
            _ => (given.Sms.Body.Plaintext, $"{type.Key}.sms.body.plaintext"),
        };
    }

    private static string BuiltIn(TemplateType type, TextPart part) => part switch
    {
        TextPart.Subject => BuiltInTexts.Subject(type),
        TextPart.Plain => BuiltInTexts.Plain(type),
        TextPart.Html => BuiltInTexts.Html(type),
        _ => BuiltInTexts.Sms(type),
    };

    private async Task<string?> FetchAsync(string reference, string key, List<ConfigFault> faults, CancellationToken ct)
    {
        try
        {
            var bytes = await references.FetchAsync(reference, limits, ct);
            if (Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
            faults.Add(new ConfigFault(key, "is not UTF-8"));
        }
        catch (ConfigReferenceException e)
        {
            faults.Add(new ConfigFault(key, e.Message));
        }
        return null;
    }
}
