using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
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

    public string Name => Method;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Profile.Enabled;

    public bool IsPrivileged(SettingsSubmission submission) => TouchesProtected(submission.State, Traits(submission));

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        if (schemas.Current.Find(form.Identity.SchemaId) is not { } schema) return Task.CompletedTask;
        form.Ui.Nodes.AddRange(TraitNodes.Of(schema.Fields, NodeGroups.Profile));
        TraitNodes.Fill(form.Ui, JsonElement.Parse(form.Identity.Traits), NodeGroups.Profile, addMissing: true);
        form.Ui.Append(UiNode.Method(Method, UiMessages.Of(MessageIds.NodeSave)));
        return Task.CompletedTask;
    }

    public Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct)
    {
        var traits = Traits(submission);
        var privileged = submission.HasPrivilege;
        return Task.FromResult<SettingsResult>(new SettingsResult.Saved(state =>
            // The traits may have become others since it was found that nothing protected changes.
            !privileged && TouchesProtected(state, traits)
                ? new IdentityEdit.Refuse(ApiError.BadRequest("The account was changed meanwhile. Please look at it again and save once more."))
                : new IdentityEdit.Apply(IdentityDraft.From(state) with { Traits = JsonText.Of(traits) })));
    }

    /// <summary>What is said of the whole form stays beside what is said now, as it always did.</summary>
    public void Refill(SettingsSubmission submission)
    {
        var ui = submission.Flow.Ui;
        ui.Update(n => n.Group == NodeGroups.Profile && n.Id != "method", n => n.Reset());
        if (Traits(submission) is JsonObject traits) TraitNodes.Fill(ui, Element(traits), NodeGroups.Profile, addMissing: true);
    }

    private JsonNode Traits(SettingsSubmission submission) => TraitInput.Read(submission.Body, schemas.Current.Find(submission.Identity.SchemaId));

    private bool TouchesProtected(IdentityState state, JsonNode traits)
    {
        if (schemas.Current.Find(state.Identity.SchemaId) is not { } schema) return true;
        var after = schema.Validate(Element(traits));
        // Traits that break the schema change nothing at all.
        if (!after.IsValid) return false;
        var before = schema.Validate(JsonElement.Parse(state.Identity.Traits)).Facts;
        return !Same(before.PasswordIdentifiers, after.Facts.PasswordIdentifiers)
            || !Same(before.WebAuthnIdentifiers, after.Facts.WebAuthnIdentifiers)
            || !Same(before.CodeAddresses, after.Facts.CodeAddresses)
            || !Same(before.VerifiableAddresses, after.Facts.VerifiableAddresses)
            || !Same(before.RecoveryAddresses, after.Facts.RecoveryAddresses);
    }

    private static bool Same<T>(IReadOnlyList<T> a, IReadOnlyList<T> b) => a.SequenceEqual(b);

    private static JsonElement Element(JsonNode node) => JsonElement.Parse(Encoding.UTF8.GetBytes(node.ToJsonString()));
}
