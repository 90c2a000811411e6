using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Registration;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Methods.Oidc.Providers;
using Microsoft.AspNetCore.Http;

namespace Ascent.Methods.Oidc;

/// <summary>
/// Somebody comes from a provider with an address that another account has. The provider's word alone does not open that account:
/// its owner signs in once, in a login flow that carries the new account along (<see cref="PendingLinks"/>).
/// </summary>
internal sealed class OidcConflicts(LoginStart loginStart, FlowStore store, FlowAnswers answers, DuplicateAccount duplicates, PendingLinks pending)
{
    public async Task<IResult> OfferAsync(FlowContext c, Flow flow, UpstreamUser user, IdentityConflict conflict)
    {
        var (login, stopped) = await loginStart.BeginInsteadAsync(c, flow);
        if (login is null) return await answers.FailAsync(c, stopped!, flow.IsApi);
        var hints = await duplicates.HintsAsync(c, conflict);
        login.Active = OidcNodes.Name;
        pending.Put(login, conflict.Owner, user, c.Now);
        Adapt(login, user.Provider, conflict.Value, hints);
        login.Ui.Messages.Add(UiMessages.LoginLinkAccount(conflict.Value, NameOf(user.Provider), FlowKind.Login.UiUrl(c.Config), hints?.CredentialTypes ?? [], hints?.Providers ?? []));
        await store.InsertAsync(c.Nid, login, c.Ct);
        return Answer(c, login);
    }

    /// <summary>The identifier stands, this provider cannot confirm itself, and the buttons say what they come to here.</summary>
    private static void Adapt(Flow login, OidcProvider provider, string identifier, DuplicateHints? hints)
    {
        var ui = login.Ui;
        ui.Nodes.RemoveAll(n => IsNoWay(n, provider, hints));
        ui.Update(n => n is { Id: LoginNodes.Identifier, Group: NodeGroups.Default }, n => TraitNodes.Hide(n).WithValue(identifier));
        ui.Update(n => n.Label?.Id == MessageIds.LoginSubmit, n => n with { Label = UiMessages.Of(MessageIds.LoginAndLink) });
        ui.Update(n => n.Label?.Id == MessageIds.LoginWithProvider, n => n with { Label = UiMessages.LoginConfirmWithProvider((string)n.Label!.Context!["provider"]!) });
        NodeOrder.Login.Sort(ui.Nodes);
    }

    /// <summary>The provider that is to be linked and, where hints may be given, what the owner does not have. What a script or a form needs has no label and stays.</summary>
    private static bool IsNoWay(UiNode node, OidcProvider provider, DuplicateHints? hints)
    {
        if (node.Label is null || node.Group == NodeGroups.Default) return false;
        if (node.Group == NodeGroups.Oidc && (string?)node.Value == provider.Id) return true;
        if (hints is null) return false;
        return !hints.CredentialTypes.Contains(node.Group, StringComparer.Ordinal) || (node.Group == NodeGroups.Oidc && !hints.Providers.Contains((string?)node.Value, StringComparer.Ordinal));
    }

    private IResult Answer(FlowContext c, Flow login)
    {
        if (c.App is not null)
        {
            // The app itself goes on with the login flow; there is no session to fetch.
            var to = ReturnTo.Complete(c.Config, login.ReturnTo, login.RequestUrl, null) is ReturnToResult.Allowed allowed ? allowed.Url : c.Config.SelfService.DefaultBrowserReturnUrl;
            return new RedirectResult(Marked(FlowAnswers.WithQuery(to, "flow", login.Id.ToString())));
        }
        return login.IsApi || c.IsJson ? answers.Again(c, login) : new RedirectResult(Marked(FlowAnswers.PageOf(c, login)));
    }

    /// <summary>Pages for organizations take this as: show the plain form.</summary>
    private static string Marked(string url) => FlowAnswers.WithQuery(url, "no_org_ui", "true");

    /// <summary>The label, or else the kind of provider, as it always was in this one message.</summary>
    private static string NameOf(OidcProvider provider) => !string.IsNullOrEmpty(provider.Label) ? provider.Label : ProviderKinds.NameOf(provider.Provider);
}
