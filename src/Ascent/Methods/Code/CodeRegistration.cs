using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Registration;
using Ascent.Identities;
using Ascent.Sessions;

namespace Ascent.Methods.Code;

/// <summary>
/// Signing up by a code to each address of the traits. Whether somebody has the address already is told to nobody but who reads its
/// mail: a code is sent either way.
/// </summary>
internal sealed class CodeRegistration(CodeStore codes, CodeMail mail, FlowStore flows) : IRegistrationMethod
{
    private const string Screen = "screen", CredentialSelection = "credential-selection";

    public string Name => CredentialTypes.Code;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Code.PasswordlessEnabled;

    public Task PopulateAsync(RegistrationForm form, CancellationToken ct)
    {
        if (form.Stage == RegistrationStage.Profile) return Task.CompletedTask;
        form.AskTraits();
        form.EnsureCsrf();
        form.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.RegistrationSendCode)));
        return Task.CompletedTask;
    }

    public IReadOnlyList<string> GuessedAt(RegistrationSubmission submission) =>
        IsVerifying(submission) && submission.Text(CodeForm.Code) is not null && submission.Traits.IsValid ? [.. Addresses(submission).Select(a => a.Address)] : [];

    public Task<RegistrationResult> SubmitAsync(RegistrationSubmission submission, CancellationToken ct)
    {
        if (submission.Flow.State == FlowState.PassedChallenge && !IsResend(submission)) return Refused(new FieldText("", UiMessages.Of(MessageIds.RegistrationNoMethod)));
        if (!submission.Traits.IsValid) return Refused([.. submission.Traits.Messages]);
        if (IsVerifying(submission)) return VerifyAsync(submission, ct);
        return Addresses(submission) is { Count: > 0 } addresses ? Task.FromResult<RegistrationResult>(Sent(submission, addresses)) : Refused(new FieldText("", UiMessages.Of(MessageIds.NoIdentifier)));
    }

    public LoginHint? HintFor(IdentityState state, AscentConfig config) =>
        state.Credentials.TryGetValue(Name, out var credential) && CodeAddresses.Of(state.Identity.Id, credential).Count > 0 ? new LoginHint(Name) : null;

    /// <summary>The form asks for the code, the traits carried along unseen; codes are made and sent with it.</summary>
    private RegistrationResult.NextStep Sent(RegistrationSubmission submission, IReadOnlyList<CodeRecipient> addresses)
    {
        var (c, flow, ui, group) = (submission.Context, submission.Flow, submission.Flow.Ui, NodeGroups.Default);
        TraitNodes.Fill(ui, RegistrationTraits.Element(submission.Traits.Sent), group);
        List<UiNode> kept = [.. ui.Nodes.Where(n => n.Id == UiContainer.CsrfName || (n.Group == group && submission.Schema.Fields.Any(f => f.Name == n.Id))).Select(TraitNodes.Hide)];
        CodeForm.Await(ui, kept, MessageIds.NodeRegistrationCode);
        if (!c.Config.SelfService.Flows.Registration.OneStep) ui.Append(UiNode.Submit(NodeGroups.Profile, Screen, CredentialSelection, UiMessages.Of(MessageIds.RegistrationBack)));
        (flow.State, flow.Active) = (FlowState.SentEmail, Name);
        var traits = submission.Traits.Json;
        return new RegistrationResult.NextStep
        {
            Messages = [UiMessages.Of(MessageIds.RegistrationCodeSent)],
            Write = (tx, token) => mail.SendRegistrationAsync(tx, c, flow, traits, addresses, token),
        };
    }

    private async Task<RegistrationResult> VerifyAsync(RegistrationSubmission submission, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (submission.Text(CodeForm.Code) is not { } code) return new RegistrationResult.Refused(new FieldText("#/" + CodeForm.Code, UiMessages.Required(CodeForm.Code)));
        // The form keeps what was sent last; other traits than it shows are taken for a form that was tampered with.
        if (!TraitNodes.Holds(flow.Ui, RegistrationTraits.Element(submission.Traits.Sent), NodeGroups.Default))
            return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.TraitsMismatch)));
        if (await flows.CountSubmissionAsync(c.Nid, flow.Id, ct) > c.Config.SelfService.Methods.Code.Config.MaxSubmissions) return new RegistrationResult.Refused(new FieldText("", CodeProof.TooOften));
        switch (await codes.FindAsync(c.Nid, flow.Id, code, ct))
        {
            case CodeLookup.Good good when Addresses(submission).Contains(good.Recipient):
                // Also where the address turns out to be somebody's: whoever typed the code may know.
                flow.State = FlowState.PassedChallenge;
                return new RegistrationResult.Accepted(
                    submission.Draft() with { Addresses = [new AddressMark(good.Recipient.Via, good.Recipient.Address, Verified: true)] },
                    new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = c.Now })
                {
                    Consume = (tx, _, token) => codes.UseAsync(tx, c.Nid, good.Id, token),
                    Lost = UiMessages.Of(MessageIds.RegistrationCodeInvalid),
                };
            case CodeLookup.Used:
                return new RegistrationResult.Refused(new FieldText("", CodeProof.AlreadyUsed));
            default:
                return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.RegistrationCodeInvalid))) { WrongProof = true };
        }
    }

    private static List<CodeRecipient> Addresses(RegistrationSubmission submission) =>
        [.. submission.Traits.Check.Facts.CodeAddresses.Select(a => new CodeRecipient(AddressVias.Of(a.Via), a.Value, null))];

    private static bool IsVerifying(RegistrationSubmission submission) => submission.Flow.State == FlowState.SentEmail && !IsResend(submission);

    private static bool IsResend(RegistrationSubmission submission) => CodeForm.IsResend(submission.Text(CodeForm.Resend));

    private static Task<RegistrationResult> Refused(params IReadOnlyList<FieldText> messages) => Task.FromResult<RegistrationResult>(new RegistrationResult.Refused(messages));
}
