using Ascent.Flows.Messages;

namespace Ascent.Flows.Hooks;

/// <summary>Lets nobody in who has not verified an address: any of theirs will do.</summary>
internal static class RequireVerifiedAddress
{
    public static HookResult? Check(HookSubject subject) => subject.Identity!.VerifiableAddresses.Any(a => a.Verified)
        ? null
        : new HookResult.Refused([new FieldText("", UiMessages.Of(MessageIds.AddressNotVerified))]);
}
