using Ascent.Config;
using Ascent.Sessions;
using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Sessions;

/// <summary><c>session.idle</c>: a session that is not used ends, one that is used does not, whichever way it is used.</summary>
public sealed class SessionIdleTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30), Minute = TimeSpan.FromMinutes(1);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_session_that_is_not_used_ends_everywhere(string engine)
    {
        await using var host = await StartAsync(engine, new IdleConfig { Aal1 = Idle });
        var ada = await host.AddIdentityAsync();
        var (session, token) = await host.SignInAsync(ada);
        var (_, other) = await host.SignInAsync(ada);

        host.Time.Advance(Idle);
        (await ActiveAsync(host, ada)).ShouldBe(2);
        host.Time.Advance(Minute); // what a use may be late in the row
        (await ActiveAsync(host, ada)).ShouldBe(0);
        (await host.WhoamiAsync(token)).Code.ShouldBe(401);
        (await host.SendAsync("GET", "/sessions", token)).Code.ShouldBe(401);
        (await host.SendAsync("DELETE", "/sessions", other)).Code.ShouldBe(401);
        (await host.Get<SessionStore>().ListOfIdentityAsync(host.Nid, ada, false, null, 0, 10, None)).Count.ShouldBe(2);
        ((bool)(await host.AdminAsync("GET", $"/admin/sessions/{session.Id}")).Json["active"]!).ShouldBeFalse();
        (await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", None)).ShouldBeOfType<RaiseResult.Gone>();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_session_that_is_used_in_time_goes_on_for_a_day(string engine)
    {
        await using var host = await StartAsync(engine, new IdleConfig { Aal1 = Idle });
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        for (var i = 0; i < 40; i++)
        {
            host.Time.Advance(Idle - TimeSpan.FromMilliseconds(1));
            var at = Instant.Truncate(host.Time.GetUtcNow());
            (await host.SendAsync("GET", i % 2 == 0 ? "/sessions/whoami" : "/sessions", token)).Code.ShouldBe(200, $"use {i}");
            await SessionsHost.UntilAsync(async () => (await host.Get<SessionStore>().FindAsync(host.Nid, session.Id, false, None))!.UsedAt == at);
        }
    }

    /// <summary>The last use is younger than the row says where it came within a grain of the one before.</summary>
    [Fact]
    public async Task A_use_that_was_not_written_down_counts_too()
    {
        await using var host = await StartAsync("sqlite", new IdleConfig { Aal1 = Idle });
        var (session, token) = await host.SignInAsync(await host.AddIdentityAsync());
        host.Time.Advance(TimeSpan.FromSeconds(59));
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
        host.Time.Advance(Idle - TimeSpan.FromMilliseconds(1));
        (await host.Get<SessionStore>().FindAsync(host.Nid, session.Id, false, None))!.UsedAt.ShouldBe(session.UsedAt);
        (await host.WhoamiAsync(token)).Code.ShouldBe(200);
    }

    [Theory]
    [InlineData(1, 100), InlineData(60, 6_000), InlineData(3600, 60_000)]
    public async Task It_ends_a_tenth_of_the_idle_time_and_a_minute_late_at_most(int seconds, int late)
    {
        await using var host = await StartAsync("sqlite", new IdleConfig { Aal1 = TimeSpan.FromSeconds(seconds) });
        var (_, token) = await host.SignInAsync(await host.AddIdentityAsync());
        host.Time.Advance(TimeSpan.FromSeconds(seconds) + TimeSpan.FromMilliseconds(late));
        (await host.WhoamiAsync(token)).Code.ShouldBe(401);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Each_level_has_its_own_time_and_nothing_configured_is_none(string engine)
    {
        await using var host = await StartAsync(engine, new IdleConfig());
        var ada = await host.AddIdentityAsync();
        var (_, first) = await host.SignInAsync(ada);
        var (_, second) = await host.SignInAsync(ada, SessionsHost.Password(host.Time), SessionsHost.Totp(host.Time));
        host.Time.Advance(TimeSpan.FromMinutes(59));
        (await ActiveAsync(host, ada)).ShouldBe(2);
        host.Time.Advance(TimeSpan.FromMinutes(3));
        (await host.WhoamiAsync(second)).Code.ShouldBe(401);
        (await ActiveAsync(host, ada)).ShouldBe(1);
        (await host.WhoamiAsync(first)).Code.ShouldBe(200);
        host.Config.Replace(host.Config.Current with { Session = host.Config.Current.Session with { Idle = null } });
        (await host.WhoamiAsync(second)).Code.ShouldBe(200);
        (await ActiveAsync(host, ada)).ShouldBe(2);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Sliding_is_for_every_use_and_renews_the_cookie(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine, c => c with { Session = new SessionConfig { Sliding = true, Lifespan = TimeSpan.FromHours(1) } });
        var ada = await host.AddIdentityAsync();
        var cookie = ("Cookie", (await host.SendAsync("GET", $"/issue-cookie/{ada}")).Cookies.Single().Split(';')[0]);
        host.Time.Advance(TimeSpan.FromMinutes(40));
        var end = Instant.Truncate(host.Time.GetUtcNow()) + TimeSpan.FromHours(1);
        (await host.SendAsync("GET", "/sessions", null, cookie)).Code.ShouldBe(200);
        await SessionsHost.UntilAsync(async () => (await host.Get<SessionStore>().ListOfIdentityAsync(host.Nid, ada, null, null, 0, 1, None))[0].ExpiresAt == end);
        var renewed = (await host.SendAsync("GET", "/sessions", null, cookie)).Cookies.ShouldHaveSingleItem().Split(';')[0];
        (await host.SendAsync("GET", "/sessions/whoami", null, cookie)).Cookies.ShouldHaveSingleItem();
        host.Time.Advance(TimeSpan.FromMinutes(40));
        (await host.SendAsync("GET", "/sessions/whoami", null, ("Cookie", renewed))).Code.ShouldBe(200);
    }

    /// <summary>A request that was under way with the old cookie must not give it back to the browser that has the new one.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_replaced_token_is_in_no_new_cookie(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine, c => c with { Security = new SecurityConfig { StricterThanKratos = true } });
        var ada = await host.AddIdentityAsync();
        var old = ("Cookie", (await host.SendAsync("GET", $"/issue-cookie/{ada}")).Cookies.Single().Split(';')[0]);
        var session = (await host.Get<SessionStore>().ListOfIdentityAsync(host.Nid, ada, null, null, 0, 1, None))[0];
        host.Time.Advance(TimeSpan.FromSeconds(5));
        ((RaiseResult.Raised)await host.Issuer.AddMethodAsync(host.Nid, session.Id, SessionsHost.Totp(host.Time), null, "self", None)).Rotated.ShouldNotBeNull();
        var reply = await host.SendAsync("GET", "/sessions/whoami", null, old);
        reply.Code.ShouldBe(200);
        reply.Cookies.ShouldBeEmpty();
    }

    private static Task<SessionsHost> StartAsync(string engine, IdleConfig idle) => SessionsHost.StartAsync(engine, c => c with { Session = new SessionConfig { Idle = idle } });

    private static Task<long> ActiveAsync(SessionsHost host, Guid identity) => host.Get<SessionStore>().CountOfIdentityAsync(host.Nid, identity, true, null, None);
}
