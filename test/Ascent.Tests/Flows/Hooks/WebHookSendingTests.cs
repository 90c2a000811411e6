using Ascent.Config;
using Ascent.Flows.Hooks;
using Ascent.Tests.Running;
using Shouldly;
using static Ascent.Tests.Flows.Hooks.HookHost;

namespace Ascent.Tests.Flows.Hooks;

/// <summary>How web hooks are sent: again, not too long, in the background, and not everywhere.</summary>
public sealed class WebHookSendingTests
{
    private static readonly HookSettings Ignored = new() { Response = new HookResponse { Ignore = true } };

    [Fact]
    public async Task Trouble_on_the_other_side_is_repeated_with_the_same_ids()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, body: "{}")));
        var n = 0;
        host.Receiver.Answer = _ => Interlocked.Increment(ref n) == 1 ? (503, "") : (200, "{}");
        (await host.LoginAsync()).ShouldBeOfType<HookResult.GoOn>();
        host.Receiver.Calls.Count.ShouldBe(2);
        host.Receiver.Calls.Select(c => c.Headers["Ory-Webhook-Trigger-ID"]).Distinct().ShouldHaveSingleItem();
        host.Receiver.Calls.Select(c => c.Body).ShouldBe(["{}", "{}"]);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url)));
        var n = 0;
        host.Receiver.Before = http =>
        {
            if (Interlocked.Increment(ref n) == 1) http.Abort();
            return Task.CompletedTask;
        };
        (await host.LoginAsync()).ShouldBeOfType<HookResult.GoOn>();
        host.Receiver.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Repeating_has_an_end()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url)));
        host.Receiver.Answer = _ => (500, "");
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>().Error.Message.ShouldContain("500");
        host.Receiver.Calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Who_does_not_answer_within_thirty_seconds_is_a_504()
    {
        var time = new ManualTime();
        await using var host = await StartAsync(url => AtLogin(Hook(url)), time: time);
        host.Receiver.Before = http => Poll.NeverAsync(http.RequestAborted);
        var login = host.LoginAsync();
        await UntilAsync(() => host.Receiver.Calls.Count == 1);
        time.Advance(WebHookSender.Total - TimeSpan.FromSeconds(1));
        login.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        (await login).ShouldBeOfType<HookResult.Failed>().Error.Code.ShouldBe(504);
    }

    [Fact]
    public async Task An_ignored_hook_is_waited_for_by_nobody_but_the_servers_end()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, Ignored, """{ "who": "{{ ctx.identity.id }}" }""")));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Receiver.Before = _ => gate.Task;
        host.Receiver.Answer = _ => (403, "go away");
        await host.Queue.StartAsync(CancellationToken.None);
        (await host.LoginAsync()).ShouldBeOfType<HookResult.GoOn>();
        var stop = host.Queue.StopAsync(CancellationToken.None);
        await UntilAsync(() => host.Receiver.Calls.Count == 1);
        stop.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await stop;
        host.Receiver.Calls.ShouldHaveSingleItem().Json.GetProperty("who").GetGuid().ShouldBe(Ada.Id);
        host.Log.Entries.ShouldContain(e => e.Message.Contains("status 403", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_that_may_not_last_gives_up_what_hangs()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, Ignored)));
        host.Receiver.Before = http => Poll.NeverAsync(http.RequestAborted);
        await host.Queue.StartAsync(CancellationToken.None);
        await host.LoginAsync();
        await UntilAsync(() => host.Receiver.Calls.Count == 1);
        using var patience = new CancellationTokenSource();
        var stop = host.Queue.StopAsync(patience.Token);
        await patience.CancelAsync();
        await stop.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        host.Queue.TryAdd(_ => Task.CompletedTask).ShouldBeFalse();
    }

    [Fact]
    public async Task A_full_queue_takes_no_more_and_delays_nobody()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, Ignored)));
        for (var i = 0; i < HookQueue.Room; i++) host.Queue.TryAdd(_ => Task.CompletedTask).ShouldBeTrue();
        (await host.LoginAsync()).ShouldBeOfType<HookResult.GoOn>();
        host.Log.Entries.ShouldContain(e => e.Message.Contains("too many calls wait", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Private_addresses_are_not_reached_where_that_is_forbidden(string name)
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url.Replace("127.0.0.1", name, StringComparison.Ordinal))), (c, _) => Forbid(c));
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>().Error.Code.ShouldBe(502);
        host.Receiver.Calls.ShouldBeEmpty();
        host.Log.Entries.ShouldContain(e => e.Message.Contains("disallow_private_ip_ranges", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exception_opens_its_own_path_and_no_other()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url + "/allowed/one"), Hook(url + "/other")), (c, url) => Forbid(c, $"{url}/allowed/*"));
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>();
        host.Receiver.Calls.ShouldHaveSingleItem().Path.ShouldBe("/allowed/one");
    }

    [Fact]
    public async Task What_is_too_much_for_a_template_is_told_with_the_limit()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, body: "function(ctx) { a: 1 }")));
        var big = Ada with { Traits = $$"""{"email":"ada@example.org","plan":"{{new string('x', 140_000)}}"}""" };
        var error = (await host.Runner.AfterLoginAsync(host.Subject(identity: big, session: AdasSession), "password")).ShouldBeOfType<HookResult.Failed>().Error;
        error.Code.ShouldBe(400);
        error.Reason.ShouldNotBeNull().ShouldContain("131072 bytes");
        host.Receiver.Calls.ShouldBeEmpty();
        host.Log.Entries.ShouldContain(e => e.Message.Contains("131072 bytes", StringComparison.Ordinal));
        (await host.LoginAsync()).ShouldBeOfType<HookResult.GoOn>();
    }

    private static AscentConfig Forbid(AscentConfig config, params string[] exceptions) =>
        config with { Clients = new ClientsConfig { Http = new HttpClientConfig { DisallowPrivateIpRanges = true, PrivateIpExceptionUrls = exceptions } } };
}
