using System.Text.Json.Nodes;
using Ascent.Crypto;

namespace Ascent.Flows.Login;

/// <summary>
/// A login flow that an administrator began to try one provider. It goes the whole way there and back, and ends with what was seen instead of a
/// session: nobody is signed in, signed up or linked by it.
/// </summary>
/// <param name="Token">Lets whoever was given the flow send its form; no browser began it.</param>
/// <param name="Seen">What came back; null until then.</param>
internal sealed record LoginTrial(string Provider, string Token, JsonObject? Seen)
{
    private const string Name = "trial";

    public static LoginTrial? Of(Flow flow) => flow.Data[Name] is JsonObject kept
        ? new LoginTrial((string)kept["provider"]!, (string)kept["token"]!, kept["seen"] as JsonObject)
        : null;

    public void KeepIn(Flow flow) => flow.Data[Name] = new JsonObject { ["provider"] = Provider, ["token"] = Token, ["seen"] = Seen?.DeepClone() };

    public bool Fits(string? token) => token is not null && Tokens.Same(Token, token);

    /// <summary>As clients see it.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["provider_id"] = Provider };
        if (Seen is not null) json["debug_payload"] = Seen.DeepClone();
        return json;
    }

    public override string ToString() => $"a trial of {Provider}";
}
