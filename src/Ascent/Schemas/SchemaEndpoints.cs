using Ascent.Http;
using Ascent.Schemas.Loading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Schemas;

/// <summary>The identity schemas for everybody, on the public side; clients ask for one with the admin prefix too.</summary>
internal static class SchemaEndpoints
{
    public static void MapSchemas(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schemas", (RequestDelegate)(http => List(http).ExecuteAsync(http)));
        routes.MapGet("/schemas/{id}", (RequestDelegate)(http => One(http).ExecuteAsync(http)));
        routes.MapGet("/admin/schemas/{id}", (RequestDelegate)(http => One(http).ExecuteAsync(http)));
    }

    private static IResult List(HttpContext http)
    {
        var all = Schemas(http).All;
        if (SchemaPage.Read(http.Request.Query, all.Count) is not { } page) return ApiError.BadRequest("The page_token is none that this server gave out.");
        http.Response.Headers["X-Total-Count"] = all.Count.ToString();
        http.Response.Headers.Link = page.Links("/schemas");
        return new JsonResult<IdentitySchema[]>([.. all.Skip(page.Offset).Take(page.Size)], static (w, schemas) =>
        {
            w.WriteStartArray();
            foreach (var schema in schemas)
            {
                w.WriteStartObject();
                w.WriteString("id"u8, schema.Id);
                w.WritePropertyName("schema"u8);
                schema.Document.WriteTo(w);
                w.WriteEndObject();
            }
            w.WriteEndArray();
        });
    }

    private static IResult One(HttpContext http)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        return Schemas(http).FindByPath(id) is { } schema
            ? new JsonResult<IdentitySchema>(schema, static (w, s) => s.Document.WriteTo(w))
            : ApiError.NotFound($"There is no identity schema `{id}`.");
    }

    private static SchemaRegistry Schemas(HttpContext http) => http.RequestServices.GetRequiredService<SchemaStore>().Current;
}
