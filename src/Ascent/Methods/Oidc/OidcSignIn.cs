using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Registration;
using Ascent.Identities;
using Ascent.Methods.Oidc.Providers;
using Ascent.Schemas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Methods.Oidc;

/// <summary>
/// What becomes of somebody whom a provider vouches for. A subject that is known signs in, from whichever flow; one that is not
/// signs up; one whose address somebody else has may be linked to that account once its owner signs in (<see cref="OidcConflicts"/>).
/// </summary>
internal sealed partial class OidcSignIn(
    IdentityStore identities, OidcMapper mapper, OidcConflicts conflicts, FlowStore store, SessionExchange exchange, LoginStart loginStart, LoginSubmit logins, OidcLogin login,
    RegistrationStart registrationStart, RegistrationSubmit registrations, OidcRegistration registration, FlowAnswers answers, ILogger<OidcSignIn> log)
{
    public const string Traits = "traits";
    private const string NotAnew = "The provider did not say that you signed in there just now, so this does not confirm that it is you. Please try again and sign in at the provider anew.";
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary>Of what a form sent, what is kept for when the browser is back.</summary>
    public static JsonObject Kept(JsonObject body) => body[Traits] is JsonObject traits ? new JsonObject { [Traits] = traits.DeepClone() } : [];

    /// <summary>What stands in the place of traits is none.</summary>
    public static IReadOnlyList<FieldText> NoTraits(JsonNode sent)
    {
        var kind = sent.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "boolean" : sent.GetValueKind().ToString().ToLowerInvariant();
        return SchemaMessages.Of([new SchemaError("type", "#/traits", "#/properties/traits/type", new SchemaFault.WrongType(["object"], kind))]);
    }

    /// <param name="asked">When the person was sent to the provider, or the flow of an app's id token began.</param>
    public async Task<LoginResult> LoginAsync(LoginSubmission submission, UpstreamResult upstream, DateTimeOffset asked)
    {
        switch (upstream)
        {
            case UpstreamResult.Refused refused: return Refuse(UiMessages.Invalid(refused.Reason));
            case UpstreamResult.Broken broken: return new LoginResult.Failed(broken.Error);
        }
        var user = ((UpstreamResult.Known)upstream).User;
        var (c, flow) = (submission.Context, submission.Flow);
        if (flow.IsRefresh && c.Session is not null && !user.ProvedSince(asked)) return Refuse(UiMessages.Invalid(NotAnew));
        if (await FindAsync(c, user) is { } known) return await ProveAsync(c, known, user);
        // Somebody else's account cannot confirm this one, and must not become a third.
        if (PendingLinks.Has(flow)) return Refuse(UiMessages.Of(MessageIds.LoginLinkMismatch));
        if (flow.IsRefresh && c.Session is not null) return Refuse(UiMessages.Invalid("This account is not linked to yours, so it cannot confirm that it is you."));
        var (begun, stopped) = await registrationStart.BeginInsteadAsync(c, flow, submission.Body);
        if (begun is null) return Refuse(UiMessages.Invalid(stopped!.Reason ?? stopped.Message));
        await exchange.MoveAsync(c.Nid, flow.Id, begun.Flow.Id, c.Ct);
        return new LoginResult.Answered(await registrations.ReturnAsync(begun, registration, () => RegisterAsync(begun, user)));
    }

    public async Task<RegistrationResult> RegisterAsync(RegistrationSubmission submission, OidcProvider provider, UpstreamResult upstream)
    {
        switch (upstream)
        {
            case UpstreamResult.Refused refused:
                OidcRegistration.Ask(submission, provider, null);
                return new RegistrationResult.Refused(new FieldText("", UiMessages.Invalid(refused.Reason)));
            case UpstreamResult.Broken broken:
                return new RegistrationResult.Failed(broken.Error);
            default:
                var user = ((UpstreamResult.Known)upstream).User;
                return await FindAsync(submission.Context, user) is { } known
                    ? new RegistrationResult.Answered(await InsteadAsync(submission.Context, submission.Flow, known, user))
                    : await RegisterAsync(submission, user);
        }
    }

    private async Task<RegistrationResult> RegisterAsync(RegistrationSubmission submission, UpstreamUser user)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var result = await mapper.MapAsync(user, null, c.Ct);
        if (result is MapResult.Failed failed) return new RegistrationResult.Failed(failed.Error);
        var mapped = ((MapResult.Mapped)result).Identity;
        flow.Active = OidcNodes.Name;
        var traits = mapped.Traits;
        if (submission.Body[Traits] is JsonObject typed) Merge(traits, typed);
        var whole = submission with { Body = new JsonObject { [Traits] = traits } };
        OidcRegistration.Ask(whole, user.Provider, traits);
        if (!whole.Traits.IsValid) return new RegistrationResult.Refused(whole.Traits.Messages);
        var draft = whole.Draft() with { MetadataPublic = mapped.MetadataPublic, MetadataAdmin = mapped.MetadataAdmin, Addresses = mapped.Addresses };
        return new RegistrationResult.Accepted(draft.With(CredentialTypes.Oidc, ProviderLinks.Add(null, ProviderLinks.Item(user))), user.Method(c.Now))
        {
            IfTaken = conflict => TakenAsync(c, flow, user, conflict),
        };
    }

    /// <summary>Somebody was faster with the same subject; or the address is somebody else's.</summary>
    private async Task<IResult> TakenAsync(FlowContext c, Flow flow, UpstreamUser user, IdentityConflict conflict) =>
        await FindAsync(c, user) is { } known ? await InsteadAsync(c, flow, known, user) : await conflicts.OfferAsync(c, flow, user, conflict);

    /// <summary>The registration turns out to be a login.</summary>
    private async Task<IResult> InsteadAsync(FlowContext c, Flow flow, Identity known, UpstreamUser user)
    {
        var (instead, stopped) = await loginStart.BeginInsteadAsync(c, flow);
        if (instead is null) return await answers.FailAsync(c, stopped!, flow.IsApi);
        instead.Active = OidcNodes.Name;
        await store.InsertAsync(c.Nid, instead, c.Ct);
        await exchange.MoveAsync(c.Nid, flow.Id, instead.Id, c.Ct);
        return await logins.ReturnAsync(new LoginSubmission(c, instead, []), login, () => ProveAsync(c, known, user));
    }

    private async Task<Identity?> FindAsync(FlowContext c, UpstreamUser user) =>
        (await identities.FindByCredentialIdentifierAsync(c.Nid, CredentialTypes.Oidc, user.Identifier, c.Ct))?.Identity;

    /// <summary>Confirming oneself at a provider is a sign-in of its own: the session that was there stays beside it.</summary>
    private async Task<LoginResult> ProveAsync(FlowContext c, Identity known, UpstreamUser user) => new LoginResult.Proven(known, user.Method(c.Now))
    {
        OpensOwnSession = true, Update = await UpdateAsync(c, known, user), NotUpdated = why => NotUpdated(user.Provider.Id, known.Id, why.GetType().Name),
    };

    /// <summary>What the provider says now, merged over what is known; null where that changes nothing.</summary>
    private async Task<Func<IdentityState, IdentityEdit>?> UpdateAsync(FlowContext c, Identity known, UpstreamUser user)
    {
        if (user.Provider.UpdateIdentityOnLogin != UpdateIdentityOnLogin.Automatic || await mapper.MapAsync(user, known, c.Ct) is not MapResult.Mapped { Identity: var mapped }) return null;
        var (before, after) = (IdentityDraft.From(new IdentityState(known, new Dictionary<string, Credential>())), Updated(new IdentityState(known, new Dictionary<string, Credential>()), mapped));
        var verified = mapped.Addresses.All(m => known.VerifiableAddresses.Any(a => a.Via == m.Via && a.Value == m.Value && a.Verified));
        if (verified && Same(before.Traits, after.Traits) && Same(before.MetadataPublic, after.MetadataPublic) && Same(before.MetadataAdmin, after.MetadataAdmin)) return null;
        return state => new IdentityEdit.Apply(Updated(state, mapped));
    }

    private static IdentityDraft Updated(IdentityState state, MappedIdentity mapped)
    {
        var draft = IdentityDraft.From(state);
        var traits = JsonNode.Parse(draft.Traits, null, Deep) as JsonObject ?? [];
        Merge(traits, mapped.Traits);
        return draft with
        {
            Traits = traits.ToJsonString(), Addresses = mapped.Addresses,
            MetadataPublic = mapped.HasPublic ? mapped.MetadataPublic : draft.MetadataPublic, MetadataAdmin = mapped.HasAdmin ? mapped.MetadataAdmin : draft.MetadataAdmin,
        };
    }

    private static bool Same(string? a, string? b) => a == b || (a is not null && b is not null && JsonNode.DeepEquals(JsonNode.Parse(a, null, Deep), JsonNode.Parse(b, null, Deep)));

    /// <summary>Objects are merged member by member, anything else is replaced.</summary>
    private static void Merge(JsonObject into, JsonObject over)
    {
        foreach (var (name, value) in over)
            if (value is JsonObject inner && into[name] is JsonObject known) Merge(known, inner);
            else into[name] = value?.DeepClone();
    }

    private static LoginResult.Refused Refuse(UiText text) => new(new FieldText("", text));

    [LoggerMessage(1, LogLevel.Warning, "What provider {Provider} says of identity {Identity} could not be written ({Why}); the sign-in went on without")]
    private partial void NotUpdated(string provider, Guid identity, string why);
}
