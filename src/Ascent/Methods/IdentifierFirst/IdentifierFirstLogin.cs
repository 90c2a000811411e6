using Ascent.Config;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.IdentifierFirst;

/// <summary>
/// The first of two forms: who is it? The second offers what that identity can sign in with, or, where it may not be told
/// whether an account exists, what anybody could. Proves nothing.
/// </summary>
/// <param name="forms">Fills forms by asking all methods, of which this is one: made later than this.</param>
internal sealed class IdentifierFirstLogin(IdentityStore identities, Lazy<LoginStart> forms) : ILoginMethod
{
    public const string MethodName = "identifier_first";

    /// <summary>Those whose identifiers are what people type; links and passkeys are found by other names.</summary>
    private static readonly string[] TypedTypes = [CredentialTypes.Password, CredentialTypes.WebAuthn, CredentialTypes.Code];

    public string Name => MethodName;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Flows.Login.Style == LoginStyle.IdentifierFirst;

    /// <summary>In one step there is no such method: who names it is told so as of any other.</summary>
    public bool ServesAal(string aal, AscentConfig config) => aal == SessionAal.Aal1 && IsEnabled(config);

    public bool TakesTheRest => true;

    public string? Claimed(LoginSubmission submission) => submission.Text(LoginNodes.Identifier);

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        if (form.Stage != LoginStage.Identify) return Task.CompletedTask;
        form.EnsureCsrf();
        form.Flow.Ui.Upsert(UiNode.Input(NodeGroups.IdentifierFirst, LoginNodes.Identifier, InputTypes.Text, "", form.IdentifierLabel, required: true, autocomplete: Autocomplete.UsernameWebAuthn));
        form.Flow.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.NodeContinue)));
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (Claimed(submission) is not { } identifier) return Unknown(null);
        IdentityState? state = null;
        if (!c.Config.Security.AccountEnumeration.Mitigate)
        {
            state = await FindAsync(c.Nid, Identifiers.Normalize(identifier), ct);
            if (state is null) return Unknown(identifier);
        }
        UiNode[] before = [.. flow.Ui.Nodes];
        var (active, field, button) = (flow.Active, flow.Ui.Find(LoginNodes.Identifier), flow.Ui.Find(NodeGroups.IdentifierFirst, "method"));
        if (button is not null) flow.Ui.Nodes.Remove(button);
        var form = await forms.Value.FillAsync(c, flow, LoginStage.Credentials, state, identifier);
        if (!flow.Ui.Nodes.Exists(n => n.Group is not (NodeGroups.Default or NodeGroups.IdentifierFirst) && !before.Any(b => ReferenceEquals(b, n))))
        {
            flow.Ui.Nodes.Clear();
            flow.Ui.Nodes.AddRange(before);
            return Unknown(identifier);
        }
        flow.Ui.ResetMessages();
        if (field is not null) flow.Ui.Upsert(Hidden(field, identifier));
        flow.Active = Name;
        var begun = await forms.Value.BeginAsync(form);
        if (begun is LoginResult.Refused)
        {
            // Still the first form: who cannot go on names somebody else.
            if (field is not null) flow.Ui.Upsert(field);
            if (button is not null) flow.Ui.Append(button);
            flow.Active = active;
        }
        return begun ?? new LoginResult.NextStep();
    }

    private async Task<IdentityState?> FindAsync(Guid nid, string identifier, CancellationToken ct) =>
        await identities.FindByCredentialIdentifierAsync(nid, TypedTypes, identifier, ct) is [var match, ..] ? await identities.StateAsync(nid, match.Identity.Id, ct) : null;

    /// <summary>Other methods keep the identifier in a field of their own kind; it stays the one that was filled in.</summary>
    private static UiNode Hidden(UiNode field, string value) => field.Attributes is UiAttributes.Input input
        ? field with { Messages = [], Attributes = input with { Type = InputTypes.Hidden, Value = value, Autocomplete = Autocomplete.UsernameWebAuthn } }
        : field;

    private static LoginResult.Refused Unknown(string? identifier) =>
        new(new FieldText("#/" + LoginNodes.Identifier, UiMessages.Of(MessageIds.UnknownAccount))) { Subject = identifier };
}
