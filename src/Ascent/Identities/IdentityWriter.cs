using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>
/// Changes identities: everything that belongs together, and the event that tells it, in one transaction. A change is worked
/// out on a state that was read before and written only if nobody changed it meanwhile; otherwise it is worked out anew.
/// </summary>
internal sealed class IdentityWriter(Db db, IdentityStore store, IdentityTable table, IdentityPlanner planner, EventWriter events)
{
    /// <summary>Each lost race means that another write succeeded; so many in a row are an abuse.</summary>
    private const int Attempts = 200;
    private const int ConflictAttempts = 5;

    public Task<IdentityWrite> CreateAsync(Guid nid, IdentityDraft draft, string actor, CancellationToken ct) => CreateAsync(nid, draft, actor, null, ct);

    /// <summary>With more work (<paramref name="also"/>) in the transaction, after the identity is written; an exception undoes all.</summary>
    public async Task<IdentityWrite> CreateAsync(Guid nid, IdentityDraft draft, string actor, Func<Tx, Identity, CancellationToken, Task>? also, CancellationToken ct)
    {
        var (plan, failure) = planner.Plan(null, draft);
        if (plan is null) return failure!;
        return await OnceMoreIfTakenAsync(() => db.WriteAsync<IdentityWrite>(async (tx, token) =>
        {
            if (await IdentityTable.FindConflictAsync(tx, nid, plan, token) is { } taken) return new IdentityWrite.Conflict(taken);
            await InsertAsync(tx, nid, plan, actor, token);
            if (also is not null) await also(tx, plan.After.Identity, token);
            return new IdentityWrite.Created(plan.After);
        }, ct));
    }

    /// <summary>Many at once, in one transaction: those that are refused or taken are left out, unless <paramref name="fatal"/> says that nothing may be written.</summary>
    public async Task<IReadOnlyList<IdentityWrite>> CreateManyAsync(Guid nid, IReadOnlyList<IdentityDraft> drafts, string actor, Func<IdentityConflict, bool> fatal, CancellationToken ct)
    {
        var plans = drafts.Select(d => planner.Plan(null, d)).ToList();
        return await OnceMoreIfTakenAsync(() => db.WriteAsync<IReadOnlyList<IdentityWrite>>(async (tx, token) =>
        {
            var results = new List<IdentityWrite>(plans.Count);
            foreach (var (plan, failure) in plans)
            {
                if (plan is null) results.Add(failure!);
                else if (await IdentityTable.FindConflictAsync(tx, nid, plan, token) is { } taken)
                {
                    if (fatal(taken)) throw new FatalConflictException(taken);
                    results.Add(new IdentityWrite.Conflict(taken));
                }
                else
                {
                    await InsertAsync(tx, nid, plan, actor, token);
                    results.Add(new IdentityWrite.Created(plan.After));
                }
            }
            return results;
        }, ct));
    }

    public Task<IdentityWrite> UpdateAsync(Guid nid, Guid id, Func<IdentityState, IdentityEdit> edit, string actor, CancellationToken ct) => UpdateAsync(nid, id, edit, actor, null, ct);

