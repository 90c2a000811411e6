using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Registration;

/// <summary>
/// One way to become somebody at a registration. It fills its part of the form and says who is to be created; everything around it
/// (CSRF, expiry, hooks, the transaction, the session, the answer) is the engine's.
/// </summary>
internal interface IRegistrationMethod
{
    /// <summary>As in <c>method=…</c> and in the session's methods.</summary>
    string Name { get; }

    bool IsEnabled(AscentConfig config);

    /// <summary>Whether what was sent is for this method. Methods are asked in their order; the first one that says so has it.</summary>
    bool Claims(JsonObject body, AscentConfig config) => body.Text("method") == Name;

    Task PopulateAsync(RegistrationForm form, CancellationToken ct);

    /// <summary>Addresses whose code a submission guesses at: wrong ones are counted for each, and for the client.</summary>
    IReadOnlyList<string> GuessedAt(RegistrationSubmission submission) => [];

    Task<RegistrationResult> SubmitAsync(RegistrationSubmission submission, CancellationToken ct);

    /// <summary>What to tell somebody who is known already: how this identity signs in by this method; null where it does not.</summary>
    LoginHint? HintFor(IdentityState state, AscentConfig config) => null;
}

/// <param name="Providers">The providers' ids, for social sign-in.</param>
internal sealed record LoginHint(string CredentialType, params IReadOnlyList<string> Providers);

/// <summary>Which form is being built.</summary>
internal enum RegistrationStage
{
    /// <summary>Traits and all credentials on one form.</summary>
    OneStep,

    /// <summary>The first of two steps: the traits.</summary>
    Profile,

    /// <summary>The second: the credentials, with the traits carried along unseen.</summary>
    Credentials,
}

/// <param name="Traits">What was typed so far.</param>
internal sealed record RegistrationForm(FlowContext Context, Flow Flow, RegistrationStage Stage, IdentitySchema Schema, JsonObject Traits)
{
    public AscentConfig Config => Context.Config;
    public UiContainer Ui => Flow.Ui;

    /// <summary>The form's token against forgery; native apps have it too, empty, as they always had.</summary>
    public void EnsureCsrf()
    {
        if (Ui.Find(UiContainer.CsrfName) is null) Ui.SetCsrf(Flow.IsApi ? "" : Csrf.Token(Context.Http, Config));
    }

    /// <summary>The fields of the identity, once, whichever method asks first.</summary>
    public void AskTraits()
    {
        const string group = NodeGroups.Default;
        if (Schema.Fields.Count == 0 || Ui.Find(group, Schema.Fields[0].Name) is not null) return;
        foreach (var node in TraitNodes.Of(Schema.Fields, group)) Ui.Append(Stage == RegistrationStage.Credentials ? TraitNodes.Hide(node) : node);
        TraitNodes.Fill(Ui, RegistrationTraits.Element(Traits), group);
    }
}

internal sealed record RegistrationSubmission(FlowContext Context, Flow Flow, JsonObject Body, IdentitySchema Schema)
{
    public AscentConfig Config => Context.Config;

    /// <summary>The traits that were sent, checked against the schema.</summary>
    public RegistrationTraits Traits => field ??= RegistrationTraits.Read(Schema, Body);

    /// <summary>The identity by its traits alone; for traits that are valid.</summary>
    public IdentityDraft Draft() => new() { SchemaId = Schema.Id, Traits = Traits.Json };

    /// <summary>A member as text, numbers and booleans by their spelling; null where it is missing or empty.</summary>
    public string? Text(string name) => Body.Text(name);
}

/// <summary>What a method made of a submission.</summary>
internal abstract record RegistrationResult
{
    private RegistrationResult() { }

    /// <summary>
    /// The identity to create. What may be used once is consumed by <see cref="Consume"/>, in the transaction that creates it; false
    /// there means that somebody else was faster, and <see cref="Lost"/> is said.
    /// </summary>
    public sealed record Accepted(IdentityDraft Draft, AuthenticationMethod Method) : RegistrationResult
    {
        public Func<Tx, Identity, CancellationToken, Task<bool>>? Consume { get; init; }
        public UiText? Lost { get; init; }

        /// <summary>Answers where something of the identity is somebody else's already; without it the form says so.</summary>
        public Func<IdentityConflict, Task<IResult>>? IfTaken { get; init; }
    }

    /// <summary>Not done; what to say, and at which field.</summary>
    public sealed record Refused(params IReadOnlyList<FieldText> Messages) : RegistrationResult
    {
        /// <summary>Nodes whose value is not shown again.</summary>
        public IReadOnlyList<string> Forget { get; init; } = [];

        /// <summary>A proof was looked at and found wrong, which counts against whom it was for.</summary>
        public bool WrongProof { get; init; }
    }

    /// <summary>The form has changed and is shown again.</summary>
    public sealed record NextStep : RegistrationResult
    {
        /// <summary>Build the form anew for this stage, with the traits that were sent; null where the method changed it itself.</summary>
        public RegistrationStage? Stage { get; init; }
        public IReadOnlyList<UiText> Messages { get; init; } = [];

        /// <summary>What is written in the transaction that keeps the changed form.</summary>
        public Func<Tx, CancellationToken, Task>? Write { get; init; }

        /// <summary>The answer holds what the client gave for hooks, as answers to a step do; one that goes back does not.</summary>
        public bool ShowsTransientPayload { get; init; } = true;
    }

    /// <summary>The browser goes elsewhere first.</summary>
    public sealed record Elsewhere(string Url) : RegistrationResult;

    /// <summary>Another flow took over and answers.</summary>
    public sealed record Answered(IResult Answer) : RegistrationResult;

    public sealed record Failed(ApiError Error) : RegistrationResult;
}
