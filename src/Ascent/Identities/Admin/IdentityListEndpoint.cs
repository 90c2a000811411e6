using System.Globalization;
using Ascent.Http;
using Ascent.Schemas;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Ascent.Identities.Admin;

/// <summary>The list of identities: by pages of tokens, and in the old way by the page's number.</summary>
internal static class IdentityListEndpoint
{
    private const int DefaultSize = 250, LargestSize = 500, LargestOldSize = 1000, FarthestItem = 1000, MostIds = 500;
    private const string Path = "/admin/identities";

    public static async Task<IResult> ListAsync(HttpContext http, Tenant tenant, IdentityStore store, PageTokens tokens, IdentityJson json, CredentialReads reads, CancellationToken ct)
    {
        var query = http.Request.Query;
        var (filter, showsCredentials) = Filter(query);
        var configOf = IdentityAnswers.IncludedCredentials(query);
        var identities = IsOld(query)
            ? await OldPageAsync(http, tenant, store, filter, ct)
            : await PageAsync(http, tenant, store, tokens, filter, ct);
        var credentials = showsCredentials || configOf.Count > 0
            ? await store.CredentialsAsync(tenant.Nid, [.. identities.Select(i => i.Id)], ct)
            : null;
        if (credentials is not null) await reads.NoteAsync(tenant.Nid, identities.Select(i => (i.Id, credentials[i.Id])), configOf, AdminCaller.Of(http), ct);
        var view = new AdminView { ConfigOf = configOf };
        return new JsonResult<List<Identity>>(identities, (w, list) =>
        {
            w.WriteStartArray();
            foreach (var identity in list) json.WriteAdmin(w, identity, credentials?[identity.Id], view);
            w.WriteEndArray();
        });
    }

    private static async Task<List<Identity>> PageAsync(HttpContext http, Tenant tenant, IdentityStore store, PageTokens tokens, IdentityFilter filter, CancellationToken ct)
    {
        var query = http.Request.Query;
        var named = Text(query, "page_size") is null && Text(query, "per_page") is not null ? "per_page" : "page_size";
        var size = Size(query, named, LargestSize);
        var after = Guid.Empty;
        if (Text(query, "page_token") is { } token) after = tokens.Read(token) ?? throw Bad("The parameter page_token is none that this server gave out.");
        var list = await store.ListAsync(tenant.Nid, filter, after, size + 1, ct);
        var links = new List<(string, (string, string)[])> { ("first", Set(Guid.Empty)) };
        if (list.Count > size)
        {
            list.RemoveAt(size);
            links.Add(("next", Set(list[^1].Id)));
        }
        http.Response.Headers.Link = PageLinks.Build(Path, query, named == "per_page" ? ["per_page"] : [], links);
        return list;

        (string, string)[] Set(Guid from) => [("page_size", size.ToString()), ("page_token", tokens.After(from))];
    }

    private static async Task<List<Identity>> OldPageAsync(HttpContext http, Tenant tenant, IdentityStore store, IdentityFilter filter, CancellationToken ct)
    {
        var query = http.Request.Query;
        var size = Size(query, "per_page", LargestOldSize);
        var page = Math.Max(0, Number(query, "page") ?? 0);
        if (page * size > FarthestItem) throw Bad($"The parameters page and per_page reach beyond item {FarthestItem}; page_size and the links' page_token lead farther.");
        var total = await store.CountAsync(tenant.Nid, filter, ct);
        http.Response.Headers["X-Total-Count"] = total.ToString();
        http.Response.Headers.Link = PageLinks.Build(Path, query, [], OldLinks(page, size, total)
            .Select(l => (l.Rel, new[] { ("page", l.Page.ToString()), ("per_page", size.ToString()) })));
        return await store.ListFromAsync(tenant.Nid, filter, (int)(page * size), size, ct);
    }

    private static IEnumerable<(string Rel, long Page)> OldLinks(long page, int size, long total)
    {
        var last = total == 0 ? 0 : (total - 1) / size;
        if (page >= last)
        {
            yield return ("first", 0);
            if (last > 0) yield return ("prev", last - 1);
            yield break;
        }
        if (page > 0) yield return ("first", 0);
        yield return ("next", page + 1);
        if (page > 0) yield return ("prev", page - 1);
        yield return ("last", last);
    }

    private static (IdentityFilter Filter, bool ShowsCredentials) Filter(IQueryCollection query)
    {
        var chosen = new List<(IdentityFilter, bool)>();
        if (query.TryGetValue("ids", out var ids) && ids.Count > 0) chosen.Add((IdentityFilter.Ids(Ids(ids)), false));
        if (Text(query, "organization_id") is { } organization)
            chosen.Add((IdentityFilter.Organization(IdentityAnswers.ParseId(organization) ?? throw Bad("The parameter organization_id must be a UUID.")), false));
        if (Text(query, "credentials_identifier") is { } exact) chosen.Add((IdentityFilter.Identifier([.. new[] { exact, Identifiers.Normalize(exact) }.Distinct(StringComparer.Ordinal)]), true));
        if (Text(query, "preview_credentials_identifier_similar") is { } similar) chosen.Add((IdentityFilter.Similar(Identifiers.Normalize(similar)), true));
        return chosen.Count switch
        {
            0 => (IdentityFilter.None, false),
            1 => chosen[0],
            _ => throw Bad("Of the parameters ids, organization_id, credentials_identifier and preview_credentials_identifier_similar only one may be given."),
        };
    }

    private static List<Guid> Ids(IReadOnlyCollection<string?> values)
    {
        if (values.Count > MostIds) throw Bad($"The parameter ids may be given at most {MostIds} times.");
        return [.. values.Select(v => IdentityAnswers.ParseId(v ?? "") ?? throw Bad("The parameter ids must be a UUID; it may be given several times.")).Distinct()];
    }

    private static bool IsOld(IQueryCollection query) => Text(query, "page") is not null && Text(query, "page_size") is null && Text(query, "page_token") is null;

    private static int Size(IQueryCollection query, string name, int largest) => (int)Math.Min(largest, Number(query, name) is > 0 and var size ? size : DefaultSize);

    private static long? Number(IQueryCollection query, string name) => Text(query, name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n
        : throw Bad($"The parameter {name} must be a whole number.");

    /// <summary>What the parameter says; an empty one says nothing.</summary>
    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var values) && values.Count > 0 && !string.IsNullOrEmpty(values[0]) ? values[0] : null;

    private static ApiException Bad(string reason) => new(ApiError.BadRequest(reason));
}
