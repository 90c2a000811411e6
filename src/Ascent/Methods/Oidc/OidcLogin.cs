using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Methods.Oidc.Providers;
using Ascent.Sessions;

namespace Ascent.Methods.Oidc;

/// <summary>Signing in by an account at a provider: the buttons, and the way there. What comes of coming back is for <see cref="OidcSignIn"/>.</summary>
/// <param name="signIn">Signs in by flows, which ask all methods, of which this is one: made later than this.</param>
internal sealed class OidcLogin(OidcStart start, ProviderClient client, PendingLinks pending, Lazy<OidcSignIn> signIn) : ILoginMethod
{
    public string Name => OidcNodes.Name;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Oidc.Enabled;

    public bool TakesTrials => true;

    public bool ServesAal(string aal, AscentConfig config) => aal == SessionAal.Aal1;

    public bool Claims(JsonObject body) => body.Text(OidcNodes.Provider) is not null;

    public LoginCargo? CargoOf(Flow flow) => pending.Find(flow);

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        switch (form.Stage)
        {
            case LoginStage.FirstFactor or LoginStage.Identify:
                Offer(form, OidcNodes.Offered(form.Config));
                break;
            case LoginStage.Credentials when form.Identity is { } state:
                // The first form has all of them; the second those that lead to this identity.
                form.Flow.Ui.Nodes.RemoveAll(n => n.Group == NodeGroups.Oidc);
                Offer(form, ProviderLinks.Linked(state, form.Config));
                break;
            case LoginStage.Refresh when form.Identity is { } state:
                Offer(form, ProviderLinks.Linked(state, form.Config));
                break;
        }
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (submission.Text(OidcNodes.Provider) is not { } id) return new LoginResult.Refused(new FieldText("", UiMessages.Of(MessageIds.LoginNoMethod)));
        if (OidcNodes.Find(c.Config, id, flow) is not { } provider) return new LoginResult.Failed(OidcNodes.Unknown(id));
        if (submission.Body[OidcSignIn.Traits] is { } sent and not JsonObject) return new LoginResult.Refused(OidcSignIn.NoTraits(sent));
        var body = OidcSignIn.Kept(submission.Body);
        if (LoginTrial.Of(flow) is null && submission.Text("id_token") is { } token)
            return await signIn.Value.LoginAsync(submission with { Body = body }, await client.AcceptAsync(provider, token, submission.Text("id_token_nonce"), ct), flow.IssuedAt);
        var departure = await start.BeginAsync(c, flow, provider, submission.Body["upstream_parameters"], body);
        if (departure.Url is not { } url) return new LoginResult.Failed(departure.Error!);
        flow.Active = Name;
        return new LoginResult.Elsewhere(url);
    }

    private static void Offer(LoginForm form, IEnumerable<OidcProvider> providers)
    {
        form.EnsureCsrf();
        foreach (var provider in providers) form.Flow.Ui.Append(OidcNodes.Button(provider, UiMessages.LoginWithProvider));
    }
}
