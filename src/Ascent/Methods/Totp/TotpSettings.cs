using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Settings;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.Totp;

/// <summary>
/// Links an authenticator app, when it shows a code of the secret that the form offered, or unlinks it. The secret is the
/// flow's until then; the code that proved it counts as used.
/// </summary>
internal sealed class TotpSettings(Cipher cipher, SchemaStore schemas) : ISettingsMethod
{
    private const string Purpose = "flow/totp", Offered = "secret";

    public string Name => CredentialTypes.Totp;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Totp.Enabled;

    public IReadOnlyList<string> Buttons { get; } = [TotpNodes.Unlink];

    public bool Claims(JsonObject body) => body.Text("method") == Name || SettingsSubmission.IsSet(body, TotpNodes.Unlink);

    public bool EnrolsSecondFactor(SettingsSubmission submission) => submission.Credential(Name) is null;

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        if (form.Credential(Name) is not null)
        {
            form.Ui.Append(UiNode.Input(NodeGroups.Totp, TotpNodes.Unlink, InputTypes.Submit, "true", UiMessages.Of(MessageIds.SettingsTotpUnlink), required: true));
            return Task.CompletedTask;
        }
        var key = TotpKey.New();
        form.Flow.MemoryOf(Name)[Offered] = cipher.Encrypt(Purpose, key.Text, form.Identity.Id.ToString());
        form.Ui.Append(UiNode.Image(NodeGroups.Totp, TotpNodes.Qr, QrPng.DataUrl(Url(key, form.Config, form.Identity)), QrPng.Size, QrPng.Size, UiMessages.Of(MessageIds.SettingsTotpQr)));
        form.Ui.Append(UiNode.Text(NodeGroups.Totp, TotpNodes.SecretKey, UiMessages.SettingsTotpSecret(key.Text), UiMessages.Of(MessageIds.SettingsTotpSecretLabel)));
        form.Ui.Append(UiNode.Input(NodeGroups.Totp, TotpNodes.Code, InputTypes.Text, label: UiMessages.Of(MessageIds.NodeVerifyTotp), required: true));
        form.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.NodeSave)));
        return Task.CompletedTask;
    }

    public Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct) => Task.FromResult(
        submission.Credential(Name) is null ? Link(submission)
        : submission.Flag(TotpNodes.Unlink) ? new SettingsResult.Saved(Unlink)
        : new SettingsResult.NothingToDo());

    private SettingsResult Link(SettingsSubmission submission)
    {
        var (c, identity) = (submission.Context, submission.Identity);
        if (submission.Text(TotpNodes.Code) is not { } code) return Refuse(UiMessages.Required(TotpNodes.Code));
        if (Read(submission) is not { } key)
            return new SettingsResult.Refused(new FieldText("", UiMessages.Invalid("This form offers no secret for an authenticator app. Please open the settings anew.")));
        if (key.Match(code, c.Now) is not { } step) return Refuse(UiMessages.Of(MessageIds.TotpInvalid));
        var url = Url(key, c.Config, identity);
        return new SettingsResult.Saved(state => Link(state, url))
        {
            AddsMethod = new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal2, CompletedAt = c.Now },
            Also = (tx, linked, token) => TotpSteps.UseAsync(tx, c.Nid, linked.Id, step, token),
        };
    }

    private IdentityEdit Link(IdentityState state, string url) => state.Credentials.ContainsKey(Name)
        ? new IdentityEdit.Refuse(ApiError.BadRequest("Another authenticator app was linked meanwhile. Unlink it first, or use it."))
        : new IdentityEdit.Apply((IdentityDraft.From(state) with { ReadTraits = false }).With(Name, new JsonObject { ["totp_url"] = url }.ToJsonString())) { Event = Told("identity.credential_set", state) };

    private IdentityEdit.Apply Unlink(IdentityState state) => new((IdentityDraft.From(state) with { ReadTraits = false }).Without(Name)) { Event = Told("identity.credential_deleted", state) };

    private TotpKey? Read(SettingsSubmission submission) =>
        (string?)submission.Flow.MemoryOf(Name)[Offered] is { } kept && cipher.Decrypt(Purpose, kept, submission.Identity.Id.ToString()) is { } text ? TotpKey.FromText(text) : null;

    private string Url(TotpKey key, AscentConfig config, Identity identity) => key.Url(TotpLabel.Issuer(config), TotpLabel.Account(identity, schemas.Current.Find(identity.SchemaId)));

    private Event Told(string type, IdentityState state) => new(type) { Actor = "self", IdentityId = state.Identity.Id, Data = new JsonObject { ["type"] = Name } };

    private static SettingsResult.Refused Refuse(UiText text) => new(new FieldText("#/" + TotpNodes.Code, text));
}
