using System.Text.Json;
using Ascent.Http;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Ascent.Identities.Admin;

/// <summary>Many identities by one request: those that are taken or refused by their schema fail alone.</summary>
internal static class IdentityBatchEndpoint
{
    private const int Most = 1000, MostPlain = 200;

    private sealed record Item(Guid? PatchId, IdentityBody Body);

    public static async Task<IResult> CreateManyAsync(HttpContext http, Tenant tenant, IdentityDrafts drafts, IdentityWriter writer, CancellationToken ct)
    {
        var items = Read(await JsonBody.ReadAsync(http), IdentityAnswers.IsExact(http.Request.Query) ? BodyKind.Exact : BodyKind.New);
        var prepared = new IdentityDraft[items.Count];
        // As many at once as there are processors: the others of this process want to hash too.
        await Parallel.ForEachAsync(Enumerable.Range(0, items.Count), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct },
            async (i, token) => prepared[i] = await drafts.NewAsync(items[i].Body, token));
        try
        {
            var results = await writer.CreateManyAsync(tenant.Nid, prepared, AdminCaller.Of(http), c => c.What == "external_id", ct);
            return new JsonResult<IReadOnlyList<(Item, IdentityWrite)>>([.. items.Zip(results)], Write);
        }
        catch (FatalConflictException e)
        {
            return IdentityAnswers.Error(new IdentityWrite.Conflict(e.Conflict));
        }
    }

    private static List<Item> Read(JsonElement json, BodyKind kind)
    {
        var body = ObjectReader.Of(json);
        var list = body.Array("identities") ?? [];
        body.Done();
        if (list.Count > Most) throw Bad($"At most {Most} identities can be created at once.");
        var items = list.Select(i => ReadOne(i.Item, i.Pointer, kind)).ToList();
        if (items.Count(i => i.Body.Credentials.Any(c => c is CredentialImport.PlainPassword)) > MostPlain)
            throw Bad($"At most {MostPlain} identities with a plain password can be created at once; hash the passwords before, or send fewer.");
        return items;
    }

    private static Item ReadOne(JsonElement json, string pointer, BodyKind kind)
    {
        var fields = ObjectReader.Of(json, pointer);
        var id = fields.Uuid("patch_id");
        fields.RequiredObject("create");
        fields.Done();
        return new Item(id, IdentityBody.Read(json.GetProperty("create"u8), kind, $"{pointer}/create"));
    }

    private static void Write(Utf8JsonWriter w, IReadOnlyList<(Item Item, IdentityWrite Result)> all)
    {
        w.WriteStartObject();
        w.WriteStartArray("identities"u8);
        foreach (var (item, result) in all)
        {
            w.WriteStartObject();
            w.WriteString("action"u8, result is IdentityWrite.Created ? "create"u8 : "error"u8);
            if (result is IdentityWrite.Created created) w.WriteString("identity"u8, created.State.Identity.Id);
            if (item.PatchId is { } id) w.WriteString("patch_id"u8, id);
            if (result is not IdentityWrite.Created)
            {
                w.WritePropertyName("error"u8);
                IdentityAnswers.Error(result).ToJson().WriteTo(w);
            }
            w.WriteEndObject();
        }
        w.WriteEndArray();
        w.WriteEndObject();
    }

    private static ApiException Bad(string reason) => new(ApiError.BadRequest(reason));
}
