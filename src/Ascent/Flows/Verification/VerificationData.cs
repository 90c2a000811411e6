using System.Text.Json.Nodes;

namespace Ascent.Flows.Verification;

/// <summary>Whom a flow last wrote to, whether anybody has the address or not.</summary>
internal sealed record SentTo(string Via, string Address);

/// <summary>What verification flows remember.</summary>
internal static class VerificationData
{
    private const string To = "sent_to", Parked = "parked_change";

    extension(Flow flow)
    {
        public SentTo? SentTo
        {
            get => flow.Data[To] is JsonObject o ? new SentTo((string)o["via"]!, (string)o["address"]!) : null;
            set => flow.Data[To] = value is null ? null : new JsonObject { ["via"] = value.Via, ["address"] = value.Address };
        }

        public ParkedChange? ParkedChange
        {
            get => flow.Data[Parked] is JsonObject o ? ParkedChange.Read(o) : null;
            set => flow.Data[Parked] = value?.ToJson();
        }
    }
}
