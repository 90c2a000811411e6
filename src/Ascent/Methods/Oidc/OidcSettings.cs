using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Events;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Settings;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Methods.Oidc.Providers;

namespace Ascent.Methods.Oidc;

/// <summary>Linking accounts at providers to one's own, and unlinking them as long as another way to sign in is left.</summary>
internal sealed class OidcSettings(OidcStart start) : ISettingsMethod
{
    public string Name => OidcNodes.Name;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Oidc.Enabled;

    public bool Claims(JsonObject body) => body.Text(OidcNodes.Link) is not null || body.Text(OidcNodes.Unlink) is not null;

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        var mayUnlink = AvailableAal.FirstFactors(form.State.Credentials.Values, form.Config) > 1;
        foreach (var provider in OidcNodes.Offered(form.Config))
        {
            var label = OidcNodes.LabelOf(provider);
            if (!ProviderLinks.Has(form.State, provider.Id)) form.Ui.Append(UiNode.Submit(NodeGroups.Oidc, OidcNodes.Link, provider.Id, UiMessages.SettingsLink(label)));
            else if (mayUnlink) form.Ui.Append(UiNode.Submit(NodeGroups.Oidc, OidcNodes.Unlink, provider.Id, UiMessages.SettingsUnlink(label)));
        }
        return Task.CompletedTask;
    }

    public async Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct)
    {
        switch (submission.Text(OidcNodes.Link), submission.Text(OidcNodes.Unlink))
        {
            case (not null, not null): return Refuse("An account can be linked or unlinked, but not both at once.");
            case ({ } link, null): return await LinkAsync(submission, link);
            case (null, { } unlink): return Unlink(submission, unlink);
            default: return new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.SettingsNoMethod)));
        }
    }

    /// <summary>The browser is back from the provider.</summary>
    public static SettingsResult Linked(SettingsSubmission submission, UpstreamResult upstream)
    {
        switch (upstream)
        {
            case UpstreamResult.Refused refused: return Refuse(refused.Reason);
            case UpstreamResult.Broken broken: return new SettingsResult.Failed(broken.Error);
        }
        var user = ((UpstreamResult.Known)upstream).User;
        return new SettingsResult.Saved(state => ProviderLinks.Has(state, user.Provider.Id) ? new IdentityEdit.Refuse(ApiError.BadRequest(NotToLink)) : PendingLinks.Add(state, ProviderLinks.Item(user)))
        {
            AddsMethod = user.Linked(submission.Context.Now),
        };
    }

    private const string NotToLink = "This account cannot be linked: there is no such provider, or one of its accounts is linked already.";

    private async Task<SettingsResult> LinkAsync(SettingsSubmission submission, string id)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (flow.IsApi) return new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.SettingsNoMethod)));
        if (OidcNodes.Find(c.Config, id) is not { } provider || ProviderLinks.Has(submission.State, id)) return Refuse(NotToLink);
        var keeps = new JsonObject { ["method"] = Name, [OidcNodes.Link] = id };
        var departure = await start.BeginAsync(c, flow, provider, submission.Body["upstream_parameters"], keeps);
        if (departure.Url is not { } url) return new SettingsResult.Failed(departure.Error!);
        flow.Active = Name;
        return new SettingsResult.Elsewhere(url);
    }

    private static SettingsResult Unlink(SettingsSubmission submission, string id)
    {
        if (submission.Credential(CredentialTypes.Oidc) is null) return new SettingsResult.Failed(ApiError.NotFound("No account at a provider is linked to this one."));
        return new SettingsResult.Saved(state => Unlink(state, submission.Config, id));
    }

    /// <summary>On whatever the identity is by then: of two that would each leave the other as the last, one is refused.</summary>
    private static IdentityEdit Unlink(IdentityState state, AscentConfig config, string id)
    {
        if (AvailableAal.FirstFactors(state.Credentials.Values, config) < 2)
            return new IdentityEdit.Refuse(ApiError.BadRequest("This account cannot be unlinked: it is the only way to sign in that is left."));
        if (!ProviderLinks.Has(state, id) || state.Credentials.GetValueOrDefault(CredentialTypes.Oidc) is not { } known)
            return new IdentityEdit.Refuse(ApiError.BadRequest("This account cannot be unlinked: it is not linked."));
        return new IdentityEdit.Apply((IdentityDraft.From(state) with { ReadTraits = false }).With(CredentialTypes.Oidc, ProviderLinks.Remove(known, id)))
        {
            Event = new Event("identity.credential_deleted") { Actor = "self", IdentityId = state.Identity.Id, Data = new JsonObject { ["type"] = CredentialTypes.Oidc, ["provider"] = id } },
        };
    }

    private static SettingsResult.Refused Refuse(string reason) => new(new FieldText("", UiMessages.Invalid(reason)));
}
