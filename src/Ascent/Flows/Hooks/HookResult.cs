using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;

namespace Ascent.Flows.Hooks;

/// <summary>What the hooks of a list came to.</summary>
internal abstract record HookResult
{
    private HookResult() { }

    /// <param name="RevokeOthers">All other sessions of the identity end in the transaction that issues this one.</param>
    public sealed record GoOn(bool RevokeOthers) : HookResult;

    /// <summary>A hook has something to say to the person; nothing was done.</summary>
    public sealed record Refused(IReadOnlyList<FieldText> Messages) : HookResult;

    public sealed record Failed(ApiError Error) : HookResult;

    /// <summary>Nobody gets in before this address is verified.</summary>
    public sealed record MustVerify(VerifiableAddress Address) : HookResult;
}

/// <summary>What hooks came to that run before an identity is written.</summary>
internal abstract record DraftHookResult
{
    private DraftHookResult() { }

    /// <param name="Draft">What to write: the draft with what hooks changed in it.</param>
    /// <param name="RevokeOthers">All other sessions of the identity end in the transaction that writes it.</param>
    public sealed record GoOn(IdentityDraft Draft, bool RevokeOthers) : DraftHookResult;

    /// <summary>A hook has something to say to the person; nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<FieldText> Messages) : DraftHookResult;

    public sealed record Failed(ApiError Error) : DraftHookResult;
}

/// <summary>What a hook is told about.</summary>
internal sealed record HookSubject(FlowContext Context, Flow Flow)
{
    public Identity? Identity { get; init; }

    /// <summary>The session as it will be.</summary>
    public Session? Session { get; init; }
}
