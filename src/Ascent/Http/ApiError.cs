using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Ascent.Http;

/// <summary>
/// What a client is told when it cannot be served: <c>{"error":{…}}</c> with the header <c>Ory-Error-Id</c>.
/// Never carries secrets or program text: what stands here is read by strangers.
/// </summary>
internal sealed record ApiError : IResult
{
    public required int Code { get; init; }
    public required string Message { get; init; }

    /// <summary>The stable name a client switches on; many errors have none.</summary>
    public string? Id { get; init; }
    public string? Reason { get; init; }

    /// <summary>Shown only where the server runs with --dev; who sets it has checked that.</summary>
    public string? Debug { get; init; }
    public JsonObject? Details { get; init; }

    /// <summary>Members beside <c>error</c>, as <c>redirect_browser_to</c> or <c>use_flow_id</c>.</summary>
    public JsonObject? TopLevel { get; init; }

    /// <summary>The status line where it differs from <see cref="Code"/>.</summary>
    public int? HttpStatus { get; init; }
    public TimeSpan? RetryAfter { get; init; }

    public static ApiError BadRequest(string? reason = null, string? id = null) => new()
    {
        Code = 400, Id = id, Reason = reason, Message = "The request was malformed or contained invalid parameters",
    };

    public static ApiError Unauthorized(string? reason = null, string? id = null) => new()
    {
        Code = 401, Id = id, Reason = reason, Message = "The request could not be authorized",
    };

    public static ApiError Forbidden(string? reason = null, string? id = null) => new()
    {
        Code = 403, Id = id, Reason = reason, Message = "The requested action was forbidden",
    };

    public static ApiError NotFound(string? reason = null, string? id = null) => new()
    {
        Code = 404, Id = id, Reason = reason, Message = "Unable to locate the resource",
    };

    public static ApiError Conflict(string? reason = null, string? id = null) => new()
    {
        Code = 409, Id = id, Reason = reason, Message = "A resource with such a value exists already",
    };

    public static ApiError Gone(string? reason = null, string? id = null) => new()
    {
        Code = 410, Id = id, Reason = reason, Message = "The resource is no longer available",
    };

    public static ApiError Unprocessable(string? reason = null, string? id = null) => new()
    {
        Code = 422, Id = id, Reason = reason, Message = "The request was understood, but another step is needed first",
    };

    public static ApiError TooManyRequests(TimeSpan retryAfter, string? reason = null, string? id = null) => new()
    {
        Code = 429, Id = id, Reason = reason, Message = "There were too many requests", RetryAfter = retryAfter,
    };

    public static ApiError Internal(string? reason = null, string? id = null) => new()
    {
        Code = 500, Id = id, Reason = reason, Message = "An error occurred inside the server; the log has it under this request's id",
    };

    public static ApiError BadGateway(string? reason = null, string? id = null) => new()
    {
        Code = 502, Id = id, Reason = reason, Message = "A service that this server depends on answered improperly",
    };

    public static ApiError Unavailable(TimeSpan? retryAfter = null, string? reason = null, string? id = null) => new()
    {
        Code = 503, Id = id, Reason = reason, Message = "The server cannot serve this request at the moment", RetryAfter = retryAfter,
    };

    public static ApiError GatewayTimeout(string? reason = null, string? id = null) => new()
    {
        Code = 504, Id = id, Reason = reason, Message = "A service that this server depends on did not answer in time",
    };

    /// <summary>Any other status, with the status text as message.</summary>
    public static ApiError Of(int code, string? reason = null, string? id = null) => new()
    {
        Code = code, Id = id, Reason = reason, Message = StatusText(code),
    };

    [DoesNotReturn]
    public void Throw() => throw new ApiException(this);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = HttpStatus ?? Code;
        response.Headers["Ory-Error-Id"] = Id ?? "";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString();
        await JsonOut.SendAsync(httpContext, "application/json", (this, NameFor(httpContext)), static (w, s) => s.Item1.Write(w, s.Item2));
    }

    /// <summary>Callers find the name that they gave; of a fault of ours everybody gets one to ask about.</summary>
    internal string? NameFor(HttpContext http) => Code >= 500 ? RequestId.Of(http) : RequestId.Sent(http);

    /// <summary>The inner object alone, as batch answers and stored errors hold it.</summary>
    public JsonObject ToJson(string? requestId = null)
    {
        var o = new JsonObject();
        if (Id is not null) o["id"] = Id;
        o["code"] = Code;
        o["status"] = StatusText(Code);
        if (requestId is not null) o["request"] = requestId;
        if (Reason is not null) o["reason"] = Reason;
        if (Debug is not null) o["debug"] = Debug;
        if (Details is not null) o["details"] = Details.DeepClone();
        o["message"] = Message;
        return o;
    }

    private void Write(Utf8JsonWriter w, string? requestId)
    {
        w.WriteStartObject();
        w.WriteStartObject("error"u8);
        if (Id is not null) w.WriteString("id"u8, Id);
        w.WriteNumber("code"u8, Code);
        w.WriteString("status"u8, StatusText(Code));
        if (requestId is not null) w.WriteString("request"u8, requestId);
        if (Reason is not null) w.WriteString("reason"u8, Reason);
        if (Debug is not null) w.WriteString("debug"u8, Debug);
        if (Details is not null)
        {
            w.WritePropertyName("details"u8);
            Details.WriteTo(w);
        }
        w.WriteString("message"u8, Message);
        w.WriteEndObject();
        foreach (var (name, value) in TopLevel ?? [])
        {
            w.WritePropertyName(name);
            if (value is null) w.WriteNullValue();
            else value.WriteTo(w);
        }
        w.WriteEndObject();
    }

    /// <summary>The words for a status as the wire contract has them; the framework's differ for a few.</summary>
    internal static string StatusText(int code) => code switch
    {
        413 => "Request Entity Too Large",
        414 => "Request URI Too Long",
        416 => "Requested Range Not Satisfiable",
        499 => "Client Closed Request",
        _ => ReasonPhrases.GetReasonPhrase(code) is { Length: > 0 } text ? text : "Status " + code,
    };
}

/// <summary>Carries an <see cref="ApiError"/> out of parsing depths; endpoints return the error itself.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.Reason ?? error.Message)
{
    public ApiError Error { get; } = error;
}

/// <summary>An exception of another module that knows what the client should be told.</summary>
internal interface IHasApiError
{
    ApiError ToApiError();
}
