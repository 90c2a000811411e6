using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Nodes;

namespace Ascent.Flows;

/// <summary>
/// One run through a form, from its start to its end or expiry. Loaded for a request, changed by it, saved at its end; the id is
/// a random one, since it stands in URLs that people share.
/// </summary>
internal sealed class Flow
{
    public required Guid Id { get; init; }
    public required FlowKind Kind { get; init; }

    /// <summary>Native clients' flows have no cookies; browsers' have no tokens.</summary>
    public required bool IsApi { get; init; }

    public required string RequestUrl { get; set; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public required UiContainer Ui { get; set; }
    public string State { get; set; } = FlowState.ChooseMethod;
    public string? Active { get; set; }
    public string? ReturnTo { get; set; }

    /// <summary>The hash of the anti-CSRF cookie that it belongs to.</summary>
    public string? Csrf { get; set; }

    public Guid? IdentityId { get; init; }

    /// <summary>What the kind and the methods remember; see <see cref="FlowData"/> for the names.</summary>
    public JsonObject Data { get; init; } = [];

    /// <summary>The form and the data as they were read, as long as nothing else was saved.</summary>
    public Text? AsRead { get; set; }

    public int SubmitCount { get; set; }
    public bool Completed { get; set; }

    public sealed record Text(string Ui, string Data);

    public string TypeName => IsApi ? "api" : "browser";

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>A flow that begins now, with an empty form. It is not kept yet, and belongs to no browser.</summary>
    /// <param name="lifespan">Where it is not what the configuration gives all of this kind.</param>
    public static Flow New(FlowContext c, FlowKind kind, bool isApi, string requestUrl, string? returnTo, TimeSpan? lifespan = null, Guid? identity = null)
    {
        var id = Guid.NewGuid();
        return new Flow
        {
            Id = id, Kind = kind, IsApi = isApi, RequestUrl = requestUrl, ReturnTo = returnTo, IdentityId = identity,
            IssuedAt = c.Now, CreatedAt = c.Now, UpdatedAt = c.Now, ExpiresAt = c.Now + (lifespan ?? kind.Lifespan(c.Config)),
            Ui = new UiContainer { Action = ActionUrl(c.Config, kind, id) },
        };
    }

    /// <summary>Where its form is sent.</summary>
    public static string ActionUrl(AscentConfig config, FlowKind kind, Guid id) => $"{config.Serve.Public.BaseUrl}self-service/{kind.Name}?flow={id}";
}

internal static class FlowState
{
    public const string ChooseMethod = "choose_method";
    public const string SentEmail = "sent_email";
    public const string PassedChallenge = "passed_challenge";
    public const string ShowForm = "show_form";
    public const string Success = "success";

    // A recovery in which people choose among their addresses.
    public const string AwaitingAddress = "recovery_awaiting_address";
    public const string AwaitingChoice = "recovery_awaiting_address_choice";
    public const string ConfirmingAddress = "recovery_confirming_address";
    public const string AwaitingCode = "recovery_awaiting_code";
}