    /// <summary>
    /// <paramref name="edit"/> works out the change and nothing else: it is called again on a newer state if somebody was faster.
    /// <paramref name="also"/> runs in the transaction after the identity is written; an exception undoes all.
    /// </summary>
    public async Task<IdentityWrite> UpdateAsync(Guid nid, Guid id, Func<IdentityState, IdentityEdit> edit, string actor, Func<Tx, Identity, CancellationToken, Task>? also, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await store.StateAsync(nid, id, ct) is not { } state) return new IdentityWrite.NotFound();
            var wanted = edit(state);
            if (wanted is IdentityEdit.Refuse refuse) return new IdentityWrite.Refused(refuse.Error);
            var apply = (IdentityEdit.Apply)wanted;
            var (plan, failure) = planner.Plan(state, apply.Draft);
            if (plan is null) return failure!;
            if (plan.ChangesNothing && also is null) return new IdentityWrite.Updated(state, state);
            if (await OnceMoreIfTakenAsync(() => WriteAsync(nid, plan, apply, actor, also, ct)) is { } done) return done;
        }
        return new IdentityWrite.Contended();
    }

    /// <summary>False where there is none. Its credentials, addresses and sessions go with it.</summary>
    public Task<bool> DeleteAsync(Guid nid, Guid id, string actor, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        if (await IdentityTable.DeleteAsync(tx, nid, id, token) == 0) return false;
        await EventWriter.ForgetAsync(tx, nid, id, token);
        await events.WriteAsync(tx, nid, new Event("identity.deleted") { Actor = actor, IdentityId = id }, token);
        return true;
    }, ct);

    /// <summary>Changes one credential's config, given what it is (null: there is none); a null result removes it.</summary>
    public Task<IdentityWrite> ChangeCredentialAsync(Guid nid, Guid id, string type, Func<Credential?, string?> change, string actor, CancellationToken ct) =>
        UpdateAsync(nid, id, state =>
        {
            var config = change(state.Credentials.GetValueOrDefault(type));
            var draft = IdentityDraft.From(state) with { ReadTraits = false };
            return new IdentityEdit.Apply(config is null ? draft.Without(type) : draft.With(type, config))
            {
                Event = new Event(config is null ? "identity.credential_deleted" : "identity.credential_set") { Actor = actor, IdentityId = id, Data = new JsonObject { ["type"] = type } },
            };
        }, actor, ct);

    public Task<IdentityWrite> SetCredentialAsync(Guid nid, Guid id, string type, string config, string actor, CancellationToken ct) =>
        ChangeCredentialAsync(nid, id, type, _ => config, actor, ct);

    public Task<IdentityWrite> DeleteCredentialAsync(Guid nid, Guid id, string type, string actor, CancellationToken ct) =>
        ChangeCredentialAsync(nid, id, type, _ => null, actor, ct);

    public Task<IdentityWrite> MarkAddressAsync(Guid nid, Guid id, AddressMark mark, string actor, CancellationToken ct) => MarkAddressAsync(nid, id, mark, actor, null, ct);

    /// <summary>Notes what became known of a verifiable address; one that the identity no longer has changes nothing.</summary>
    public Task<IdentityWrite> MarkAddressAsync(Guid nid, Guid id, AddressMark mark, string actor, Func<Tx, Identity, CancellationToken, Task>? also, CancellationToken ct) =>
        UpdateAsync(nid, id, state => new IdentityEdit.Apply(IdentityDraft.From(state) with { ReadTraits = false, Addresses = [mark] })
        {
            Event = new Event(mark.Verified ? "identity.address_verified" : "identity.address_marked")
            {
                Actor = actor, IdentityId = id, Data = new JsonObject { ["via"] = mark.Via, ["status"] = mark.Status },
            },
        }, actor, also, ct);

    /// <summary>
    /// What credentials can prove depends on the configuration, too. Whoever signs in is judged by today's, in the transaction
    /// that makes the session; an identity that was written meanwhile has been judged by it already. True where the row is another than
    /// the identity says.
    /// </summary>
    public async Task<bool> RefreshAvailableAalAsync(Tx tx, Guid nid, Identity identity, CancellationToken ct)
    {
        var aal = planner.AvailableAalOf(await store.CredentialsAsync(tx, nid, identity.Id, ct));
        if (aal == identity.AvailableAal) return false;
        await tx.ExecuteAsync(new Sql("update identity set available_aal = @aal where nid = @nid and id = @id and version = @version",
            ("aal", aal), ("nid", nid), ("id", identity.Id), ("version", identity.Version)), ct);
        return true;
    }

    private async Task InsertAsync(Tx tx, Guid nid, IdentityPlan plan, string actor, CancellationToken ct)
    {
        await table.InsertAsync(tx, nid, plan, ct);
        await events.WriteAsync(tx, nid, new Event("identity.created")
        {
            Actor = actor, IdentityId = plan.After.Identity.Id,
            Data = new JsonObject { ["schema_id"] = plan.After.Identity.SchemaId, ["credentials"] = Names(plan.After.Credentials.Keys.Order(StringComparer.Ordinal)) },
        }, ct);
    }

    /// <summary>Null where another write came first.</summary>
    private Task<IdentityWrite?> WriteAsync(Guid nid, IdentityPlan plan, IdentityEdit.Apply apply, string actor, Func<Tx, Identity, CancellationToken, Task>? also, CancellationToken ct) =>
        db.WriteAsync<IdentityWrite?>(async (tx, token) =>
        {
            if (await IdentityTable.FindConflictAsync(tx, nid, plan, token) is { } taken) return new IdentityWrite.Conflict(taken);
            if (!await table.ReplaceAsync(tx, nid, plan, token)) return null;
            await events.WriteAsync(tx, nid, apply.Event ?? new Event("identity.updated")
            {
                Actor = actor, IdentityId = plan.After.Identity.Id, Data = new JsonObject { ["changed"] = Names(plan.Changes) },
            }, token);
            if (also is not null) await also(tx, plan.After.Identity, token);
            return new IdentityWrite.Updated(plan.After, plan.Before!);
        }, ct);

    /// <summary>Two writers may both find a value free; the index stops the second, who then looks again and finds it taken.</summary>
    private static async Task<T> OnceMoreIfTakenAsync<T>(Func<Task<T>> write)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                return await write();
            }
            catch (UniqueViolationException) when (attempt < ConflictAttempts)
            {
                // Nothing was written; the next look names whose value it is.
            }
    }

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(n => (JsonNode)n)];
}

/// <summary>Undoes a batch of which one part may not fail alone.</summary>
internal sealed class FatalConflictException(IdentityConflict conflict) : Exception("A value of the batch is taken.")
{
    public IdentityConflict Conflict { get; } = conflict;
}
