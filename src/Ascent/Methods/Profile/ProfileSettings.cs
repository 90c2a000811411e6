using System.Text.Json;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;

namespace Ascent.Methods.Profile;

/// <summary>
/// The traits. They are replaced as a whole: what a submission leaves out is gone. Those that somebody signs in with, or that an
/// account is recovered by, are protected.
/// </summary>
internal sealed class ProfileSettings(SchemaStore schemas) : ISettingsMethod
{
    private const string Method = "profile";
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    public string Name => Method;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Profile.Enabled;

    public bool IsPrivileged(SettingsSubmission submission) => Read(submission) is not { } traits || TouchesProtected(submission.State, traits);

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        if (schemas.Current.Find(form.Identity.SchemaId) is not { } schema) return Task.CompletedTask;
        form.Ui.Nodes.AddRange(TraitNodes.Of(schema.Fields, NodeGroups.Profile));
        TraitNodes.Fill(form.Ui, JsonElement.Parse(form.Identity.Traits, Deep), NodeGroups.Profile, addMissing: true);
        form.Ui.Append(UiNode.Method(Method, UiMessages.Of(MessageIds.NodeSave)));
        return Task.CompletedTask;
    }

    public Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct) => Task.FromResult(Submit(submission));

    /// <summary>What is said of the whole form stays beside what is said now, as it always did.</summary>
    public void Refill(SettingsSubmission submission)
    {
        var ui = submission.Flow.Ui;
        ui.Update(n => n.Group == NodeGroups.Profile && n.Id != "method", n => n.Reset());
        if (Read(submission) is { } traits) TraitNodes.Fill(ui, RegistrationTraits.Element(traits.Sent), NodeGroups.Profile, addMissing: true);
    }

    private SettingsResult Submit(SettingsSubmission submission)
    {
        if (Read(submission) is not { } traits) return new SettingsResult.Failed(ApiError.Internal("The account's identity schema is no longer configured."));
        if (!traits.IsValid) return new SettingsResult.Refused(traits.Messages);
        var privileged = submission.HasPrivilege;
        return new SettingsResult.Saved(state =>
            // The traits may have become others since it was found that nothing protected changes.
            !privileged && TouchesProtected(state, traits)
                ? new IdentityEdit.Refuse(ApiError.BadRequest("The account was changed meanwhile. Please look at it again and save once more."))
                : new IdentityEdit.Apply(IdentityDraft.From(state) with { Traits = traits.Json }));
    }

    /// <summary>Null where the identity's schema is gone.</summary>
    private RegistrationTraits? Read(SettingsSubmission submission) =>
        schemas.Current.Find(submission.Identity.SchemaId) is { } schema ? RegistrationTraits.Read(schema, submission.Body) : null;

    private bool TouchesProtected(IdentityState state, RegistrationTraits traits)
    {
        // Traits that break the schema change nothing at all.
        if (!traits.IsValid) return false;
        if (schemas.Current.Find(state.Identity.SchemaId) is not { } schema) return true;
        var (before, after) = (schema.Validate(JsonElement.Parse(state.Identity.Traits, Deep)).Facts, traits.Check.Facts);
        return !Same(before.PasswordIdentifiers, after.PasswordIdentifiers)
            || !Same(before.WebAuthnIdentifiers, after.WebAuthnIdentifiers)
            || !Same(before.CodeAddresses, after.CodeAddresses)
            || !Same(before.VerifiableAddresses, after.VerifiableAddresses)
            || !Same(before.RecoveryAddresses, after.RecoveryAddresses);
    }

    private static bool Same<T>(IReadOnlyList<T> a, IReadOnlyList<T> b) => a.SequenceEqual(b);
}
