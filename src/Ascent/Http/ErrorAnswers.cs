using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Http;

/// <summary>
/// The one place where exceptions become answers. What nobody foresaw is a 500 whose text says nothing; the log has the
/// stack. In development the answer names the exception's type, never its message.
/// </summary>
/// <param name="known">Faults that another module knows how to answer and has told the log of; null of others.</param>
internal sealed partial class ErrorAnswers(ILogger<ErrorAnswers> log, Func<Exception, ApiError?>? known = null)
{
    private const int ClientClosedRequest = 499;

    public async Task AnswerAsync(HttpContext http, Exception exception, bool dev, Action restoreHeaders)
    {
        var response = http.Response;
        if (http.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException or ConnectionResetException)
        {
            if (!response.HasStarted) response.StatusCode = ClientClosedRequest;
            return;
        }
        var told = known?.Invoke(exception);
        var error = told ?? Of(exception, dev);
        if (told is null && error.Code >= 500 && exception is not ApiException and not IHasApiError) LogFailure(exception, RequestId.Of(http));
        if (response.HasStarted)
        {
            // Half an answer is out; a closed connection is the only honest end of it.
            http.Abort();
            return;
        }
        response.Clear();
        restoreHeaders();
        await error.ExecuteAsync(http);
    }

    private static ApiError Of(Exception exception, bool dev) => exception switch
    {
        ApiException e => e.Error,
        IHasApiError e => e.ToApiError(),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ApiError.BadRequest("The request body is too large."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => ApiError.Of(408, "The request body arrived too slowly."),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => ApiError.Of(415, "The Content-Type is not supported here; send application/json."),
        // Kestrel's way of saying that a chunk claims to be longer than numbers go.
        IOException { InnerException: OverflowException } => ApiError.BadRequest("The request could not be read; its chunks are malformed."),
        BadHttpRequestException => ApiError.BadRequest("The request could not be read; a parameter or the body is missing or malformed."),
        _ => ApiError.Internal() with { Debug = dev ? exception.GetType().Name : null },
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed unexpectedly (request_id={request_id})")]
    private partial void LogFailure(Exception exception, string request_id);
}
