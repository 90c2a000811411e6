using Ascent.Config;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.OAuth2;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Login;

/// <summary>Begins logins: checks what was asked for, builds the form, keeps it.</summary>
internal sealed class LoginStart(
    FlowContexts contexts, FlowAnswers answers, FlowStore store, LoginMethods methods, IdentityStore identities, SchemaStore schemas, HookRunner hooks, SessionExchange exchange, OAuth2Logins oauth2)
{
    public static ApiError SessionNeeded { get; } = ApiError.Unauthorized("A second factor adds to a session, and there is none. Sign in first.", "session_aal1_required")
        with { Message = "A higher level can be reached only from a session" };

    public async Task<IResult> StartAsync(HttpContext http, bool isApi)
    {
        var c = await contexts.OpenAsync(http);
        if (!isApi) CsrfCookie.Ensure(http, c.Config);
        var (login, unknown) = await oauth2.ReadAsync(c, isApi);
        if (unknown is not null) return await answers.FailAsync(c, unknown, isApi);
        var (asked, refusal) = Read(c, login);
        if (asked is null) return await answers.FailAsync(c, refusal!, isApi);
        if (await AlreadyAsync(c, asked, isApi) is { } there) return there;
        var flow = NewFlow(c, asked, isApi);
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return await answers.FailAsync(c, stopped, isApi);
        var begun = await BeginAsync(await PopulateAsync(c, flow));
        if (begun is LoginResult.Failed failed) return await answers.FailAsync(c, failed.Error, isApi);
        await store.InsertAsync(c.Nid, flow, (begun as LoginResult.NextStep)?.Write, c.Ct);
        var code = isApi && c.QueryFlag("return_session_token_exchange_code") ? await exchange.BeginAsync(c.Nid, flow, c.Ct) : null;
        return answers.Started(c, flow, FlowJson.Extras.None with { ExchangeCode = code });
    }

    /// <summary>A login in the place of another flow that came to one: for the same client and the same way back. It is not kept yet.</summary>
    public async Task<(Flow? Flow, ApiError? Stopped)> BeginInsteadAsync(FlowContext c, Flow other)
    {
        var flow = NewFlow(c, new Asked(other.RequestUrl, SessionAal.Aal1, false, other.ReturnTo, null, null, null), other.IsApi);
        other.CarryTo(flow);
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return (null, stopped);
        if (!flow.IsApi) flow.Ui.SetCsrf(Csrf.Token(c.Http, c.Config));
        await FillAsync(c, flow, LoginStage.FirstFactor, null, null);
        return (flow, null);
    }

    /// <summary>A flow in place of one that expired: the same request, a fresh form, and a word about it.</summary>
    public async Task<Flow> ReplaceAsync(FlowContext c, Flow expired)
    {
        var asked = new Asked(expired.RequestUrl, expired.RequestedAal, expired.IsRefresh && c.Session is not null, expired.ReturnTo, expired.IdentitySchema, expired.Via, expired.OAuth2Login);
        var flow = NewFlow(c, asked, expired.IsApi);
        await PopulateAsync(c, flow);
        flow.Ui.Messages.Clear();
        flow.Ui.Messages.Add(UiMessages.LoginExpired(expired.ExpiresAt, c.Now));
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return flow;
    }

    private sealed record Asked(string RequestUrl, string Aal, bool Refresh, string? ReturnTo, string? Schema, string? Via, OAuth2Login? Login);

    private (Asked? Asked, ApiError? Refusal) Read(FlowContext c, OAuth2Login? login)
    {
        // What an OAuth2 client asks for is part of the request as if the browser had asked for it.
        var set = new List<(string Name, string Value)>();
        if (login is { Request: not null, MaySkip: false }) set.Add(("refresh", "true"));
        if (c.Config.OAuth2Provider.OverrideReturnTo && login?.RequestUrl is { } beginning) set.Add(("return_to", beginning));
        var requestUrl = set.Count > 0 ? RequestUrl.With(c.Http, set) : RequestUrl.Of(c.Http);
        var returnTo = set.Find(s => s.Name == "return_to").Value ?? c.Query("return_to");
        if (returnTo is not null && ReturnTo.Check(c.Config, returnTo) is ReturnToResult.Forbidden forbidden) return (null, forbidden.Error);
        var aal = c.Query("aal") ?? SessionAal.Aal1;
        if (aal is not (SessionAal.Aal1 or SessionAal.Aal2)) return (null, ApiError.BadRequest($"The parameter aal is '{Cut(aal)}'; it must be aal1 or aal2."));
        var schema = c.Query("identity_schema");
        if (schema is not null && Unusable(schema) is { } refused) return (null, refused);
        var refresh = set.Any(s => s.Name == "refresh") || c.QueryFlag("refresh");
        return (new Asked(requestUrl, aal, refresh && c.Session is not null, returnTo, schema, c.Query("via"), login), null);
    }

    /// <summary>Null where the login may begin.</summary>
    private async Task<IResult?> AlreadyAsync(FlowContext c, Asked asked, bool isApi)
    {
        if (c.Session is not { } session) return asked.Aal == SessionAal.Aal1 ? null : await answers.FailAsync(c, SessionNeeded, isApi);
        if (asked.Refresh || !SessionAal.Reaches(session.Aal, asked.Aal)) return null;
        if (asked.Login is { MaySkip: true } login) return await oauth2.SkipAsync(c, login, session, AlreadyThere);
        if (isApi || c.IsJson) return AlreadyThere;
        return new RedirectResult(ReturnTo.Complete(c.Config, asked.ReturnTo, null, null) is ReturnToResult.Allowed to ? to.Url : c.Config.SelfService.DefaultBrowserReturnUrl);
    }

    public static ApiError AlreadyThere { get; } = ApiError.BadRequest("There is a good session already, so there is nothing to sign in for. To prove it again, ask with refresh=true.", "session_already_available") with { Message = "You are signed in already" };

    private static Flow NewFlow(FlowContext c, Asked asked, bool isApi)
    {
        var flow = Flow.New(c, FlowKind.Login, isApi, asked.RequestUrl, asked.ReturnTo);
        if (!isApi) flow.Csrf = Csrf.OwnerOf(c.Http, c.Config);
        (flow.RequestedAal, flow.IsRefresh, flow.IdentitySchema, flow.Via, flow.OAuth2Login) = (asked.Aal, asked.Refresh, asked.Schema, asked.Via, asked.Login);
        return flow;
    }

    private async Task<LoginForm> PopulateAsync(FlowContext c, Flow flow)
    {
        var session = c.Session;
        if (!flow.IsApi) flow.Ui.SetCsrf(Csrf.Token(c.Http, c.Config));
        var stage = (flow.RequestedAal, flow.IsRefresh) switch
        {
            (SessionAal.Aal2, true) => LoginStage.SecondFactorRefresh,
            (SessionAal.Aal2, false) => LoginStage.SecondFactor,
            (_, true) => LoginStage.Refresh,
            _ when c.Config.SelfService.Flows.Login.Style == LoginStyle.IdentifierFirst => LoginStage.Identify,
            _ => LoginStage.FirstFactor,
        };
        var state = stage is LoginStage.FirstFactor or LoginStage.Identify || session is null ? null : await identities.StateAsync(c.Nid, session.IdentityId, c.Ct);
        var form = await FillAsync(c, flow, stage, state, state is null ? null : SignInName(state));
        if (flow.IsRefresh) flow.Ui.Messages.Add(UiMessages.Of(MessageIds.LoginRefresh));
        if (session is not null && !SessionAal.Reaches(session.Aal, flow.RequestedAal)) flow.Ui.Messages.Add(UiMessages.Of(MessageIds.LoginSecondFactor));
        return form;
    }

    /// <summary>Lets the first method that can go on without the form do so; null where all wait.</summary>
    public async Task<LoginResult?> BeginAsync(LoginForm form)
    {
        foreach (var method in methods.For(form.Flow.RequestedAal, form.Config))
            if (await method.BeginAsync(form, form.Context.Ct) is { } begun)
                return begun;
        return null;
    }

    /// <summary>Lets every method add its part and brings the parts into their order; a second step shows them as they come.</summary>
    public async Task<LoginForm> FillAsync(FlowContext c, Flow flow, LoginStage stage, IdentityState? state, string? identifier)
    {
        var form = new LoginForm(c, flow, stage, state, identifier, IdentifierLabel(flow));
        foreach (var method in methods.For(flow.RequestedAal, c.Config)) await method.PopulateAsync(form, c.Ct);
        if (stage != LoginStage.Credentials) NodeOrder.Login.Sort(flow.Ui.Nodes);
        return form;
    }

    /// <summary>The title of the one trait that people sign in with; a general word where there are several or none.</summary>
    private UiText IdentifierLabel(Flow flow)
    {
        var registry = schemas.Current;
        var schema = flow.IdentitySchema is { } id ? registry.Find(id) : registry.Default;
        return schema?.IdentifierField is { Title: { Length: > 0 } title } field ? UiMessages.NodeTrait(title, field.Name) : UiMessages.Of(MessageIds.NodeIdentifier);
    }

    private ApiError? Unusable(string id) => schemas.Current.Find(id) switch
    {
        null => ApiError.BadRequest($"The identity schema '{Cut(id)}' does not exist."),
        { Selectable: false } => ApiError.BadRequest($"The identity schema '{Cut(id)}' may not be chosen by people."),
        _ => null,
    };

    /// <summary>What the identity types to sign in: an identifier of its password, or of another first factor.</summary>
    private static string? SignInName(IdentityState state) =>
        ((string[])[CredentialTypes.Password, CredentialTypes.WebAuthn, CredentialTypes.Code])
        .Select(type => state.Credentials.TryGetValue(type, out var credential) && credential.Identifiers.Count > 0 ? credential.Identifiers[0] : null)
        .FirstOrDefault(identifier => identifier is not null);

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
