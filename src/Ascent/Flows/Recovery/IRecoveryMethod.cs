using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Sessions;
using Ascent.Storage;

namespace Ascent.Flows.Recovery;

/// <summary>
/// One way to get back into an account by an address that belongs to it. It fills the form, sends what it sends, and judges what
/// comes back; CSRF, counting, hooks, the session, the settings that follow and the answer are the engine's.
/// </summary>
internal interface IRecoveryMethod
{
    /// <summary>As in <c>method=…</c>, in <c>selfservice.flows.recovery.use</c> and in a flow's <c>active</c>.</summary>
    string Name { get; }

    bool IsEnabled(AscentConfig config);

    /// <summary>Fills the empty form of a flow that begins, and sets the state it begins in.</summary>
    void Populate(AscentConfig config, Flow flow);

    /// <summary>What a submission wants of this method; null where it is not for it.</summary>
    RecoveryIntent? IntentOf(RecoverySubmission submission);

    /// <summary>Whether a submission that may be forged is answered with a flow anew, since the old one can no longer be trusted.</summary>
    bool ForgeryEndsFlow { get; }

    Task<RecoveryResult> SubmitAsync(RecoverySubmission submission, CancellationToken ct);
}

internal sealed record RecoverySubmission(FlowContext Context, Flow Flow, JsonObject Body)
{
    public AscentConfig Config => Context.Config;

    /// <summary>A member as text, numbers and booleans by their spelling; null where it is missing or empty.</summary>
    public string? Text(string name) => Body.Text(name);
}

internal abstract record RecoveryIntent
{
    private RecoveryIntent() { }

    /// <summary>An address, a choice: something is to be sent, or the form to be changed.</summary>
    public sealed record Asks : RecoveryIntent;

    /// <summary>A code that people could guess; of <paramref name="Most"/> per flow the next is not looked at.</summary>
    /// <param name="To">Whom it was sent to, for which guesses are counted over all flows.</param>
    public sealed record Proves(string? To, int Most) : RecoveryIntent;

    /// <summary>A link that nobody can guess was opened, in whatever browser: there is no form that could be forged.</summary>
    public sealed record Opens : RecoveryIntent;
}

/// <summary>What a method made of a submission.</summary>
internal abstract record RecoveryResult
{
    private RecoveryResult() { }

    /// <summary>The form goes on as the method changed it.</summary>
    /// <param name="Write">Work in the transaction that saves it: codes and messages.</param>
    public sealed record Shown(Func<Tx, CancellationToken, Task>? Write = null) : RecoveryResult;

    /// <summary>A code was judged and is wrong; it counts against whom it was sent to and against the client.</summary>
    public sealed record Wrong(UiText Text) : RecoveryResult
    {
        public bool ShowsTransientPayload { get; init; } = true;
    }

    /// <summary>The form is incomplete or malformed; what to say, and at which field.</summary>
    public sealed record Refused(params IReadOnlyList<FieldText> Messages) : RecoveryResult;

    /// <summary>This flow is over without a success; another one begins, with this word about it.</summary>
    public sealed record Again(UiText Text) : RecoveryResult
    {
        /// <summary>The other flow is a browser's, whoever began this one.</summary>
        public bool AsBrowser { get; init; }

        /// <summary>It is shown as a page, whatever was asked for: a link was opened.</summary>
        public bool ToPage { get; init; }

        /// <summary>For who is told by an error rather than by the new flow; made of the text where there is none.</summary>
        public ApiError? Error { get; init; }
    }

    /// <summary>
    /// The account is <paramref name="IdentityId"/>'s to get back. <paramref name="Consume"/> uses up what proved it, in the transaction that
    /// issues the session; false there means that somebody was faster, and <paramref name="Lost"/> is answered.
    /// </summary>
    public sealed record Proven(Guid IdentityId, AuthenticationMethod Method, Func<Tx, CancellationToken, Task<bool>> Consume, Again Lost) : RecoveryResult
    {
        /// <summary>The address that what proved it was sent to; null where an administrator handed it out.</summary>
        public RecoveryRecipient? Address { get; init; }

        /// <summary>It goes on in a browser, whoever began: a link was opened.</summary>
        public bool InBrowser { get; init; }

        public bool ShowsTransientPayload { get; init; } = true;
    }
}

/// <summary>An address as it is kept, whether anybody has it or not.</summary>
/// <param name="Via"><c>email</c> or <c>sms</c>.</param>
internal sealed record RecoveryRecipient(string Via, string Value);
