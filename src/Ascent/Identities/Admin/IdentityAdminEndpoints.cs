using Ascent.Http;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Ascent.Identities.Admin;

/// <summary>Identities as administrators read, create, change and delete them.</summary>
internal static class IdentityAdminEndpoints
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/identities", IdentityListEndpoint.ListAsync);
        admin.MapPost("/identities", CreateAsync);
        admin.MapPatch("/identities", IdentityBatchEndpoint.CreateManyAsync);
        admin.MapGet("/identities/by/external/{externalId}", GetByExternalIdAsync);
        admin.MapGet("/identities/{id}", GetAsync);
        admin.MapPut("/identities/{id}", PutAsync);
        admin.MapPatch("/identities/{id}", PatchAsync);
        admin.MapDelete("/identities/{id}", DeleteAsync);
        admin.MapDelete("/identities/{id}/credentials/{type}", CredentialDeletion.DeleteAsync);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, Tenant tenant, IdentityDrafts drafts, IdentityWriter writer, IdentityAnswers answers, CancellationToken ct)
    {
        var body = IdentityBody.Read(await JsonBody.ReadAsync(http), IdentityAnswers.IsExact(http.Request.Query) ? BodyKind.Exact : BodyKind.New);
        var write = await writer.CreateAsync(tenant.Nid, await drafts.NewAsync(body, ct), AdminCaller.Of(http), ct);
        return write is IdentityWrite.Created created ? answers.Created(http, created.State) : IdentityAnswers.Error(write);
    }

    private static async Task<IResult> GetAsync(HttpContext http, string id, Tenant tenant, IdentityStore store, IdentityAnswers answers, CredentialReads reads, CancellationToken ct)
    {
        var types = IdentityAnswers.IncludedCredentials(http.Request.Query);
        var state = IdentityAnswers.ParseId(id) is { } known ? await store.StateAsync(tenant.Nid, known, ct) : null;
        return await ShowAsync(http, tenant, state, types, answers, reads, ct);
    }

    private static async Task<IResult> GetByExternalIdAsync(HttpContext http, string externalId, Tenant tenant, IdentityStore store, IdentityAnswers answers, CredentialReads reads, CancellationToken ct)
    {
        var types = IdentityAnswers.IncludedCredentials(http.Request.Query);
        var state = await store.FindByExternalIdAsync(tenant.Nid, externalId, ct) is { } found ? await store.StateAsync(tenant.Nid, found.Id, ct) : null;
        return await ShowAsync(http, tenant, state, types, answers, reads, ct);
    }

    private static async Task<IResult> ShowAsync(HttpContext http, Tenant tenant, IdentityState? state, IReadOnlyList<string> types, IdentityAnswers answers, CredentialReads reads, CancellationToken ct)
    {
        if (state is null) return ApiError.NotFound();
        await reads.NoteAsync(tenant.Nid, [(state.Identity.Id, state.Credentials.Values)], types, AdminCaller.Of(http), ct);
        return answers.Identity(state, new AdminView { ConfigOf = types });
    }

    private static async Task<IResult> PutAsync(HttpContext http, string id, Tenant tenant, IdentityDrafts drafts, IdentityWriter writer, IdentityAnswers answers, CancellationToken ct)
    {
        if (!SaysJson(http.Request)) return ApiError.BadRequest("The Content-Type must be application/json.");
        var body = IdentityBody.Read(await JsonBody.ReadAsync(http), BodyKind.Update);
        if (IdentityAnswers.ParseId(id) is not { } known) return ApiError.NotFound();
        var credentials = await drafts.HashAsync(body, ct);
        return Answer(await writer.UpdateAsync(tenant.Nid, known, state => new IdentityEdit.Apply(IdentityDrafts.Replacing(state, body, credentials)), AdminCaller.Of(http), ct), answers);
    }

    private static async Task<IResult> PatchAsync(HttpContext http, string id, Tenant tenant, IdentityWriter writer, IdentityAnswers answers, CancellationToken ct)
    {
        var patch = JsonPatchDocument.Read(await JsonBody.ReadAsync(http));
        IdentityPatch.Check(patch);
        if (IdentityAnswers.ParseId(id) is not { } known) return ApiError.NotFound();
        return Answer(await writer.UpdateAsync(tenant.Nid, known, state => new IdentityEdit.Apply(IdentityPatch.Apply(patch, state)), AdminCaller.Of(http), ct), answers);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string id, Tenant tenant, IdentityWriter writer, CancellationToken ct) =>
        IdentityAnswers.ParseId(id) is { } known && await writer.DeleteAsync(tenant.Nid, known, AdminCaller.Of(http), ct) ? TypedResults.NoContent() : ApiError.NotFound();

    private static IResult Answer(IdentityWrite write, IdentityAnswers answers) =>
        write is IdentityWrite.Updated updated ? answers.Updated(updated) : IdentityAnswers.Error(write);

    private static bool SaysJson(HttpRequest request) =>
        string.IsNullOrEmpty(request.ContentType) || (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)));
}
