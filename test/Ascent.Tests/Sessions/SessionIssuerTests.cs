using Ascent.Config;
using Ascent.Crypto;
using Ascent.Sessions;
using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Sessions;

public sealed class SessionIssuerTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DeviceInfo Device = new("192.0.2.1", "test/1", null);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_session_is_stored_without_its_token_and_told_by_an_event(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var (session, token) = await host.SignInAsync(ada);

        session.Devices.ShouldHaveSingleItem().IpAddress.ShouldBe("192.0.2.1");
        session.ExpiresAt.ShouldBe(session.IssuedAt.AddHours(24));
        (await host.Get<SessionLookup>().FindAsync(host.Nid, Tokens.Key(token)))!.ShouldBe(session);
        var kept = await host.Db.ReadAsync(new Sql("select methods, devices, aal from session"), r => r.Text(0) + r.Text(1) + r.Text(2), None);
        kept.Single().ShouldNotContain(token[7..]);
        var told = (await EventsAsync(host)).ShouldHaveSingleItem();
        told.ShouldBe(("session.issued", session.Id, """{"aal":"aal1","methods":["password"]}"""));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_disabled_or_unknown_identity_gets_none(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        var (session, _) = await host.SignInAsync(ada);
        await host.SetStateAsync(ada, "inactive");
        (await host.Issuer.IssueAsync(host.Nid, ada, [SessionsHost.Password(host.Time)], Device, "self", None)).ShouldBeOfType<IssueResult.Disabled>();
        (await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", None)).ShouldBeOfType<RaiseResult.Disabled>();
        (await host.Issuer.IssueAsync(host.Nid, Guid.CreateVersion7(), [SessionsHost.Password(host.Time)], Device, "self", None)).ShouldBeOfType<IssueResult.NoIdentity>();
        (await host.Issuer.IssueAsync(Guid.CreateVersion7(), ada, [SessionsHost.Password(host.Time)], Device, "self", None)).ShouldBeOfType<IssueResult.NoIdentity>();
        (await EventsAsync(host)).Count.ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_further_proof_raises_the_same_session_and_moves_its_end(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        host.Time.Advance(TimeSpan.FromHours(1));

        var raised = (await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), "192.0.2.1", "self", None)).ShouldBeOfType<RaiseResult.Raised>();

        raised.Rotated.ShouldBeNull();
        var after = (await host.Get<SessionLookup>().FindAsync(host.Nid, Tokens.Key(token)))!;
        after.ShouldBe(raised.Session);
        after.Id.ShouldBe(session.Id);
        after.Aal.ShouldBe("aal2");
        after.Methods.Select(m => m.Method).ShouldBe(["password", "totp"]);
        after.IssuedAt.ShouldBe(session.IssuedAt);
        after.AuthenticatedAt.ShouldBe(session.AuthenticatedAt.AddHours(1));
        after.ExpiresAt.ShouldBe(session.ExpiresAt.AddHours(1));
        after.DevicesJson.ToArray().ShouldBe(session.DevicesJson.ToArray());
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        (await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Password(host.Time), null, "self", None)).ShouldBeOfType<RaiseResult.Raised>().Session.Methods.Count.ShouldBe(3);
        (await EventsAsync(host)).Select(e => e.Type).ShouldBe(["session.issued", "session.raised", "session.refreshed"]);

        await host.Get<SessionStore>().RevokeAsync(host.Nid, session.Id, null, "self", None);
        (await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", None)).ShouldBeOfType<RaiseResult.Gone>();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_rotated_token_dies_after_its_grace(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine, c => c with { Session = new SessionConfig { RotateOnStepUp = true } });
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        var raised = (RaiseResult.Raised)await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", None);
        var renewed = raised.Rotated!.Value.Value;
        renewed.ShouldNotBe(token);
        (await host.WhoamiAsync(renewed)).Code.ShouldBe(200);
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
        host.Time.Advance(SessionIssuer.Grace);
        (await host.WhoamiAsync(token)).Code.ShouldBe(401);
        (await host.WhoamiAsync(renewed)).Code.ShouldBe(200);
        (await host.Get<SessionStore>().RevokeByTokenAsync(host.Nid, Tokens.Key(token), "self", None)).ShouldBeFalse();
        (await host.Get<SessionStore>().RevokeByTokenAsync(host.Nid, Tokens.Key(renewed), "self", None)).ShouldBeTrue();
        (await host.WhoamiAsync(renewed)).Code.ShouldBe(401);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_a_failing_caller_did_in_the_transaction_leaves_no_session(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => host.Db.WriteAsync(async (tx, ct) =>
        {
            (await host.Issuer.IssueAsync(tx, host.Nid, ada, [SessionsHost.Password(host.Time)], Device, "self", ct)).ShouldBeOfType<IssueResult.Issued>();
            throw new InvalidOperationException("the code was used already");
        }, None));
        (await host.Db.ReadValueAsync(new Sql("select count(*) from session"), r => r.Long(0), None)).ShouldBe(0);
        (await EventsAsync(host)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Proofs_that_arrive_at_once_are_all_kept(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var (session, _) = await host.SignInAsync(await host.AddIdentityAsync());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", None)));
        (await host.Get<SessionStore>().FindAsync(host.Nid, session.Id, false, None))!.Methods.Count.ShouldBe(9);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_sweep_deletes_what_is_over_in_batches(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        var ada = await host.AddIdentityAsync();
        for (var i = 0; i < 3; i++) await host.SignInAsync(ada);
        host.Time.Advance(TimeSpan.FromHours(25));
        var (_, alive) = await host.SignInAsync(ada);
        var sweep = host.Get<SessionSweep>();
        (await sweep.DeleteExpiredAsync(host.Nid, TimeSpan.FromHours(2), 2, None)).ShouldBe(0);
        (await sweep.DeleteExpiredAsync(host.Nid, TimeSpan.FromMinutes(30), 2, None)).ShouldBe(2);
        (await sweep.DeleteExpiredAsync(host.Nid, TimeSpan.Zero, 2, None)).ShouldBe(1);
        (await sweep.DeleteExpiredAsync(host.Nid, TimeSpan.Zero, 2, None)).ShouldBe(0);
        (await host.WhoamiAsync(alive)).Code.ShouldBe(200);
    }

    private static Task<List<(string Type, Guid? Session, string Data)>> EventsAsync(SessionsHost host) =>
        host.Db.ReadAsync(new Sql("select type, session_id, data from event order by at, id"), r => (r.Text(0), r.GuidOrNull(1), r.Text(2)), None);
}
