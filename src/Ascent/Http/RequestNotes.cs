using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>What became known of a request on its way, for its line in the log: who it is about and how it ended. Never a secret.</summary>
internal sealed class RequestNotes
{
    public Guid? IdentityId { get; set; }

    /// <summary>The kind of self-service flow.</summary>
    public string? Flow { get; set; }

    /// <summary><c>completed</c>, <c>refused</c> (with messages), <c>next</c> (another step) or <c>failed</c> (with an error).</summary>
    public string? Outcome { get; set; }

    /// <summary>The numbers of the messages that were answered, or the error's id.</summary>
    public string? Messages { get; set; }

    public static RequestNotes Of(HttpContext http)
    {
        if (http.Features.Get<RequestNotes>() is { } there) return there;
        var made = new RequestNotes();
        http.Features.Set(made);
        return made;
    }
}
