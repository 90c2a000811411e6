using System.Text.Json;
using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Login;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;

namespace Ascent.Methods.Code;

/// <summary>Which addresses a step-up offers: all that there are, or the one in the trait that its <c>via</c> names.</summary>
internal abstract record SecondFactorAddresses
{
    private SecondFactorAddresses() { }

    public sealed record Offered(IReadOnlyList<CodeRecipient> All) : SecondFactorAddresses;

    public sealed record Unusable(ApiError Why) : SecondFactorAddresses;

    public static SecondFactorAddresses Of(LoginForm form)
    {
        if (form.Identity is not { } state) return new Offered([]);
        var all = CodeAddresses.Candidates(state, form.Config);
        if (form.Flow.Via is not { } via) return new Offered(all);
        if (Trait(state.Identity, via) is not { } value) return new Unusable(ApiError.BadRequest("The parameter via names no trait that this account has an address in."));
        if (all.Count == 0) return new Offered([]);
        var address = Identifiers.Normalize(value);
        return all.FirstOrDefault(a => a.Address == address) is { } one
            ? new Offered([one])
            : new Unusable(ApiError.BadRequest("The parameter via must name a trait that holds an address which codes are sent to."));
    }

    private static string? Trait(Identity identity, string path)
    {
        var at = JsonElement.Parse(identity.Traits);
        foreach (var name in path.Split('.'))
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        return at.ValueKind == JsonValueKind.String && at.GetString() is { Length: > 0 } text ? text : null;
    }
}
