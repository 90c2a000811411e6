using System.Security.Cryptography;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Methods.WebAuthn;

/// <summary>The script that forms use for security keys and passkeys, and the hash by which a page runs nothing else.</summary>
internal static class WebAuthnScript
{
    public const string Path = "/.well-known/ory/webauthn.js";

    private static readonly byte[] Content = Load();

    public static string Integrity { get; } = "sha512-" + Convert.ToBase64String(SHA512.HashData(Content));

    /// <summary>For any site: forms are rendered elsewhere, and a browser checks the hash only of what it may read.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path, SendAsync).WithMetadata(SameForEverybody.Instance);

    private static Task SendAsync(HttpContext http)
    {
        http.Response.ContentType = "text/javascript; charset=utf-8";
        http.Response.ContentLength = Content.Length;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        // Pages load it with crossorigin=anonymous; where CORS is configured, that has spoken already.
        if (http.Response.Headers.AccessControlAllowOrigin.Count == 0) http.Response.Headers.AccessControlAllowOrigin = "*";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(Content, http.RequestAborted).AsTask();
    }

    private static byte[] Load()
    {
        using var stream = typeof(WebAuthnScript).Assembly.GetManifestResourceStream("webauthn.js")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
