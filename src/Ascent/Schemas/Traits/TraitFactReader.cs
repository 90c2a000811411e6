using System.Text.Json;

namespace Ascent.Schemas.Traits;

/// <summary>Gathers what the annotated traits say. An address that mail or messages cannot go to is an error even where the schema names no format.</summary>
internal sealed class TraitFactReader(List<SchemaError> errors)
{
    /// <summary>Who sends a list of nonsense need not read of every piece.</summary>
    private const int MostRefused = 100;

    private readonly List<string> password = [];
    private readonly List<string> webAuthn = [];
    private readonly List<string> displayNames = [];
    private readonly List<TraitAddress> code = [];
    private readonly List<TraitAddress> verifiable = [];
    private readonly List<TraitAddress> recovery = [];
    private readonly Dictionary<string, string> rewritten = new(StringComparer.Ordinal);
    private HashSet<string>? refused;
    private string? accountName;

    /// <summary>Telephone numbers by their pointer, in E.164.</summary>
    public IReadOnlyDictionary<string, string> Rewritten => rewritten;

    public void Add(SchemaAnnotation annotation)
    {
        if (annotation.Extension is not TraitRole role) return;
        if (annotation.Value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in annotation.Value.EnumerateArray())
            {
                // Nothing of these traits will be kept.
                if (refused?.Count >= MostRefused) break;
                Add(role, item, JsonPointer.Append(annotation.InstancePointer, index++), annotation.SchemaPointer);
            }
            return;
        }
        Add(role, annotation.Value, annotation.InstancePointer, annotation.SchemaPointer);
    }

    public TraitFacts Facts() => new()
    {
        PasswordIdentifiers = Sorted(password),
        WebAuthnIdentifiers = Sorted(webAuthn),
        CodeAddresses = Sorted(code),
        VerifiableAddresses = Sorted(verifiable),
        RecoveryAddresses = Sorted(recovery),
        PasskeyDisplayNames = [.. displayNames.Distinct(StringComparer.Ordinal)],
        TotpAccountName = accountName,
    };

    private void Add(TraitRole role, JsonElement value, string instancePointer, string schemaPointer)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
        if (text is null) return;

        if (role.PasswordIdentifier) AddIdentifier(password, text);
        if (role.WebAuthnIdentifier) AddIdentifier(webAuthn, text);
        if (role.PasskeyDisplayName) displayNames.Add(text);
        if (role.TotpAccountName) accountName ??= text;
        AddAddress(code, role.Code);
        AddAddress(verifiable, role.Verification);
        AddAddress(recovery, role.Recovery);

        void AddAddress(List<TraitAddress> addresses, AddressVia? via)
        {
            if (via is null) return;
            var address = via == AddressVia.Email ? Identifiers.NormalizeEmail(text) : Identifiers.NormalizePhone(text);
            if (address is null || (via == AddressVia.Email && text.Trim().Length != text.Length))
            {
                Refuse(via.Value, text, instancePointer, schemaPointer);
                return;
            }
            addresses.Add(new TraitAddress(address, via.Value));
            if (via == AddressVia.Sms && value.ValueKind == JsonValueKind.String && address != text) rewritten[instancePointer] = address;
        }
    }

    private static void AddIdentifier(List<string> identifiers, string text)
    {
        if (Identifiers.Normalize(text) is { Length: > 0 } identifier) identifiers.Add(identifier);
    }

    /// <summary>Once for a value, whether by its type, its format or its uses.</summary>
    private void Refuse(AddressVia via, string text, string instancePointer, string schemaPointer)
    {
        refused ??= [.. errors.SelectMany(e => e.Leaves).Where(e => e.Fault is SchemaFault.BadEmail or SchemaFault.BadPhone or SchemaFault.BadFormat or SchemaFault.WrongType).Select(e => e.InstancePointer)];
        if (refused.Count >= MostRefused || !refused.Add(instancePointer)) return;
        var fault = Validation.Evaluator.FormatFault(via == AddressVia.Email ? "email" : "tel", text);
        errors.Add(new SchemaError("format", instancePointer, JsonPointer.Append(schemaPointer, IdentitySchema.Keyword), fault));
    }

    private static string[] Sorted(IEnumerable<string> values) => [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static TraitAddress[] Sorted(IEnumerable<TraitAddress> addresses) =>
        [.. addresses.Distinct().OrderBy(a => a.Value, StringComparer.Ordinal).ThenBy(a => a.Via)];
}
