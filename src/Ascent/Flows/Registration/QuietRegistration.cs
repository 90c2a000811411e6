using Ascent.Config;
using Ascent.Courier;
using Ascent.Flows.Messages;
using Ascent.Flows.Verification;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Flows.Registration;

/// <summary>
/// Where answers may not tell who has an account, and somebody signs up with an address that is not proven, the answer is the same for a
/// free and a taken one: nobody is signed in, and the address's mail says how to go on. For a taken one nothing is created.
/// </summary>
internal sealed class QuietRegistration(Db db, FlowStore store, IdentityPlanner planner, AddressMails mails)
{
    /// <summary>
    /// Whether the answer may not tell. Who has proven all addresses, by a code or at a provider, may know; where nobody can be written to,
    /// somebody whose name is taken would never hear of it.
    /// </summary>
    public static bool IsAsked(AscentConfig config, AddressesToMail toMail) => config.Security.AccountEnumeration.Mitigate && toMail.Open.Count > 0;

    /// <summary>All of a registration's work but the account itself. Gives the identity that would have been, and the verifications that lead nowhere.</summary>
    public async Task<(Identity Identity, IReadOnlyList<BegunVerification> Begun)> PretendAsync(
        FlowContext c, Flow flow, RegistrationResult.Accepted accepted, AddressesToMail toMail, byte[]? csrf, string? returnTo)
    {
        var identity = planner.Plan(null, toMail.Draft).Plan!.After.Identity;
        IReadOnlyList<BegunVerification> begun = [];
        await db.WriteAsync(async (tx, ct) =>
        {
            flow.State = FlowState.PassedChallenge;
            if (!await store.CompleteAsync(tx, c.Nid, flow, ct)) throw new LostException(UiMessages.Of(MessageIds.RegistrationAlreadyDone));
            if (accepted.Consume is not null && !await accepted.Consume(tx, identity, ct)) throw new LostException(accepted.Lost!);
            begun = await mails.SendInsteadAsync(tx, c, flow, toMail, TemplateType.RegistrationTaken, csrf, returnTo, ct);
        }, c.Ct);
        return (identity, begun);
    }
}
