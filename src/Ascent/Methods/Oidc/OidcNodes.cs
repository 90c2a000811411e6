using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;

namespace Ascent.Methods.Oidc;

/// <summary>Names and buttons of social sign-in.</summary>
internal static class OidcNodes
{
    /// <summary>As in <c>method=…</c>, in the session's methods, and the credential's type.</summary>
    public const string Name = NodeGroups.Oidc;

    public const string Provider = "provider";
    public const string Link = "link";
    public const string Unlink = "unlink";

    /// <summary>Those that anybody may use; an organization's own are not offered to all.</summary>
    public static IEnumerable<OidcProvider> Offered(AscentConfig config) => config.SelfService.Methods.Oidc.Config.Providers.Where(p => p.OrganizationId is null);

    public static OidcProvider? Find(AscentConfig config, string id) => Offered(config).FirstOrDefault(p => p.Id == id);

    /// <summary>For a flow; a trial has its own provider, one of an organization's too, and no other.</summary>
    public static OidcProvider? Find(AscentConfig config, string id, Flow flow) => LoginTrial.Of(flow) is not { } trial ? Find(config, id)
        : trial.Provider == id ? FindAny(config, id) : null;

    public static OidcProvider? FindAny(AscentConfig config, string id) => config.SelfService.Methods.Oidc.Config.Providers.FirstOrDefault(p => p.Id == id);

    public static string LabelOf(OidcProvider provider) => string.IsNullOrEmpty(provider.Label) ? provider.Id : provider.Label;

    public static UiNode Button(OidcProvider provider, Func<string, string, UiText> text) => UiNode.Submit(NodeGroups.Oidc, Provider, provider.Id, text(LabelOf(provider), provider.Id));

    public static Http.ApiError Unknown(string id) =>
        Http.ApiError.NotFound($"There is no provider '{(id.Length <= 40 ? id : id[..40] + "…")}' to sign in with.");
}
