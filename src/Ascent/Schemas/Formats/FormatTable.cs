using System.Collections.Frozen;
using Ascent.Schemas.Validation;

namespace Ascent.Schemas.Formats;

/// <summary>The formats that are asserted. Others, as the standard has it, say nothing.</summary>
internal static class FormatTable
{
    private static readonly FrozenDictionary<string, Func<string, bool>> Formats = new Dictionary<string, Func<string, bool>>(StringComparer.Ordinal)
    {
        ["date-time"] = DateFormats.IsDateTime,
        ["date"] = static text => DateFormats.IsDate(text),
        ["time"] = static text => DateFormats.IsTime(text),
        ["email"] = EmailFormat.IsAddress,
        ["email_loose"] = EmailFormat.IsLooseAddress,
        ["tel"] = static text => Identifiers.NormalizePhone(text) is not null,
        ["hostname"] = HostFormats.IsHostname,
        ["ipv4"] = HostFormats.IsIPv4,
        ["ipv6"] = HostFormats.IsIPv6,
        ["uri"] = static text => UriFormats.IsUri(text, ascii: true),
        ["iri"] = static text => UriFormats.IsUri(text, ascii: false),
        ["uri-reference"] = static text => UriFormats.IsReference(text, ascii: true),
        ["iri-reference"] = static text => UriFormats.IsReference(text, ascii: false),
        ["uri-template"] = UriTemplateFormat.IsTemplate,
        ["json-pointer"] = PointerFormats.IsPointer,
        ["relative-json-pointer"] = PointerFormats.IsRelativePointer,
        ["regex"] = EcmaRegex.IsValid,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Func<string, bool>? Find(string format) => Formats.GetValueOrDefault(format);
}
