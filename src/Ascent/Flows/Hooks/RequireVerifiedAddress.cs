using Ascent.Flows.Messages;
using Ascent.Http;

namespace Ascent.Flows.Hooks;

/// <summary>Lets nobody in who has not verified an address: any of theirs will do.</summary>
internal static class RequireVerifiedAddress
{
    public static HookResult? Check(HookSubject subject)
    {
        var addresses = subject.Identity!.VerifiableAddresses;
        if (addresses.Count == 0)
            return new HookResult.Failed(ApiError.Internal(
                "The identity has no address that could be verified, but the login demands a verified one: its schema must declare such an address.", "invalid_configuration"));
        return addresses.Any(a => a.Verified) ? null : new HookResult.Refused([new FieldText("", UiMessages.Of(MessageIds.AddressNotVerified))]);
    }
}
