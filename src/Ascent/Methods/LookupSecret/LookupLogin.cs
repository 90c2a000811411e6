using Ascent.Config;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Sessions;

namespace Ascent.Methods.LookupSecret;

/// <summary>A backup code as the second factor of who is signed in, taken as it was shown and once.</summary>
internal sealed class LookupLogin(IdentityStore identities, LookupSpending spending) : ILoginMethod
{
    private const string Code = "lookup_secret";

    public string Name => CredentialTypes.LookupSecret;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.LookupSecret.Enabled;

    public bool ServesAal(string aal, AscentConfig config) => aal == SessionAal.Aal2;

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        if (form.Stage is not (LoginStage.SecondFactor or LoginStage.SecondFactorRefresh) || form.Identity is not { } state || LookupCodes.Of(state.Credentials) is null) return Task.CompletedTask;
        form.EnsureCsrf();
        form.Flow.Ui.Append(UiNode.Input(NodeGroups.LookupSecret, Code, InputTypes.Text, "", UiMessages.Of(MessageIds.LoginLookupLabel), required: true));
        form.Flow.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.LoginLookup)));
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var nid = submission.Context.Nid;
        if (submission.Text(Code) is not { } code) return new LoginResult.Refused(new FieldText("#/" + Code, UiMessages.Required(Code))) { Forget = [Code] };
        var state = await identities.StateAsync(nid, submission.Context.Session!.IdentityId, ct);
        if (state is null || LookupCodes.Of(state.Credentials) is not { } codes) return new LoginResult.Refused(new FieldText("", UiMessages.Of(MessageIds.NoLookup)));
        var identity = state.Identity.Id;
        var index = codes.Find(code);
        if (index < 0) return Wrong(identity, MessageIds.LookupInvalid);
        if (codes.All[index].UsedAt is not null) return Wrong(identity, MessageIds.LookupUsed);
        return new LoginResult.Proven(state.Identity, new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal2, CompletedAt = submission.Context.Now })
        {
            Consume = (tx, token) => spending.SpendAsync(tx, nid, identity, code, token),
            Lost = UiMessages.Of(MessageIds.LookupUsed),
        };
    }

    private static LoginResult.Refused Wrong(Guid identity, int message) => new(new FieldText("", UiMessages.Of(message)))
    {
        Subject = identity.ToString(), IdentityId = identity, Forget = [Code],
    };
}
