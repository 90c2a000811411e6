using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Ascent.Http;
using Ascent.Methods.Oidc.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Ascent.Methods.Oidc;

/// <summary>
/// The browser comes back from a provider. First it is made sure that it is the browser that was sent there, from a flow of ours,
/// for the first time; then the flow goes on with what the provider says, through all its phases.
/// </summary>
internal sealed partial class OidcCallback(
    FlowContexts contexts, FlowStore flows, FlowAnswers answers, OidcAttempts attempts, ProviderClient client, SessionExchange exchange,
    LoginSubmit logins, RegistrationSubmit registrations, RegistrationForms forms, SettingsSubmit settings,
    OidcSignIn signIn, OidcLogin login, OidcRegistration registration, OidcSettings links, OidcTrials trials, ILogger<OidcCallback> log)
{
    private const int MostSaid = 200, MostUser = 2000;

    /// <param name="providerId">Null at the address that all providers share.</param>
    public async Task<IResult> HandleAsync(HttpContext http, string? providerId)
    {
        var c = await contexts.OpenAsync(http);
        // Switched off, there is no such address, except for who was sent away before.
        if (!login.IsEnabled(c.Config) && (c.Query("state") is not { } sealedState || attempts.Open(sealedState) is null)) return ApiError.NotFound();
        if (c.Query("state") is not { } text) return await FailAsync(c, "The provider sent the browser back without the state it was given.");
        if (attempts.Open(text) is not { } state) return await FailAsync(c, "The provider sent the browser back with a state that is not ours.");
        if (providerId is not null && providerId != state.Provider) return await FailAsync(c, "The browser came back from another provider than it was sent to.");
        if (!login.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled);
        if (await flows.FindAsync(c.Nid, state.Kind, state.Flow, c.Ct) is not { } flow) return await answers.FailAsync(c, ApiError.NotFound("What the browser was sent away from is over. Please begin anew."));
        if (OidcNodes.Find(c.Config, state.Provider, flow) is not { } provider) return await answers.FailAsync(c, OidcNodes.Unknown(state.Provider));
        if (state.IsApi) c = c with { Presented = default };
        else if (c.Session is not null && flow.Kind != FlowKind.Settings && !flow.IsRefresh)
            return c.IsJson ? LoginStart.AlreadyThere : new RedirectResult(c.Config.SelfService.DefaultBrowserReturnUrl);
        if (await attempts.TakeAsync(c, state) is not { } attempt) return await FailAsync(c, "The browser was not sent to the provider from here, or is back already, or was away too long. Please begin anew.");
        if (state.IsApi)
        {
            if (await exchange.ReturnAsync(c.Nid, flow.Id, c.Ct) is not { } app) return await FailAsync(c, "The app began this without return_session_token_exchange_code, so the session could not get to it.");
            c = c with { App = app };
        }
        return await GoOnAsync(c, flow, provider, attempt);
    }

    /// <summary>
    /// Some providers answer by a form, and a form from elsewhere comes without our cookies: the browser is sent on to the same
    /// address by a link, with which they come.
    /// </summary>
    public static async Task<IResult> HandleFormAsync(HttpContext http, ConfigStore config)
    {
        if (!http.Request.HasFormContentType || http.Request.ContentLength > 64 * 1024) return ApiError.BadRequest("The provider's answer must be a form.");
        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return ApiError.BadRequest("The provider's answer is a form that cannot be read.");
        }
        var query = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in (ReadOnlySpan<string>)["state", "code", "error", "error_description", "user"])
            if (form[name] is [{ Length: > 0 and <= MostUser } value, ..])
                query[name] = value;
        return new RedirectResult(QueryHelpers.AddQueryString(config.Current.Serve.Public.BaseUrl.TrimEnd('/') + http.Request.Path.ToUriComponent(), query), StatusCodes.Status302Found);
    }

    private async Task<IResult> GoOnAsync(FlowContext c, Flow flow, OidcProvider provider, OidcAttempt attempt)
    {
        switch (flow.Kind)
        {
            case FlowKind.Login when LoginTrial.Of(flow) is { } trial:
                return await trials.EndAsync(c, flow, trial, provider, await AskAsync(c, provider, attempt));
            case FlowKind.Login:
                var submission = new LoginSubmission(c, flow, attempt.Body);
                return await logins.ReturnAsync(submission, login, async () => await signIn.LoginAsync(submission, await AskAsync(c, provider, attempt), attempt.At));
            case FlowKind.Registration:
                if (forms.SchemaOf(flow) is not { } schema) return await FailAsync(c, "The identity schema of this registration does not exist any more. Begin a new one.");
                var registered = new RegistrationSubmission(c, flow, attempt.Body, schema);
                return await registrations.ReturnAsync(registered, registration, async () => await signIn.RegisterAsync(registered, provider, await AskAsync(c, provider, attempt)));
            case FlowKind.Settings:
                return await settings.ReturnAsync(c, flow, attempt.Body, links, async s => OidcSettings.Linked(s, await AskAsync(c, provider, attempt)));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<UpstreamResult> AskAsync(FlowContext c, OidcProvider provider, OidcAttempt attempt)
    {
        if (c.Query("error") is { } error)
            return new UpstreamResult.Refused($"The provider said no: {Shown(error)}{(c.Query("error_description") is { } more ? $" ({Shown(more)})" : "")}.");
        if (c.Query("code") is not { } code) return new UpstreamResult.Refused("The provider sent the browser back without a code.");
        var result = await client.RedeemAsync(provider, new Redemption(code, attempt.RedirectUri, attempt.Verifier, attempt.Nonce, Said(c)), c.Ct);
        if (result is UpstreamResult.Refused refused) NotAccepted(provider.Id, refused.Reason);
        if (result is UpstreamResult.Broken broken) NotAccepted(provider.Id, broken.Error.Reason ?? broken.Error.Message);
        return result;
    }

    /// <summary>The person's name, which Apple tells once, beside the token.</summary>
    private static JsonObject? Said(FlowContext c)
    {
        if (c.Query("user") is not { Length: <= MostUser } text) return null;
        try
        {
            return JsonNode.Parse(text, null, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shown(string text) => string.Concat((text.Length <= MostSaid ? text : text[..MostSaid] + "…").Select(ch => char.IsControl(ch) ? ' ' : ch));

    private Task<IResult> FailAsync(FlowContext c, string reason) => answers.FailAsync(c, ApiError.BadRequest(reason));

    [LoggerMessage(1, LogLevel.Warning, "A sign-in by provider {Provider} was not accepted: {Why}")]
    private partial void NotAccepted(string provider, string why);
}
