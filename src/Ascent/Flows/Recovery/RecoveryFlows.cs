using Ascent.Flows.Messages;
using Ascent.Http;

namespace Ascent.Flows.Recovery;

/// <summary>Makes recovery flows: at a start, in place of an expired one, after a failure.</summary>
internal sealed class RecoveryFlows(FlowStore store, RecoveryMethods methods)
{
    /// <summary>Fills the form for the browser or app that asks.</summary>
    public static void Fill(FlowContext c, Flow flow, IRecoveryMethod method)
    {
        if (!flow.IsApi) flow.Csrf = Csrf.OwnerOf(c.Http, c.Config);
        flow.Ui.SetCsrf(flow.IsApi ? "" : Csrf.Token(c.Http, c.Config));
        flow.Active = method.Name;
        method.Populate(c.Config, flow);
    }

    /// <summary>In place of one that expired: the same request, a fresh form, and a word about it.</summary>
    public Task<Flow> ReplaceAsync(FlowContext c, Flow expired)
    {
        var flow = Flow.New(c, FlowKind.Recovery, expired.IsApi, expired.RequestUrl, expired.ReturnTo);
        flow.SkipsSettings = expired.SkipsSettings;
        Fill(c, flow, methods.Of(expired, c.Config));
        return KeepAsync(c, flow, [new FieldText("", UiMessages.RecoveryExpired(expired.ExpiresAt, c.Now))]);
    }

    /// <summary>After a failure: nothing of the old one is taken over, and the browser's token is a new one.</summary>
    public Task<Flow> BeginAgainAsync(FlowContext c, IRecoveryMethod method, bool isApi, IReadOnlyList<FieldText> messages)
    {
        CsrfCookie.Rotate(c.Http, c.Config);
        var flow = Flow.New(c, FlowKind.Recovery, isApi, RequestUrl.Of(c.Http), null);
        Fill(c, flow, method);
        // Recorded so: the form of a native app has a token now.
        flow.Ui.SetCsrf(Csrf.Token(c.Http, c.Config));
        return KeepAsync(c, flow, messages);
    }

    private async Task<Flow> KeepAsync(FlowContext c, Flow flow, IReadOnlyList<FieldText> messages)
    {
        flow.Ui.AddMessages(messages);
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return flow;
    }
}

/// <summary>What recoveries remember beside their methods' own.</summary>
internal static class RecoveryData
{
    private const string SkipSettings = "skip_settings", ByAdmin = "by_admin", AnyBrowser = "any_browser";

    extension(Flow flow)
    {
        /// <summary>Who recovered goes to where they were going, not to their settings.</summary>
        public bool SkipsSettings { get => (bool?)flow.Data[SkipSettings] ?? false; set => flow.Data[SkipSettings] = value; }

        /// <summary>An administrator began it: it goes on where people may not recover by themselves.</summary>
        public bool IsByAdmin { get => (bool?)flow.Data[ByAdmin] ?? false; set => flow.Data[ByAdmin] = value; }

        /// <summary>It is for whichever browser a code that was handed out is taken to.</summary>
        public bool IsForAnyBrowser { get => (bool?)flow.Data[AnyBrowser] ?? false; set => flow.Data[AnyBrowser] = value; }
    }
}
