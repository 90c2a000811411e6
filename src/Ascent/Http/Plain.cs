using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>A short text for people, where no JSON is owed.</summary>
internal sealed class PlainResult(int status, string text) : IResult
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(text);

    public static PlainResult NotFound { get; } = new(StatusCodes.Status404NotFound, "404 not found\n");
    public static PlainResult MethodNotAllowed { get; } = new(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed\n");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>
/// Sends the client elsewhere; a GET gets a link to click on as well, as the wire contract has it. The address has been
/// checked by who gives it.
/// </summary>
internal sealed class RedirectResult(string url, int status = StatusCodes.Status303SeeOther) : IResult
{
    public string Url { get; } = url;
    public int Status { get; } = status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.Headers.Location = Ascii(Url);
        var get = HttpMethods.IsGet(httpContext.Request.Method);
        if (!get && !HttpMethods.IsHead(httpContext.Request.Method))
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }
        response.ContentType = "text/html; charset=utf-8";
        if (!get) return Task.CompletedTask;
        var body = Encoding.UTF8.GetBytes($"<a href=\"{HtmlEncoder.Default.Encode(Url)}\">{ApiError.StatusText(Status)}</a>.\n\n");
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }

    /// <summary>A header holds ASCII alone; what is beyond is percent-encoded, what would end the line is dropped.</summary>
    private static string Ascii(string url)
    {
        if (!url.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e')) return url;
        var text = new StringBuilder(url.Length + 16);
        foreach (var rune in url.EnumerateRunes())
        {
            if (rune.Value is > 0x20 and < 0x7f) text.Append((char)rune.Value);
            else if (rune.Value is 0x20 or >= 0x80) text.Append(Uri.EscapeDataString(rune.ToString()));
        }
        return text.ToString();
    }
}
