using Ascent.Config;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Sessions;

namespace Ascent.Methods.Totp;

/// <summary>A code of an authenticator app as the second factor of who is signed in. A code is accepted once.</summary>
internal sealed class TotpLogin(IdentityStore identities, TotpSteps steps) : ILoginMethod
{
    public string Name => CredentialTypes.Totp;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Totp.Enabled;

    public bool ServesAal(string aal, AscentConfig config) => aal == SessionAal.Aal2;

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        if (form.Stage is not (LoginStage.SecondFactor or LoginStage.SecondFactorRefresh) || form.Identity is not { } state || TotpKey.Of(state.Credentials) is null) return Task.CompletedTask;
        form.EnsureCsrf();
        form.Flow.Ui.Append(UiNode.Input(NodeGroups.Totp, TotpNodes.Code, InputTypes.Text, "", UiMessages.Of(MessageIds.LoginTotpLabel), required: true));
        form.Flow.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.LoginTotp)));
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var (nid, now) = (submission.Context.Nid, submission.Context.Now);
        if (submission.Text(TotpNodes.Code) is not { } code)
            return new LoginResult.Refused(new FieldText("#/" + TotpNodes.Code, UiMessages.Required(TotpNodes.Code))) { Forget = [TotpNodes.Code] };
        if (new System.Globalization.StringInfo(code).LengthInTextElements is var length && length < TotpKey.Digits)
            return new LoginResult.Refused(new FieldText("#/" + TotpNodes.Code, UiMessages.MinLength(TotpKey.Digits, length))) { Forget = [TotpNodes.Code] };
        var state = await identities.StateAsync(nid, submission.Context.Session!.IdentityId, ct);
        if (state is null || TotpKey.Of(state.Credentials) is not { } key) return new LoginResult.Refused(new FieldText("", UiMessages.Of(MessageIds.NoTotp)));
        var identity = state.Identity.Id;
        if (key.Match(code, now) is not { } step || await steps.IsUsedAsync(nid, identity, step, ct)) return Wrong(identity);
        return new LoginResult.Proven(state.Identity, new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal2, CompletedAt = now })
        {
            Consume = (tx, token) => TotpSteps.UseAsync(tx, nid, identity, step, token),
            Lost = UiMessages.Of(MessageIds.TotpInvalid),
        };
    }

    private static LoginResult.Refused Wrong(Guid identity) => new(new FieldText("", UiMessages.Of(MessageIds.TotpInvalid)))
    {
        Subject = identity.ToString(), IdentityId = identity, Forget = [TotpNodes.Code],
    };
}
