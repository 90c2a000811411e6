using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Settings;
using Ascent.Identities;
using Ascent.Sessions;
using Ascent.Storage;

namespace Ascent.Methods.LookupSecret;

/// <summary>
/// Makes backup codes, shows them, takes them away. New codes are the flow's until they are confirmed, and those of before
/// stay good as long.
/// </summary>
internal sealed class LookupSettings(Cipher cipher, Db db, EventWriter events) : ISettingsMethod
{
    private const string Reveal = "lookup_secret_reveal", Regenerate = "lookup_secret_regenerate", Confirm = "lookup_secret_confirm", Disable = "lookup_secret_disable", Codes = "lookup_secret_codes";
    private const string Purpose = "flow/lookup_secret", Offered = "codes";

    public string Name => CredentialTypes.LookupSecret;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.LookupSecret.Enabled;

    public IReadOnlyList<string> Buttons { get; } = [Confirm, Reveal, Regenerate, Disable];

    /// <summary>The buttons stand for themselves; the method's name alone asks for nothing.</summary>
    public bool Claims(JsonObject body) => Buttons.Any(b => SettingsSubmission.IsSet(body, b));

    public bool EnrolsSecondFactor(SettingsSubmission submission) =>
        LookupCodes.Of(submission.State.Credentials) is null && (submission.Flag(Confirm) || submission.Flag(Regenerate));

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        if (LookupCodes.Of(form.State.Credentials) is null)
        {
            form.Ui.Append(Button(Regenerate, MessageIds.SettingsLookupGenerate));
        }
        else
        {
            form.Ui.Append(Button(Reveal, MessageIds.SettingsLookupReveal));
            form.Ui.Append(Button(Disable, MessageIds.SettingsLookupDisable));
        }
        return Task.CompletedTask;
    }

    public async Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct)
    {
        if (submission.Flag(Confirm)) return Save(submission);
        if (submission.Flag(Reveal)) return await ShowAsync(submission, ct);
        if (submission.Flag(Disable)) return new SettingsResult.Saved(Remove);
        return submission.Flag(Regenerate) ? Offer(submission) : new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.SettingsNoMethod)));
    }

    private SettingsResult.Shown Offer(SettingsSubmission submission)
    {
        var codes = LookupCodes.New();
        submission.Flow.MemoryOf(Name)[Offered] = cipher.Encrypt(Purpose, string.Join(' ', codes), submission.Identity.Id.ToString());
        Show(submission.Flow.Ui, codes.Select(UiMessages.SettingsLookupSecret), Button(Confirm, MessageIds.SettingsLookupConfirm));
        return new SettingsResult.Shown();
    }

    private SettingsResult Save(SettingsSubmission submission)
    {
        if ((string?)submission.Flow.MemoryOf(Name)[Offered] is not { } kept || cipher.Decrypt(Purpose, kept, submission.Identity.Id.ToString()) is not { } text)
            return Refuse("There are no new backup codes to confirm. Generate some first.");
        var codes = text.Split(' ');
        return new SettingsResult.Saved(state => Save(state, codes))
        {
            AddsMethod = new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal2, CompletedAt = submission.Context.Now },
        };
    }

    /// <summary>A confirmation that was sent twice must not make codes new that were used in between.</summary>
    private IdentityEdit.Apply Save(IdentityState state, string[] codes) =>
        LookupCodes.Of(state.Credentials) is { } known && known.All.Select(c => c.Code).SequenceEqual(codes, StringComparer.Ordinal)
            ? new IdentityEdit.Apply(Draft(state))
            : new IdentityEdit.Apply(Draft(state).With(Name, LookupCodes.Config(codes))) { Event = Told("identity.credential_set", state.Identity) };

    private async Task<SettingsResult> ShowAsync(SettingsSubmission submission, CancellationToken ct)
    {
        if (LookupCodes.Of(submission.State.Credentials) is not { } codes) return Refuse("There are no backup codes to show.");
        await db.WriteAsync((tx, token) => events.WriteAsync(tx, submission.Context.Nid, Told("identity.backup_codes_revealed", submission.Identity), token), ct);
        Show(submission.Flow.Ui, codes.All.Select(c => c.UsedAt is { } at ? UiMessages.SettingsLookupUsed(at) : UiMessages.SettingsLookupSecret(c.Code)),
            Button(Disable, MessageIds.SettingsLookupDisable), Button(Regenerate, MessageIds.SettingsLookupGenerate));
        return new SettingsResult.Shown();
    }

    private IdentityEdit.Apply Remove(IdentityState state) => state.Credentials.ContainsKey(Name)
        ? new IdentityEdit.Apply(Draft(state).Without(Name)) { Event = Told("identity.credential_deleted", state.Identity) }
        : new IdentityEdit.Apply(Draft(state));

    private static IdentityDraft Draft(IdentityState state) => IdentityDraft.From(state) with { ReadTraits = false };

    private static void Show(UiContainer ui, IEnumerable<UiText> codes, params ReadOnlySpan<UiNode> buttons)
    {
        ui.RemoveGroups(NodeGroups.LookupSecret);
        ui.Append(UiNode.Text(NodeGroups.LookupSecret, Codes, UiMessages.SettingsLookupCodes([.. codes]), UiMessages.Of(MessageIds.SettingsLookupCodesLabel)));
        foreach (var button in buttons) ui.Append(button);
    }

    private static UiNode Button(string name, int label) => UiNode.Submit(NodeGroups.LookupSecret, name, "true", UiMessages.Of(label));

    private static SettingsResult.Refused Refuse(string why) => new(new FieldText("", UiMessages.Invalid(why)));

    private Event Told(string type, Identity identity) => new(type) { Actor = "self", IdentityId = identity.Id, Data = new JsonObject { ["type"] = Name } };
}
