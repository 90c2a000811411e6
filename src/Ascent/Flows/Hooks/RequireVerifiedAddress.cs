using Ascent.Flows.Messages;
using Ascent.Http;

namespace Ascent.Flows.Hooks;

/// <summary>Lets nobody in who has not verified an address: any of theirs will do, and so will a code that reached one just now.</summary>
internal static class RequireVerifiedAddress
{
    private const string Code = "code";

    public static HookResult? Check(HookSubject subject, string method)
    {
        var addresses = subject.Identity!.VerifiableAddresses;
        if (addresses.Count == 0)
            return new HookResult.Failed(ApiError.Internal(
                "The identity has no address that could be verified, but the login demands a verified one: its schema must declare such an address.", "invalid_configuration"));
        if (method == Code || addresses.Any(a => a.Verified)) return null;
        return subject.Context.Config.FeatureFlags.LegacyRequireVerifiedLoginError
            ? new HookResult.Refused([new FieldText("", UiMessages.Of(MessageIds.AddressNotVerified))])
            : new HookResult.MustVerify(addresses[0]);
    }
}
