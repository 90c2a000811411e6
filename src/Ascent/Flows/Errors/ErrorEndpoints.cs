using System.Text.Json.Nodes;
using Ascent.Http;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows.Errors;

/// <summary>What error pages fetch. The id is the only thing that leads to an error; it can be read again.</summary>
internal static class ErrorEndpoints
{
    private const string Example = "stub:500";
    private static readonly FlowErrorStore.Stored ExampleError = new(Guid.Empty,
        new JsonObject { ["code"] = 500, ["status"] = "Internal Server Error", ["reason"] = "This is a stub error.", ["message"] = "An example of an error" }.ToJsonString(),
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    public static IEndpointRouteBuilder MapErrors(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/errors", GetAsync);
        routes.MapPost("/self-service/errors", static (HttpContext http, Config.ConfigStore config) =>
        {
            CsrfCookie.Current(http, config.Current);
            return Csrf.Violation(http, config.Current, token: null);
        });
        return routes;
    }

    private static async Task<IResult> GetAsync(HttpContext http, FlowErrorStore store, Tenant tenant, Config.ConfigStore config, CancellationToken ct)
    {
        CsrfCookie.Ensure(http, config.Current);
        var asked = http.Request.Query["error"] is [{ Length: > 0 } old, ..] ? old : http.Request.Query["id"].ToString();
        if (asked == Example) return Shown(ExampleError with { Id = Guid.NewGuid() });
        return Guid.TryParseExact(asked, "D", out var id) && await store.FindAsync(tenant.Nid, id, ct) is { } stored ? Shown(stored) : ApiError.NotFound();
    }

    private static JsonResult<FlowErrorStore.Stored> Shown(FlowErrorStore.Stored stored) => new(stored, FlowErrorStore.Write);
}
