using Ascent.Config;
using Ascent.Http;
using Ascent.Sessions.Tokenizer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Sessions;

/// <summary>
/// <c>GET /sessions/jwks.json</c>: by what others verify session tokens that our own key signs. It is a set of its own and not the one of
/// an OAuth2 provider: whoever takes one kind of token must not be made to take the other.
/// </summary>
internal static class SessionKeysEndpoint
{
    public static void MapSessionKeys(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/sessions/jwks.json", AnswerAsync).WithMetadata(SameForEverybody.Instance, OwnCaching.Instance);

    private static async Task<IResult> AnswerAsync(HttpContext http, OwnKeys keys, ConfigStore config, CancellationToken ct)
    {
        // Who fetches the set before the first token finds the key there.
        if (config.Current.Session.Whoami.Tokenizer.Templates.Values.Any(t => t is { Enabled: true, OwnKey: true })) await keys.CurrentAsync(ct);
        http.Response.Headers.CacheControl = "public, max-age=300";
        return new JsonResult<List<string>>(await keys.PublishedAsync(ct), static (w, all) =>
        {
            w.WriteStartObject();
            w.WriteStartArray("keys"u8);
            foreach (var key in all) w.WriteRawValue(key, skipInputValidation: true);
            w.WriteEndArray();
            w.WriteEndObject();
        });
    }
}
