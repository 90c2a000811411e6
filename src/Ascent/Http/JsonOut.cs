using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>JSON on its way out: one buffer, one write, a Content-Length and a closing newline.</summary>
internal static class JsonOut
{
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>Escapes what HTML could take for markup and leaves other scripts readable.</summary>
    public static JavaScriptEncoder Encoder { get; } = JavaScriptEncoder.Create(UnicodeRanges.All);

    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = Encoder, SkipValidation = true };

    [ThreadStatic] private static Cached? cached;

    /// <summary>Writes with a pooled writer and hands the bytes over in one piece; the status is the caller's.</summary>
    public static ValueTask SendAsync<T>(HttpContext http, string contentType, T state, Action<Utf8JsonWriter, T> write)
    {
        var c = cached ?? new Cached();
        cached = null;
        try
        {
            write(c.Writer, state);
            c.Writer.Flush();
            c.Buffer.Write("\n"u8);
            var response = http.Response;
            response.ContentType = contentType;
            response.ContentLength = c.Buffer.WrittenCount;
            var head = HttpMethods.IsHead(http.Request.Method);
            if (!head) response.BodyWriter.Write(c.Buffer.WrittenSpan);
            if (head) return ValueTask.CompletedTask;
        }
        finally
        {
            c.Reset();
            if (c.Buffer.Capacity <= Cached.Largest) cached = c;
        }
        var flush = http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        if (!flush.IsCompletedSuccessfully) return Await(flush.AsTask());
        _ = flush.Result;
        return ValueTask.CompletedTask;

        static async ValueTask Await(Task t) => await t;
    }

    /// <summary>Bytes of a value that is kept or sent elsewhere, with the same escaping.</summary>
    public static byte[] ToBytes<T>(T state, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            write(writer, state);
        return buffer.WrittenSpan.ToArray();
    }

    private sealed class Cached
    {
        public const int Largest = 256 * 1024;

        public Cached()
        {
            Buffer = new ArrayBufferWriter<byte>(4096);
            Writer = new Utf8JsonWriter(Buffer, WriterOptions);
        }

        public ArrayBufferWriter<byte> Buffer { get; }
        public Utf8JsonWriter Writer { get; }

        public void Reset()
        {
            Buffer.ResetWrittenCount();
            Writer.Reset(Buffer);
        }
    }
}

/// <summary>An answer written by a function: <c>new JsonResult&lt;Session&gt;(session, static (w, s) => …)</c>.</summary>
internal sealed class JsonResult<T>(T value, Action<Utf8JsonWriter, T> write, int status = StatusCodes.Status200OK) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        return JsonOut.SendAsync(httpContext, JsonOut.ContentType, value, write).AsTask();
    }
}

/// <summary>An answer whose bytes exist already; they end in a newline or get one.</summary>
internal sealed class JsonBytesResult(ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = JsonOut.ContentType;
        var newline = json.Span is not [.., (byte)'\n'];
        response.ContentLength = json.Length + (newline ? 1 : 0);
        if (HttpMethods.IsHead(httpContext.Request.Method)) return;
        response.BodyWriter.Write(json.Span);
        if (newline) response.BodyWriter.Write("\n"u8);
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
