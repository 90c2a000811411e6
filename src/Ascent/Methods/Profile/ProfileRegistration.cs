using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Registration;

namespace Ascent.Methods.Profile;

/// <summary>
/// The first of two steps of a registration: the traits are looked at before a credential is asked for. It keeps nothing: the
/// second step sends them again, and it does not tell whether somebody has them already.
/// </summary>
internal sealed class ProfileRegistration : IRegistrationMethod
{
    private const string Screen = "screen";
    private const string Previous = "previous";
    private const string CredentialSelection = "credential-selection";
    private const string LegacyBack = "profile:back";

    public string Name => NodeGroups.Profile;

    public bool IsEnabled(AscentConfig config) => !config.SelfService.Flows.Registration.OneStep;

    /// <summary>The buttons that go back stand on other methods' forms and come with their name.</summary>
    public bool Claims(JsonObject body, AscentConfig config) =>
        IsEnabled(config) && (body.Text("method") is NodeGroups.Profile or LegacyBack || body.Text(Screen) is not null);

    public Task PopulateAsync(RegistrationForm form, CancellationToken ct)
    {
        form.AskTraits();
        form.EnsureCsrf();
        form.Ui.Append(form.Stage == RegistrationStage.Credentials
            ? UiNode.Submit(NodeGroups.Profile, Screen, Previous, UiMessages.Of(MessageIds.RegistrationBack))
            : UiNode.Method(NodeGroups.Profile, UiMessages.Of(MessageIds.RegistrationSubmit)));
        return Task.CompletedTask;
    }

    public Task<RegistrationResult> SubmitAsync(RegistrationSubmission submission, CancellationToken ct) => Task.FromResult(Step(submission));

    private static RegistrationResult Step(RegistrationSubmission submission)
    {
        if (!submission.Traits.IsValid) return new RegistrationResult.Refused(submission.Traits.Messages);
        if (submission.Text(Screen) is { } screen and not (Previous or CredentialSelection))
            return new RegistrationResult.Refused(new FieldText("#/" + Screen, UiMessages.Invalid($"There is no such screen; it must be {CredentialSelection} or {Previous}.")));
        if (submission.Text(Screen) == Previous || submission.Text("method") == LegacyBack)
            return new RegistrationResult.NextStep { Stage = RegistrationStage.Profile, ShowsTransientPayload = false };
        return new RegistrationResult.NextStep { Stage = RegistrationStage.Credentials, Messages = [UiMessages.Of(MessageIds.RegistrationChooseCredential)] };
    }
}
