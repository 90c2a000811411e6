using System.Net;
using Ascent.Config;
using Ascent.Risk;
using Ascent.Storage;
using Shouldly;
using static Ascent.Tests.Risk.ThrottleBench;

namespace Ascent.Tests.Risk;

public sealed class LoginThrottleTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Wrong_attempts_lock_an_identifier_until_the_lockout_is_over(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(Most, Ada, Office);

        var blocked = await bench.RefusedAsync(Ada, Office);
        blocked.Until.ShouldBe(Instant.Truncate(bench.Time.GetUtcNow()) + LockTime);
        blocked.RetryAfter.ShouldBe(LockTime);
        await bench.EnterAsync(Bob, Office);

        bench.Time.Advance(LockTime - TimeSpan.FromSeconds(1));
        (await bench.RefusedAsync(Ada, Office)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.FailAsync(Most, Ada);
        await bench.RefusedAsync(Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Failures_are_forgotten_with_their_window(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(Most - 1, Ada);
        bench.Time.Advance(Window);
        await bench.FailAsync(Most - 1, Ada);
        bench.Time.Advance(Window - TimeSpan.FromSeconds(1));
        await bench.FailAsync(1, Ada);
        await bench.RefusedAsync(Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Success_clears_identifier_and_factor_but_not_the_address(string engine)
    {
        await using var bench = await OpenAsync(engine);
        var totp = ThrottleSubject.Factor(Guid.CreateVersion7(), "totp");
        for (var round = 0; round < 2; round++)
        {
            await bench.FailAsync(Most - 1, Ada, totp, Office);
            await bench.RightAsync(await bench.EnterAsync(Ada, totp, Office));
        }
        // Four failures are left of the address's six, none of the two successes.
        await bench.FailAsync(MostOfAddress - (2 * (Most - 1)), Bob, Office);
        await bench.RefusedAsync(Office);
        await bench.FailAsync(Most, Ada, totp);
        await bench.RefusedAsync(totp);
        await bench.RefusedAsync(Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_last_attempt_may_still_be_right(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(Most - 1, Ada, Office);
        await bench.RightAsync(await bench.EnterAsync(Ada, Office));
        await bench.FailAsync(Most - 1, Ada, Office);
        (await bench.EventsAsync()).ShouldBeEmpty();

        // The address has one place left; a right attempt on it gives it back.
        await bench.FailAsync(1, Bob, Office);
        await bench.RightAsync(await bench.EnterAsync(Bob, Office));
        await bench.RightAsync(await bench.EnterAsync(Bob, Office));
        (await bench.EventsAsync()).ShouldBeEmpty();
        await bench.FailAsync(1, Bob, Office);
        await bench.RefusedAsync(Office);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Guesses_at_once_get_no_more_tries_than_guesses_in_turn(string engine)
    {
        await using var bench = await OpenAsync(engine, Settings(most: 10, mostOfAddress: 100));
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var verdicts = Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            await start.Task;
            var verdict = await bench.AskAsync(Office, Ada);
            if (verdict is ThrottleVerdict.Admitted attempt) await bench.WrongAsync(attempt);
            return verdict;
        })).ToArray();
        start.SetResult();
        (await Task.WhenAll(verdicts)).OfType<ThrottleVerdict.Admitted>().Count().ShouldBe(10);
        (await bench.EventsAsync()).Select(e => e.Type).ShouldBe(["lockout.created"]);
        (await bench.CountAsync("throttle where kind = 'address' and failures = 10")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Many_right_attempts_at_once_leave_nothing_behind(string engine)
    {
        await using var bench = await OpenAsync(engine, Settings(most: 20, mostOfAddress: 100));
        var attempts = Enumerable.Range(0, 20).Select(_ => Task.Run(async () => await bench.RightAsync(await bench.EnterAsync(Ada, Office)))).ToArray();
        await Task.WhenAll(attempts);
        (await bench.CountAsync("throttle where failures > 0 or locked_until is not null")).ShouldBe(0);
        (await bench.EventsAsync()).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task While_the_last_attempts_are_looked_at_others_are_told_to_come_back_in_a_moment(string engine)
    {
        await using var bench = await OpenAsync(engine);
        var attempts = new List<ThrottleVerdict.Admitted>();
        for (var i = 0; i < Most; i++) attempts.Add(await bench.EnterAsync(Ada));
        (await bench.RefusedAsync(Ada)).RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        await bench.RightAsync(attempts[0]);
        // What was wrong among them is forgotten with the success, as it would be in turn.
        foreach (var attempt in attempts.Skip(1)) await bench.WrongAsync(attempt);
        await bench.FailAsync(Most, Ada);
        (await bench.RefusedAsync(Ada)).RetryAfter.ShouldBe(LockTime);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task An_attempt_of_which_nothing_is_heard_stays_counted(string engine)
    {
        await using var bench = await OpenAsync(engine);
        for (var i = 0; i < Most; i++) await bench.EnterAsync(Ada);
        bench.Time.Advance(Window + TimeSpan.FromMinutes(1));
        await bench.RefusedAsync(Ada);
        bench.Time.Advance(LockTime - Window);
        await bench.EnterAsync(Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_withdrawn_attempt_does_not_count(string engine)
    {
        await using var bench = await OpenAsync(engine);
        for (var i = 0; i < 2 * MostOfAddress; i++) await bench.EndAsync(await bench.EnterAsync(Ada, Office), AttemptEnd.TakenBack);
        await bench.FailAsync(Most, Ada, Office);
        await bench.RefusedAsync(Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task An_attempt_refused_for_one_subject_is_counted_for_none(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(MostOfAddress, Office);
        for (var i = 0; i < Most; i++) await bench.RefusedAsync(Ada, Office);
        (await bench.CountAsync("throttle")).ShouldBe(1);
        await bench.FailAsync(Most, Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_success_does_not_undo_a_lock_that_others_brought_about(string engine)
    {
        await using var bench = await OpenAsync(engine);
        var owner = await bench.EnterAsync(Ada);
        await bench.FailAsync(Most - 1, Ada);
        await bench.RightAsync(owner);
        (await bench.RefusedAsync(Ada)).RetryAfter.ShouldBe(LockTime);
        (await bench.EventsAsync()).Select(e => e.Type).ShouldBe(["lockout.created"]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_lock_is_told_to_auditors_with_whose_it_is_and_never_with_the_identifier(string engine)
    {
        await using var bench = await OpenAsync(engine);
        var id = Guid.CreateVersion7();
        for (var i = 0; i < Most; i++) await bench.WrongAsync(await bench.EnterAsync(Ada, ThrottleSubject.Factor(id, "totp"), Office), id);
        var events = await bench.EventsAsync();
        events.Count.ShouldBe(2);
        events.ShouldAllBe(e => e.Type == "lockout.created" && e.Actor == "system" && e.Identity == id && e.Address == "203.0.113.7");
        events.ShouldContain(e => e.Data.Contains("\"kind\":\"identifier\"", StringComparison.Ordinal) && e.Data.Contains("\"failures\":3", StringComparison.Ordinal));
        events.ShouldContain(e => e.Data.Contains("\"method\":\"totp\"", StringComparison.Ordinal));
        events.ShouldAllBe(e => !e.Data.Contains("ada@", StringComparison.OrdinalIgnoreCase));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_locked_address_is_nobody_s_lock(string engine)
    {
        await using var bench = await OpenAsync(engine);
        var client = ThrottleSubject.Address(IPAddress.Parse("2001:db8:1:2:3:4:5:6"));
        for (var i = 0; i < MostOfAddress; i++) await bench.WrongAsync(await bench.EnterAsync(ThrottleSubject.Identifier($"user-{i}"), client), Guid.CreateVersion7());
        (await bench.EventsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Identity.ShouldBeNull(), e => e.Address.ShouldBe("2001:db8:1:2::/64"));
        await bench.RefusedAsync(ThrottleSubject.Address(IPAddress.Parse("2001:db8:1:2:ffff::1")));
        await bench.EnterAsync(ThrottleSubject.Address(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_limits_in_force_are_those_of_the_configuration_at_the_moment(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(Most - 1, Ada);
        bench.Config.Replace(Settings(most: Most - 1));
        await bench.RefusedAsync(Ada);
        bench.Config.Replace(Settings(most: Most + 1));
        await bench.FailAsync(2, Ada);
        await bench.RefusedAsync(Ada);
        bench.Config.Replace(Settings(most: Most + 5));
        await bench.RefusedAsync(Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_allowed_failure_locks_at_once(string engine)
    {
        await using var bench = await OpenAsync(engine, Settings(most: 1));
        await bench.FailAsync(1, Ada);
        (await bench.RefusedAsync(Ada)).RetryAfter.ShouldBe(LockTime);
        (await bench.EventsAsync()).Count.ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Tenants_do_not_lock_each_other(string engine)
    {
        await using var bench = await OpenAsync(engine);
        var other = Guid.CreateVersion7();
        await bench.Db.ExecuteAsync(new Sql("insert into tenant (id, name, created_at) values (@id, 'other', 0)", ("id", other)), None);
        await bench.FailAsync(Most, Ada);
        (await bench.Throttle.AdmitAsync(other, [Ada], None)).ShouldBeOfType<ThrottleVerdict.Admitted>();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_is_over_is_swept_away_and_nothing_else(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(Most, Ada);
        await bench.FailAsync(1, Bob);
        (await bench.Sweep.DeleteExpiredAsync(bench.Nid, 10, None)).ShouldBe(0);
        bench.Time.Advance(Window);
        (await bench.Sweep.DeleteExpiredAsync(bench.Nid, 10, None)).ShouldBe(1);
        await bench.RefusedAsync(Ada);
        bench.Time.Advance(LockTime - Window);
        await bench.FailAsync(1, Bob);
        (await bench.Sweep.DeleteExpiredAsync(bench.Nid, 10, None)).ShouldBe(1);
        (await bench.CountAsync("throttle")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Who_is_right_clears_no_count_of_another(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(Most - 1, Ada);
        for (var i = 0; i < Most; i++)
        {
            var attempt = await bench.EnterAsync(Ada);
            await bench.Db.WriteAsync((tx, ct) => LoginThrottle.SucceededAsync(tx, bench.Nid, attempt, static _ => false, ct), None);
        }
        await bench.FailAsync(1, Ada);
        await bench.RefusedAsync(Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Success_within_a_transaction_goes_with_it(string engine)
    {
        await using var bench = await OpenAsync(engine);
        await bench.FailAsync(Most - 1, Ada);
        var attempt = await bench.EnterAsync(Ada);
        await Should.ThrowAsync<InvalidOperationException>(bench.Db.WriteAsync(async (tx, ct) =>
        {
            await LoginThrottle.SucceededAsync(tx, bench.Nid, attempt, ct);
            throw new InvalidOperationException("The session could not be issued.");
        }, None));
        await bench.RefusedAsync(Ada);
        await bench.RightAsync(attempt);
        await bench.EnterAsync(Ada);
    }

    [Fact]
    public async Task Switched_off_it_counts_nothing()
    {
        var settings = Settings();
        await using var bench = await OpenAsync("sqlite", settings with { Security = new SecurityConfig { Throttle = settings.Security.Throttle with { Enabled = false } } });
        await bench.FailAsync(5 * Most, Ada);
        (await bench.CountAsync("throttle")).ShouldBe(0);
    }
}
