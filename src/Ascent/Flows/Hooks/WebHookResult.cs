using Ascent.Flows.Messages;
using Ascent.Http;

namespace Ascent.Flows.Hooks;

/// <summary>What a web hook's answer came to.</summary>
internal abstract record WebHookResult
{
    private WebHookResult() { }

    /// <summary>Called, ignored or cancelled by its own template.</summary>
    public sealed record Done : WebHookResult;

    /// <summary>It changes the identity that is about to be written.</summary>
    public sealed record Changed(IdentityPatch Identity) : WebHookResult;

    /// <summary>It refuses, with messages for the form.</summary>
    public sealed record Refused(IReadOnlyList<FieldText> Messages) : WebHookResult;

    public sealed record Failed(ApiError Error) : WebHookResult;
}
