using System.Buffers.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Methods.WebAuthn.Ceremony;
using Microsoft.Extensions.Logging;

namespace Ascent.Methods.WebAuthn;

/// <summary>
/// Ceremonies within a flow: the challenge is kept in the flow's memory, answers are held against it. It is spent by what
/// completes the flow, or by the form's next building; a wrong answer does not spend it.
/// </summary>
internal sealed partial class Ceremonies(ILogger<Ceremonies> log)
{
    private const string ChallengeName = "challenge", HandleName = "user_handle";

    /// <summary>Draws the flow's next challenge; the one before is void.</summary>
    public static byte[] Begin(Flow flow, string method, byte[]? handle = null)
    {
        var challenge = CeremonyOptions.NewChallenge();
        var memory = flow.MemoryOf(method);
        memory[ChallengeName] = Base64Url.EncodeToString(challenge);
        if (handle is not null) memory[HandleName] = Base64Url.EncodeToString(handle);
        return challenge;
    }

    /// <summary>The challenge that the flow gave out, or null.</summary>
    public static byte[]? Challenge(Flow flow, string method) => Bytes(flow, method, ChallengeName);

    /// <summary>The handle that was given to the authenticator with it.</summary>
    public static byte[]? Handle(Flow flow, string method) => Bytes(flow, method, HandleName);

    /// <summary>Null where it is refused.</summary>
    public NewKey? Register(FlowContext c, Flow flow, string method, RelyingParty party, AttestationAnswer answer, bool requiresUserVerification)
    {
        if (Challenge(flow, method) is not { } challenge) return null;
        var origins = new OriginList(party.AllOrigins);
        var outcome = Registration.Verify(new RegistrationExpectation
        {
            RpId = party.Id, Origins = origins, TopOrigins = origins, Challenge = challenge, RequiresUserVerification = requiresUserVerification, Now = c.Now,
        }, answer);
        if (outcome is RegistrationOutcome.Verified verified) return verified.Key;
        LogRefused(((RegistrationOutcome.Rejected)outcome).Fault, flow.Id);
        return null;
    }

    /// <summary>Null where it is refused.</summary>
    public AssertionEvidence? Assert(Flow flow, string method, RelyingParty party, StoredKey key, byte[] handle, bool requiresHandle, AssertionAnswer answer, bool requiresUserVerification)
    {
        if (Challenge(flow, method) is not { } challenge) return null;
        var origins = new OriginList(party.AllOrigins);
        var outcome = Assertion.Verify(new AssertionExpectation
        {
            RpId = party.Id, Origins = origins, TopOrigins = origins, Challenge = challenge, RequiresUserVerification = requiresUserVerification, UserHandle = handle, RequiresUserHandle = requiresHandle,
        }, key.ForCeremony, answer);
        if (outcome is AssertionOutcome.Verified verified)
        {
            if (verified.Evidence.MayBeCloned) LogMayBeCloned(flow.Id, key.AddedAt);
            return verified.Evidence;
        }
        LogRefused(((AssertionOutcome.Rejected)outcome).Fault, flow.Id);
        return null;
    }

    private static byte[]? Bytes(Flow flow, string method, string name) =>
        flow.MemoryOf(method)[name] is JsonValue v && v.TryGetValue<string>(out var text) ? Base64Url.DecodeFromChars(text) : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "A key's answer in flow {flow} was refused: {fault}")]
    private partial void LogRefused(CeremonyFault fault, Guid flow);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The counter of a key added {added} did not go up in flow {flow}: it may have been copied")]
    private partial void LogMayBeCloned(Guid flow, DateTimeOffset added);
}
