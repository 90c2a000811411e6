using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Methods.Oidc.Providers;
using Ascent.Schemas;
using Microsoft.AspNetCore.Http;

namespace Ascent.Methods.Oidc;

/// <summary>
/// The trial of a provider: an administrator begins a login flow of its one button, somebody goes there and back, and the flow then shows what
/// the provider said, what the mapper made of it, and what the identity schema thinks of that. Tokens are not shown.
/// </summary>
internal sealed class OidcTrials(FlowContexts contexts, FlowStore store, FlowAnswers answers, OidcMapper mapper, SchemaStore schemas)
{
    private const int LongestProvider = 255;

    public async Task<IResult> BeginAsync(HttpContext http)
    {
        var body = ObjectReader.Of(await JsonBody.ReadAsync(http));
        var id = body.RequiredString("provider_id");
        body.Done();
        if (id.Length is 0 or > LongestProvider) throw body.Invalid("provider_id", $"a provider's id, at most {LongestProvider} characters");
        var c = await contexts.OpenAsync(http);
        if (!c.Config.SelfService.Methods.Oidc.Enabled || OidcNodes.FindAny(c.Config, id) is not { } provider) return OidcNodes.Unknown(id);
        var flow = Flow.New(c, FlowKind.Login, isApi: false, RequestUrl.Of(http), returnTo: null);
        // As if it were a confirmation: whoever is signed in goes to the provider all the same.
        flow.IsRefresh = true;
        var trial = new LoginTrial(provider.Id, Tokens.New(), null);
        trial.KeepIn(flow);
        flow.Ui.SetCsrf(trial.Token);
        flow.Ui.Append(OidcNodes.Button(provider, UiMessages.LoginWithProvider));
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return answers.Shown(flow, status: StatusCodes.Status201Created);
    }

    /// <summary>The browser is back. From now on the flow is this browser's: it may show what a person's account says.</summary>
    public async Task<IResult> EndAsync(FlowContext c, Flow flow, LoginTrial trial, OidcProvider provider, UpstreamResult upstream)
    {
        if (trial.Seen is not null) return await answers.FailAsync(c, ApiError.Conflict("This trial has been made already. Begin another one."));
        (trial with { Seen = await SeeAsync(c, provider, upstream) }).KeepIn(flow);
        flow.State = FlowState.PassedChallenge;
        flow.Csrf = Csrf.OwnerOf(c.Http, c.Config);
        await store.SaveAsync(c.Nid, flow, c.Ct);
        return new RedirectResult(FlowAnswers.ReadUrl(c, flow));
    }

    public async Task<IResult> DeleteAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        if (c.QueryId("id") is not { } id) return ApiError.BadRequest("The parameter id must be the flow's UUID.");
        if (await store.FindAsync(c.Nid, FlowKind.Login, id, c.Ct) is not { } flow || LoginTrial.Of(flow) is not { } trial) return ApiError.NotFound();
        if (trial.Seen is not null && !Csrf.OwnedBy(http, c.Config, flow.Csrf)) return ApiError.Forbidden("Only the browser that made the trial may delete what it saw.");
        return await store.DeleteAsync(c.Nid, FlowKind.Login, id, c.Ct) ? TypedResults.NoContent() : ApiError.NotFound();
    }

    private async Task<JsonObject> SeeAsync(FlowContext c, OidcProvider provider, UpstreamResult upstream)
    {
        var seen = new JsonObject { ["jsonnet_mapper_url"] = provider.MapperUrl };
        switch (upstream)
        {
            case UpstreamResult.Refused refused: return Failed(seen, "provider", "refused", refused.Reason);
            case UpstreamResult.Broken broken: return Failed(seen, "provider", broken.Error.Id ?? "upstream_error", broken.Error.Reason ?? broken.Error.Message);
        }
        var user = ((UpstreamResult.Known)upstream).User;
        seen["id_token_claims"] = user.Claims.DeepClone();
        seen["jsonnet_input"] = user.Claims.DeepClone();
        switch (await mapper.MapAsync(user, null, c.Ct))
        {
            case MapResult.Failed failed: return Failed(seen, "jsonnet_run", "evaluation_failed", failed.Why);
            case MapResult.Mapped { Identity: var mapped }:
                seen["jsonnet_output"] = new JsonObject
                {
                    ["identity"] = new JsonObject
                    {
                        ["traits"] = mapped.Traits.DeepClone(), ["metadata_public"] = Node(mapped.MetadataPublic), ["metadata_admin"] = Node(mapped.MetadataAdmin),
                        ["verified_addresses"] = new JsonArray([.. mapped.Addresses.Select(a => (JsonNode)new JsonObject { ["via"] = a.Via, ["value"] = a.Value })]),
                    },
                };
                return Checked(seen, mapped.Traits);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private JsonObject Checked(JsonObject seen, JsonObject traits)
    {
        var result = schemas.Current.Default.Validate(JsonElement.Parse(traits.ToJsonString(), new JsonDocumentOptions { MaxDepth = 256 }));
        if (result.IsValid) return seen;
        seen["schema_validation_errors"] = new JsonArray([.. result.Errors.SelectMany(e => e.Leaves)
            .Select(e => (JsonNode)new JsonObject { ["path"] = e.InstancePointer.TrimStart('#'), ["message"] = e.Fault.Sentence })]);
        return Failed(seen, "schema_validate", "traits_invalid", result.Reason);
    }

    private static JsonObject Failed(JsonObject seen, string step, string reason, string message)
    {
        seen["error"] = new JsonObject { ["step"] = step, ["reason"] = reason, ["message"] = message };
        return seen;
    }

    private static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json, null, new JsonDocumentOptions { MaxDepth = 256 });
}
