using System.Collections.Frozen;

namespace Ascent.Events;

/// <summary>A type of event: when it is written and what its data hold.</summary>
internal sealed record EventType(string Name, string When, string Data = "–");

/// <summary>The closed list of event types; <c>docs/reference/events.md</c> is made from it.</summary>
internal static class EventTypes
{
    private const string Attempt = "`method`, `reason` (`unknown_account`, `wrong_proof`), `messages` (numbers), `aal` of a login, `subject` (the keyed hash by which attempts are counted), `unwritten_before`";

    public static IReadOnlyList<EventType> All { get; } =
    [
        new("identity.created", "An identity was created: by registration, an administrator or an import.", "`schema_id`, `credentials` (types)"),
        new("identity.updated", "Traits, state, metadata or credentials of an identity changed.", "`changed` (names)"),
        new("identity.deleted", "An identity was deleted. Its earlier events stay and lose address and user agent."),
        new("identity.credential_set", "A credential was set or replaced.", "`type`"),
        new("identity.credential_added", "Somebody added a factor or a linked account in the settings.", "`type`"),
        new("identity.credential_removed", "Somebody removed a factor or a linked account in the settings.", "`type`"),
        new("identity.credential_deleted", "A credential was deleted.", "`type`"),
        new("identity.password_rehashed", "A password was hashed anew with today's parameters, at a login."),
        new("identity.address_verified", "An address was verified.", "`via`, `status`"),
        new("identity.address_marked", "A message to an address went out, or its state was set.", "`via`, `status`"),
        new("identity.credentials_read", "An administrator had credentials shown with their secrets.", "`types`"),
        new("identity.backup_codes_revealed", "Somebody had the backup codes shown.", "`type`"),
        new("identity.backup_code_used", "A backup code was spent.", "`left`"),
        new("login.failed", "A password, code or second factor was looked at and found wrong. Sampled.", Attempt),
        new("registration.failed", "A registration's code was wrong. Sampled.", Attempt),
        new("recovery.requested", "Somebody asked for a recovery message, whether anybody has the address or not. Sampled.", "`via`, `unwritten_before`"),
        new("recovery.failed", "A recovery code was wrong. Sampled.", Attempt),
        new("recovery.handed_out", "An administrator made a recovery code or link.", "`method`, `expires_at`"),
        new("recovery.completed", "An account was recovered.", "`method`"),
        new("recovery.refused", "A recovery was proven, but its identity may not have sessions.", "`method`"),
        new("verification.requested", "Somebody asked for a verification message. Sampled.", "`via`, `unwritten_before`"),
        new("verification.failed", "A verification code was wrong. Sampled.", Attempt),
        new("session.issued", "A session began: a login, a registration, a recovery, or an operator's command.", "`aal`, `methods`"),
        new("session.imported", "An administrator brought in a session of another system, by the hash of its token.", "`aal`"),
        new("session.refreshed", "A session's owner proved again who they are.", "`aal`, `methods`"),
        new("session.raised", "A session reached a higher level of assurance.", "`aal`, `methods`"),
        new("session.extended", "A session's end was moved."),
        new("session.revoked", "A session was ended."),
        new("sessions.revoked", "Sessions were ended together.", "`count`"),
        new("sessions.deleted", "Sessions were deleted together.", "`count`"),
        new("lockout.created", "Too many wrong attempts locked an identifier, a factor or an address.", "`lockout`, `kind`, `failures`, `until`, `method`"),
        new("lockout.released", "An administrator ended a lockout.", "`lockout`, `kind`, `method`"),
        new("message.resent", "An administrator or an operator had a waiting message sent at once.", "`message_id`"),
        new("message.abandoned", "The courier gave a message up.", "`message_id`, `template_type`, `channel`"),
    ];

    private static readonly FrozenSet<string> Names = All.Select(t => t.Name).ToFrozenSet(StringComparer.Ordinal);

    public static bool IsKnown(string name) => Names.Contains(name);

    /// <summary>The reference page.</summary>
    public static string Page() => $"""
        # Events

        The audit trail: what happened, who did it and from where. An event is written in the transaction of what it tells, so that neither is
        there without the other. `GET /admin/events`, `ascent events` and the log lines with `audience=audit` show them.

        Every event has `id` (grows with time), `at`, `type`, `actor` and `data`, and where they are known `identity_id`, `session_id`, `address`
        and `user_agent`. The actor is `self`, `admin` or `admin:` with the name of the token, `operator` (the command line) or `system`.

        | type | written when | data |
        | --- | --- | --- |
        {string.Join("\n", All.Select(t => $"| `{t.Name}` | {t.When} | {t.Data} |"))}

        Sampled: the first {EventSampler.FirstOfOne} in ten minutes of one client, and about one identifier, factor or address, are written, after that one for every
        {EventSampler.Every}; of all together {EventSampler.FirstOfAll} a minute on each node. `unwritten_before` says how many were not written since the last one that was.

        """.ReplaceLineEndings("\n");
}
