using System.Text.Json;
using Ascent.Config;
using Ascent.Flows.Codes;
using Ascent.Identities;

namespace Ascent.Methods.Code;

/// <summary>Where an identity's codes go.</summary>
internal static class CodeAddresses
{
    /// <summary>Those of the credential. Its first form named only the way; the addresses were its identifiers.</summary>
    public static IReadOnlyList<CodeRecipient> Of(Guid identity, Credential credential)
    {
        var config = JsonElement.Parse(credential.Config);
        if (Text(config, "address_type") is { } way) return IsWay(way) ? [.. credential.Identifiers.Select(i => new CodeRecipient(way, i, identity))] : [];
        if (!config.TryGetProperty("addresses"u8, out var all) || all.ValueKind != JsonValueKind.Array) return [];
        var addresses = new List<CodeRecipient>();
        foreach (var one in all.EnumerateArray())
            if (Text(one, "channel") is { } via && IsWay(via) && Text(one, "address") is { } address)
                addresses.Add(new CodeRecipient(via, address, identity));
        return addresses;
    }

    /// <summary>Those that prove a second factor; who has no code credential may be let use what could be verified.</summary>
    public static IReadOnlyList<CodeRecipient> Candidates(IdentityState state, AscentConfig config)
    {
        var id = state.Identity.Id;
        var own = state.Credentials.TryGetValue(CredentialTypes.Code, out var credential) ? Of(id, credential) : [];
        if (own.Count == 0 && config.SelfService.Methods.Code.Config.MissingCredentialFallbackEnabled)
            own = [.. state.Identity.VerifiableAddresses.Select(a => new CodeRecipient(a.Via, a.Value, id))];
        return [.. own.OrderBy(a => a.Address, StringComparer.Ordinal)];
    }

    private static bool IsWay(string via) => via is AddressVias.Email or AddressVias.Sms;

    private static string? Text(JsonElement o, string name) =>
        o.ValueKind == JsonValueKind.Object && o.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.String && v.GetString() is { Length: > 0 } text ? text : null;
}
