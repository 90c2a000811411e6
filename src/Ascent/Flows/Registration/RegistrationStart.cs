using System.Text.Json.Nodes;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.OAuth2;
using Ascent.Http;
using Ascent.Schemas;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Registration;

/// <summary>Begins registrations: checks what was asked for, builds the form, keeps it.</summary>
internal sealed class RegistrationStart(FlowContexts contexts, FlowAnswers answers, FlowStore store, RegistrationForms forms, SchemaStore schemas, HookRunner hooks, SessionExchange exchange,
    OAuth2Logins oauth2)
{
    public static ApiError Disabled { get; } = ApiError.BadRequest("Nobody can sign up here: selfservice.flows.registration.enabled is false.", "self_service_flow_disabled");

    public static ApiError AlreadyThere { get; } = ApiError.BadRequest("There is a good session already, so there is nobody to sign up. Sign out first.", "session_already_available")
        with { Message = "You are signed in already" };

    public async Task<IResult> StartAsync(HttpContext http, bool isApi)
    {
        var c = await contexts.OpenAsync(http);
        if (!isApi) CsrfCookie.Ensure(http, c.Config);
        var (schema, refusal) = Read(c);
        if (schema is null) return await answers.FailAsync(c, refusal!, isApi);
        var (login, unknown) = await oauth2.ReadAsync(c, isApi);
        if (unknown is not null) return await answers.FailAsync(c, unknown, isApi);
        if (c.Session is { } session) return await AlreadyAsync(c, session, login, isApi);
        var flow = NewFlow(c, isApi, RequestUrl.Of(http), c.Query("return_to"), c.Query("identity_schema"), login);
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return await answers.FailAsync(c, stopped, isApi);
        await BuildAsync(c, flow, schema);
        await store.InsertAsync(c.Nid, flow, c.Ct);
        var code = isApi && c.QueryFlag("return_session_token_exchange_code") ? await exchange.BeginAsync(c.Nid, flow, c.Ct) : null;
        return answers.Started(c, flow, FlowJson.Extras.None with { ExchangeCode = code });
    }

    /// <summary>A registration in the place of another flow that came to one: for the same client and the same way back.</summary>
    public async Task<(RegistrationSubmission? Submission, ApiError? Stopped)> BeginInsteadAsync(FlowContext c, Flow other, JsonObject body)
    {
        if (!c.Config.SelfService.Flows.Registration.Enabled) return (null, Disabled);
        var flow = NewFlow(c, other.IsApi, other.RequestUrl, other.ReturnTo, null, null);
        other.CarryTo(flow);
        if (forms.SchemaOf(flow) is not { } schema) return (null, ApiError.BadRequest("The identity schema of this registration does not exist any more. Begin a new one."));
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return (null, stopped);
        await BuildAsync(c, flow, schema);
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return (new RegistrationSubmission(c, flow, body, schema), null);
    }

    /// <summary>A flow in place of one that expired: the same request, a fresh form, and a word about it.</summary>
    public async Task<Flow> ReplaceAsync(FlowContext c, Flow expired, IdentitySchema schema)
    {
        var flow = NewFlow(c, expired.IsApi, expired.RequestUrl, expired.ReturnTo, expired.IdentitySchema, expired.OAuth2Login);
        await BuildAsync(c, flow, schema);
        flow.Ui.Messages.Add(UiMessages.RegistrationExpired(expired.ExpiresAt, c.Now));
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return flow;
    }

    private Task BuildAsync(FlowContext c, Flow flow, IdentitySchema schema) =>
        forms.BuildAsync(c, flow, schema, c.Config.SelfService.Flows.Registration.OneStep ? RegistrationStage.OneStep : RegistrationStage.Profile, []);

    private (IdentitySchema? Schema, ApiError? Refusal) Read(FlowContext c)
    {
        if (!c.Config.SelfService.Flows.Registration.Enabled) return (null, Disabled);
        if (c.Query("return_to") is { } returnTo && ReturnTo.Check(c.Config, returnTo) is ReturnToResult.Forbidden forbidden) return (null, forbidden.Error);
        if (c.Query("identity_schema") is not { } id) return (schemas.Current.Default, null);
        return schemas.Current.Find(id) switch
        {
            null => (null, ApiError.BadRequest($"The identity schema '{Cut(id)}' does not exist.")),
            { Selectable: false } => (null, ApiError.BadRequest($"The identity schema '{Cut(id)}' may not be chosen by people.")),
            var schema => (schema, null),
        };
    }

    private async Task<IResult> AlreadyAsync(FlowContext c, Session session, OAuth2Login? login, bool isApi)
    {
        // There is somebody already: the client wants them to sign in, or takes them as they are.
        if (login is { Request: not null }) return login.MaySkip
            ? await oauth2.SkipAsync(c, login, session, AlreadyThere)
            : new RedirectResult(OAuth2Logins.LoginUrl(c, RequestUrl.QueryWith(c.Http)), StatusCodes.Status302Found);
        if (isApi || c.IsJson) return AlreadyThere;
        return new RedirectResult(ReturnTo.Complete(c.Config, c.Query("return_to"), null, null) is ReturnToResult.Allowed to ? to.Url : c.Config.SelfService.DefaultBrowserReturnUrl);
    }

    private static Flow NewFlow(FlowContext c, bool isApi, string requestUrl, string? returnTo, string? schema, OAuth2Login? login)
    {
        var flow = Flow.New(c, FlowKind.Registration, isApi, requestUrl, returnTo);
        if (!isApi) flow.Csrf = Csrf.OwnerOf(c.Http, c.Config);
        (flow.IdentitySchema, flow.OAuth2Login) = (schema, login);
        return flow;
    }

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
