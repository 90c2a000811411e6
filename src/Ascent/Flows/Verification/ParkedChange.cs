using System.Text.Json.Nodes;
using Ascent.Identities;

namespace Ascent.Flows.Verification;

/// <summary>
/// A change of traits that is made when its new address is verified, and not before. It is kept in the verification flow that
/// wrote to the address and goes with it; it is for the traits that it was made from.
/// </summary>
internal sealed record ParkedChange(Guid Identity, string Via, string Address, string From, string To)
{
    public bool IsFor(SentTo address) => Via == address.Via && Address == address.Address;

    /// <summary>Null where the traits have become others meanwhile.</summary>
    public IdentityDraft? ApplyTo(IdentityState state) =>
        state.Identity.Id == Identity && state.Identity.Traits == From
            ? IdentityDraft.From(state) with { Traits = To, Addresses = [new AddressMark(Via, Address, Verified: true)] }
            : null;

    public JsonObject ToJson() => new() { ["identity"] = Identity.ToString(), ["via"] = Via, ["address"] = Address, ["from"] = From, ["to"] = To };

    public static ParkedChange Read(JsonObject o) => new(Guid.Parse((string)o["identity"]!), (string)o["via"]!, (string)o["address"]!, (string)o["from"]!, (string)o["to"]!);
}
