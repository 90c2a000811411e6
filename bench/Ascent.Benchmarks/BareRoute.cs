using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Benchmarks;

/// <summary>The yardstick: a Kestrel route that writes 900 ready bytes of JSON, as cheap as a route can be.</summary>
internal static class BareRoute
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var body = Encoding.UTF8.GetBytes($$"""{"padding":"{{new string('x', 900 - 14)}}"}""");
        var app = builder.Build();
        app.MapGet("/sessions/whoami", (RequestDelegate)(async http =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = body.Length;
            await http.Response.BodyWriter.WriteAsync(body);
        }));
        await app.RunAsync();
    }
}
