using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Registration;
using Ascent.Identities;
using Ascent.Methods.Oidc.Providers;

namespace Ascent.Methods.Oidc;

/// <summary>Signing up by an account at a provider. Traits that the form sends along win over what the provider says.</summary>
/// <param name="signIn">Signs up by flows, which ask all methods, of which this is one: made later than this.</param>
internal sealed class OidcRegistration(OidcStart start, ProviderClient client, Lazy<OidcSignIn> signIn) : IRegistrationMethod
{
    public string Name => OidcNodes.Name;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Oidc.Enabled;

    public bool Claims(JsonObject body, AscentConfig config) => body.Text(OidcNodes.Provider) is not null && body.Text("method") is null or OidcNodes.Name;

    public Task PopulateAsync(RegistrationForm form, CancellationToken ct)
    {
        form.EnsureCsrf();
        foreach (var provider in OidcNodes.Offered(form.Config)) form.Ui.Append(OidcNodes.Button(provider, UiMessages.RegistrationWithProvider));
        return Task.CompletedTask;
    }

    public async Task<RegistrationResult> SubmitAsync(RegistrationSubmission submission, CancellationToken ct)
    {
        var c = submission.Context;
        if (submission.Text(OidcNodes.Provider) is not { } id) return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.RegistrationNoMethod)));
        if (OidcNodes.Find(c.Config, id) is not { } provider) return new RegistrationResult.Failed(OidcNodes.Unknown(id));
        if (submission.Body[OidcSignIn.Traits] is { } sent and not JsonObject) return new RegistrationResult.Refused(OidcSignIn.NoTraits(sent));
        var body = OidcSignIn.Kept(submission.Body);
        if (submission.Text("id_token") is { } token)
            return await signIn.Value.RegisterAsync(submission with { Body = body }, provider, await client.AcceptAsync(provider, token, submission.Text("id_token_nonce"), ct));
        var departure = await start.BeginAsync(c, submission.Flow, provider, submission.Body["upstream_parameters"], body);
        return departure.Url is { } url ? new RegistrationResult.Elsewhere(url) : new RegistrationResult.Failed(departure.Error!);
    }

    public LoginHint? HintFor(IdentityState state, AscentConfig config) =>
        ProviderLinks.Of(state.Credentials.GetValueOrDefault(CredentialTypes.Oidc)) is { Count: > 0 } links ? new LoginHint(CredentialTypes.Oidc, [.. links.Select(l => l.Provider)]) : null;

    /// <summary>
    /// The form of somebody who was at the provider and has to say more: nothing but the way on and, where the provider has said
    /// something, the fields with it.
    /// </summary>
    public static void Ask(RegistrationSubmission submission, OidcProvider provider, JsonObject? traits)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        flow.Ui.Nodes.Clear();
        flow.Ui.SetCsrf(flow.IsApi ? "" : Ascent.Flows.Csrf.Token(c.Http, c.Config));
        flow.Ui.Append(UiNode.Submit(NodeGroups.Oidc, OidcNodes.Provider, provider.Id, UiMessages.Of(MessageIds.RegistrationContinue)));
        if (traits is null) return;
        var group = c.Config.FeatureFlags.LegacyOidcRegistrationNodeGroup ? NodeGroups.Oidc : NodeGroups.Default;
        flow.Ui.Nodes.AddRange(TraitNodes.Of(submission.Schema.Fields, group));
        TraitNodes.Fill(flow.Ui, RegistrationTraits.Element(traits), group, addMissing: true);
    }
}
