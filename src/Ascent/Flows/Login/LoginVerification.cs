using System.Text.Json.Nodes;
using Ascent.Flows.Hooks;
using Ascent.Flows.Verification;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Login;

/// <summary>A login that has to do with an unverified address: it demands that one be verified first, or writes to it on the way.</summary>
internal sealed class LoginVerification(AddressMails mails)
{
    /// <param name="Shown">The verification, where the client is told of it.</param>
    /// <param name="Csrf">The value that a browser's anti-forgery cookie gets with the session.</param>
    public sealed record Begun(BegunVerification? Shown, byte[]? Csrf);

    /// <summary>Writes to the address and sends the client to its verification; null where nobody can be written to.</summary>
    public async Task<IResult?> DemandAsync(FlowContext c, Flow flow, Identity identity, VerifiableAddress address)
    {
        if (!mails.IsOn(c.Config)) return null;
        var begun = await mails.SendAsync(c, flow, identity, address, flow.IsApi ? null : CsrfCookie.Current(c.Http, c.Config));
        if (!flow.IsApi && !c.IsJson) return new RedirectResult(begun.Page);
        return ApiError.BadRequest("None of the account's addresses is verified. Verify one with what was just sent to it, then sign in again.", "session_verified_address_required") with
        {
            Message = "An address must be verified first", HttpStatus = StatusCodes.Status403Forbidden,
            Details = new JsonObject { ["continue_with"] = new JsonArray(begun.ToContinueWith(alwaysPage: true)) },
        };
    }

    /// <summary>What the hook <c>verification</c> does at a first factor: it writes to the first address that is not verified.</summary>
    public async Task<Begun?> BeginAsync(FlowContext c, Flow flow, LoginResult.Proven proven)
    {
        var list = c.Config.SelfService.Flows.Login.After.HooksFor(proven.Method.Method);
        if (!list.Has(HookLists.Verification) || flow.RequestedAal != SessionAal.Aal1 || !mails.IsOn(c.Config)) return null;
        if (proven.Identity.VerifiableAddresses.FirstOrDefault(a => !a.Verified) is not { } address) return null;
        var csrf = flow.IsApi ? null : CsrfCookie.Draw();
        var begun = await mails.SendAsync(c, flow, proven.Identity, address, csrf);
        return new Begun(AddressMails.IsShown(c.Config, list) ? begun : null, csrf);
    }
}
