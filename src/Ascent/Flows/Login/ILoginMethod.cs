using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Login;

/// <summary>
/// One way to prove who one is at a login. It fills its part of the form and looks at what was sent; everything around it
/// (CSRF, expiry, throttling, hooks, the session, the answer) is the engine's.
/// </summary>
internal interface ILoginMethod
{
    /// <summary>As in <c>method=…</c> and in the session's methods.</summary>
    string Name { get; }

    bool IsEnabled(AscentConfig config);

    /// <summary>Whether flows that only try something may be sent to it.</summary>
    bool TakesTrials => false;

    /// <summary>Whether it has any part at this level: a first factor at aal1, a second at aal2.</summary>
    bool ServesAal(string aal, AscentConfig config);

    /// <summary>Whether what was sent is for this method, though it may not say so by <c>method</c>.</summary>
    bool Claims(JsonObject body) => false;

    /// <summary>What the flow carries for whoever signs in by it, by this method or another; null where it carries nothing.</summary>
    LoginCargo? CargoOf(Flow flow) => null;

    Task PopulateAsync(LoginForm form, CancellationToken ct);

    /// <summary>
    /// Asked when a form is complete that nobody has typed anything into yet: a method that needs nothing of it goes on at once, to
    /// its next step; null where it waits.
    /// </summary>
    Task<LoginResult?> BeginAsync(LoginForm form, CancellationToken ct) => Task.FromResult<LoginResult?>(null);

    /// <summary>What no other method wants is for this one, where it is switched on.</summary>
    bool TakesTheRest => false;

    /// <summary>
    /// Whose first factor a submission would prove, as it was typed: what guesses at it are counted for. Null where the method finds its
    /// identity by something else, whatever else the form holds: nobody's count moves by a name that is not looked up.
    /// </summary>
    string? Claimed(LoginSubmission submission) => null;

    Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct);
}

/// <summary>A credential that waits in a login flow for its owner to sign in; it is added in the transaction that issues the session.</summary>
/// <param name="Owner">Who alone may have it: a login as anybody else is refused.</param>
/// <param name="Method">Proven already when the flow began; the session has it beside the one that the login itself adds.</param>
internal sealed record LoginCargo(Guid Owner, AuthenticationMethod Method, Func<IdentityState, IdentityEdit> Change);

/// <summary>Which form is being built.</summary>
internal enum LoginStage
{
    /// <summary>All first factors on one form.</summary>
    FirstFactor,

    /// <summary>Identifier first: what is known of nobody yet.</summary>
    Identify,

    /// <summary>Identifier first: the credentials of who was named, or of anybody where it may not be told.</summary>
    Credentials,

    /// <summary>Who is signed in confirms a first factor.</summary>
    Refresh,

    SecondFactor,

    /// <summary>Who is signed in confirms a second factor.</summary>
    SecondFactorRefresh,
}

/// <param name="Identity">Whose form it is, where that is known.</param>
/// <param name="Identifier">What was typed on the form before, or what the signed-in identity signs in with.</param>
internal sealed record LoginForm(FlowContext Context, Flow Flow, LoginStage Stage, IdentityState? Identity, string? Identifier, UiText IdentifierLabel)
{
    public AscentConfig Config => Context.Config;

    /// <summary>The form's token against forgery; native apps have it too, empty, as they always had.</summary>
    public void EnsureCsrf() => LoginNodes.EnsureCsrf(Context, Flow);
}

internal sealed record LoginSubmission(FlowContext Context, Flow Flow, JsonObject Body)
{
    public AscentConfig Config => Context.Config;

    /// <summary>A member as text, numbers and booleans by their spelling; null where it is missing or empty.</summary>
    public string? Text(string name) => Body.Text(name);
}

/// <summary>What a method made of a submission.</summary>
internal abstract record LoginResult
{
    private LoginResult() { }

    /// <summary>
    /// It is <paramref name="Identity"/>. What may be used once is consumed by <see cref="Consume"/>, in the transaction that issues
    /// the session; false there means that somebody else was faster, and <see cref="Lost"/> is said.
    /// </summary>
    public sealed record Proven(Identity Identity, AuthenticationMethod Method) : LoginResult
    {
        public Func<Tx, CancellationToken, Task<bool>>? Consume { get; init; }
        public UiText? Lost { get; init; }

        /// <summary>The identity was found by what <see cref="ILoginMethod.Claimed"/> gave, so that wrong guesses at it may be forgotten.</summary>
        public bool IsWhoWasClaimed { get; init; }

        /// <summary>Never continues the session that is there, not even one of the same identity.</summary>
        public bool OpensOwnSession { get; init; }

        /// <summary>What the proof told of the identity, written with the session; where it cannot be, the login goes on without.</summary>
        public Func<IdentityState, IdentityEdit>? Update { get; init; }

        /// <summary>Told where <see cref="Update"/> could not be written.</summary>
        public Action<IdentityWrite>? NotUpdated { get; init; }
    }

    /// <summary>Not proven; what to say, and at which field. A wrong proof counts against the identifier and the client.</summary>
    public sealed record Refused(params IReadOnlyList<FieldText> Messages) : LoginResult
    {
        /// <summary>What was guessed at, where a proof was looked at and found wrong; null for a form that is merely incomplete.</summary>
        public string? Subject { get; init; }

        /// <summary>Whose account it was, where that is known; for the audit trail alone.</summary>
        public Guid? IdentityId { get; init; }

        /// <summary>Nodes whose value is not shown again.</summary>
        public IReadOnlyList<string> Forget { get; init; } = [];

        /// <summary>The identifier's field stays as it was instead of showing what was sent.</summary>
        public bool LeavesIdentifier { get; init; }
    }

    /// <summary>The form has changed and is shown again.</summary>
    public sealed record NextStep : LoginResult
    {
        /// <summary>What is written in the transaction that keeps the changed form.</summary>
        public Func<Tx, CancellationToken, Task>? Write { get; init; }
    }

    /// <summary>The browser goes elsewhere first.</summary>
    public sealed record Elsewhere(string Url) : LoginResult;

    /// <summary>Another flow took over and answers.</summary>
    public sealed record Answered(IResult Answer) : LoginResult;

    public sealed record Failed(ApiError Error) : LoginResult;
}
