using Ascent.Http;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>Something at a provider went wrong. It leaves the folder as an <see cref="UpstreamResult"/>.</summary>
/// <param name="said">It is told on the form, for people; otherwise it is an error page's.</param>
internal sealed class ProviderException(string reason, bool said = false, Exception? inner = null) : Exception(reason, inner)
{
    public bool Said { get; } = said;

    public UpstreamResult ToResult() => Said ? new UpstreamResult.Refused(Message) : new UpstreamResult.Broken(ToError());

    public ApiError ToError() => ApiError.BadGateway(Message, "upstream_error");
}

/// <summary>Who signed in at the provider, or why that cannot be told.</summary>
internal abstract record UpstreamResult
{
    private UpstreamResult() { }

    public sealed record Known(UpstreamUser User) : UpstreamResult;

    /// <summary>What the provider brought is not good enough; people may try again.</summary>
    public sealed record Refused(string Reason) : UpstreamResult;

    /// <summary>The provider cannot be used now, or not as it is configured.</summary>
    public sealed record Broken(ApiError Error) : UpstreamResult;
}
