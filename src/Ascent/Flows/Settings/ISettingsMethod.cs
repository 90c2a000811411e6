using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Ascent.Storage;

namespace Ascent.Flows.Settings;

/// <summary>
/// One part of the settings: the profile, a credential. It fills its part of the form and says what a submission changes; the
/// session, its level and age, CSRF, hooks, the transaction and the answer are the engine's.
/// </summary>
internal interface ISettingsMethod
{
    /// <summary>As in <c>method=…</c>; also the group of its nodes.</summary>
    string Name { get; }

    bool IsEnabled(AscentConfig config);

    /// <summary>Whether what was sent is for this method. Methods are asked in their order; the first one that says so has it.</summary>
    bool Claims(JsonObject body) => body.Text("method") == Name;

    /// <summary>The names of its buttons that say yes or no.</summary>
    IReadOnlyList<string> Buttons => [];

    /// <summary>Whether what is asked for needs a recent proof of who one is.</summary>
    bool IsPrivileged(SettingsSubmission submission) => true;

    /// <summary>
    /// Whether the submission enrols a second factor: what a session may do that lacks one, where
    /// <c>selfservice.flows.settings.required_aal</c> is aal2 and the identity has none yet.
    /// </summary>
    bool EnrolsSecondFactor(SettingsSubmission submission) => false;

    Task PopulateAsync(SettingsForm form, CancellationToken ct);

    Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct);

    /// <summary>
    /// Makes the form ready for what is said against a submission, the method's own words or a hook's: forgets what was said
    /// before and puts back what was typed, where it is no secret.
    /// </summary>
    void Refill(SettingsSubmission submission) => submission.Flow.Ui.ResetMessages();
}

/// <summary>
/// The form being built: at the start, and anew after every change that was saved. A method's memory is in <c>Flow.MemoryOf(Name)</c>,
/// empty when the form is built.
/// </summary>
internal sealed record SettingsForm(FlowContext Context, Flow Flow, IdentityState State)
{
    public AscentConfig Config => Context.Config;
    public UiContainer Ui => Flow.Ui;
    public Identity Identity => State.Identity;

    public Credential? Credential(string type) => State.Credentials.GetValueOrDefault(type);
}

/// <param name="State">The identity as it was when the request came; a change is worked out on the one it is given.</param>
internal sealed record SettingsSubmission(FlowContext Context, Flow Flow, JsonObject Body, IdentityState State, Session Session)
{
    public AscentConfig Config => Context.Config;
    public Identity Identity => State.Identity;

    public Credential? Credential(string type) => State.Credentials.GetValueOrDefault(type);

    /// <summary>Whether the session's proof is young enough for what is privileged.</summary>
    public bool HasPrivilege => SettingsPrivilege.IsGiven(Config, Session, Context.Now);

    /// <summary>A member as text, numbers and booleans by their spelling; null where it is missing or empty.</summary>
    public string? Text(string name) => Body.Text(name);

    /// <summary>A button that was pressed: true, or a word that means it.</summary>
    public bool Flag(string name) => IsSet(Body, name);

    public static bool IsSet(JsonObject body, string name) => body[name] is JsonValue v && FormBoolean.Of(v.ToString()) == true;
}

/// <summary>What a method made of a submission.</summary>
internal abstract record SettingsResult
{
    private SettingsResult() { }

    /// <summary>
    /// The change, to be worked out on whatever the identity is by then; it may be asked again. It refuses with
    /// <see cref="IdentityEdit.Refuse"/>, of which a 400 becomes a message on the form.
    /// </summary>
    public sealed record Saved(Func<IdentityState, IdentityEdit> Change) : SettingsResult
    {
        /// <summary>The factor just enrolled: it is added to the session in the same transaction.</summary>
        public AuthenticationMethod? AddsMethod { get; init; }

        /// <summary>More work in that transaction, after the identity is written; an exception undoes all.</summary>
        public Func<Tx, Identity, CancellationToken, Task>? Also { get; init; }
    }

    /// <summary>There is nothing to change; the answer is that of a success.</summary>
    public sealed record NothingToDo : SettingsResult;

    /// <summary>The method changed the form, which is shown as it is now, without messages; the identity stays as it is.</summary>
    public sealed record Shown : SettingsResult;

    /// <summary>Not done; what to say, and at which field. The form is <see cref="ISettingsMethod.Refill">refilled</see> before.</summary>
    public sealed record Refused(params IReadOnlyList<FieldText> Messages) : SettingsResult;

    /// <summary>The browser goes elsewhere first.</summary>
    public sealed record Elsewhere(string Url) : SettingsResult;

    public sealed record Failed(ApiError Error) : SettingsResult;
}
