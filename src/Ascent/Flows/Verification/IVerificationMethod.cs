using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Flows.Codes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>
/// One way to prove that an address is one's own. It fills the form, makes what is sent and looks at what comes back; whose
/// address it is, the limits, hooks, the transaction and the answer are the engine's.
/// </summary>
internal interface IVerificationMethod
{
    /// <summary>As in <c>method=…</c>, in the flow's <c>active</c> and as the group of its nodes.</summary>
    string Name { get; }

    bool IsEnabled(AscentConfig config);

    /// <summary>Whether <c>selfservice.flows.verification.use</c> names it.</summary>
    bool IsInUse(AscentConfig config);

    /// <summary>Whether what was sent is for this method, though it does not say so by <c>method</c>.</summary>
    bool Claims(JsonObject body, Flow flow);

    /// <summary>By which way somebody would be written to who typed this.</summary>
    string ViaOf(string typed);

    /// <summary>The form that asks for an address.</summary>
    void Ask(VerificationForm form);

    /// <summary>Puts the field for the address back, with what was typed, for what is to be said about it.</summary>
    void AskAgain(VerificationForm form, string typed);

    /// <summary>The form of a flow that wrote to an address by itself.</summary>
    void Await(VerificationForm form, CodeRecipient to);

    /// <summary>The form after somebody asked for a message: the same whether there was anybody to write to.</summary>
    void AwaitAsked(VerificationForm form, string typed);

    /// <summary>Makes what proves the address, in place of what the flow had, and gives the message that carries it.</summary>
    Task<VerificationNotice> IssueAsync(Tx tx, FlowContext c, Flow flow, CodeRecipient to, CancellationToken ct);

    /// <summary>What is sent to an address that nobody has, where the configuration wants that.</summary>
    TemplateType UnknownRecipient { get; }

    /// <summary>Whether a proof came along, rather than the wish for a message.</summary>
    bool HasProof(VerificationSubmission submission);

    /// <summary>How often one flow may be tried; null where a proof is too long to be guessed.</summary>
    int? MostTries(AscentConfig config);

    Task<VerificationResult> ProveAsync(VerificationSubmission submission, CancellationToken ct);
}

/// <summary>The form being built.</summary>
/// <param name="CsrfToken">Empty in flows of native apps.</param>
internal sealed record VerificationForm(AscentConfig Config, Flow Flow, string CsrfToken)
{
    public UiContainer Ui => Flow.Ui;

    public static VerificationForm Of(FlowContext c, Flow flow) => new(c.Config, flow, flow.IsApi ? "" : Csrf.Token(c.Http, c.Config));
}

/// <summary>A message's template and what fills its gaps.</summary>
internal sealed record VerificationNotice(TemplateType Template, JsonObject Data);

/// <param name="Body">The fields of the form, or of the link that was opened.</param>
internal sealed record VerificationSubmission(FlowContext Context, Flow Flow, JsonObject Body, bool IsLink)
{
    public AscentConfig Config => Context.Config;

    /// <summary>A member as text, numbers and booleans by their spelling; null where it is missing or empty.</summary>
    public string? Text(string name) => Body.Text(name);
}

/// <summary>What a method made of a proof.</summary>
internal abstract record VerificationResult
{
    private VerificationResult() { }

    /// <summary>It fits. It is used up, by its id in the code store, in the transaction that notes the address as verified.</summary>
    public sealed record Proven(Guid Proof, CodeRecipient Recipient) : VerificationResult;

    /// <summary>It does not fit; the form stays and says so.</summary>
    public sealed record Wrong(UiText Message) : VerificationResult;

    /// <summary>A link was opened that only fills the form in: it is shown in the browser that opened it.</summary>
    public sealed record Opened : VerificationResult;

    /// <summary>The engine's own: the address is verified and the flow says so.</summary>
    public sealed record Done : VerificationResult;

    /// <summary>This flow leads nowhere any more; a new one says why.</summary>
    public sealed record Over(params IReadOnlyList<UiText> Messages) : VerificationResult
    {
        /// <summary>The new flow is a browser's, and scripts are sent to it instead of being told its id.</summary>
        public bool InBrowser { get; init; }
    }

    public sealed record Failed(ApiError Error) : VerificationResult;
}
