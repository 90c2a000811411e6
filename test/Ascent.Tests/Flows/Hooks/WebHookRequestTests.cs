using System.Text.Json;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Hooks;
using Shouldly;
using static Ascent.Tests.Flows.Hooks.HookHost;

namespace Ascent.Tests.Flows.Hooks;

/// <summary>What a web hook's request holds.</summary>
public sealed class WebHookRequestTests
{
    private const string Keys = "function(ctx) { keys: std.objectFields(ctx), flow: std.objectFields(ctx.flow), url: ctx.request_url, method: ctx.request_method }";

    [Fact]
    public async Task After_a_login_a_template_sees_flow_request_identity_and_session()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url + "/gate", body: Keys)));
        (await host.LoginAsync()).ShouldBe(new HookResult.GoOn(false));
        var told = host.Receiver.Calls.ShouldHaveSingleItem();
        (told.Method, told.Path, told.Headers["Content-Type"]).ShouldBe(("POST", "/gate", "application/json"));
        Names(told.Json, "keys").ShouldBe(["flow", "identity", "request_cookies", "request_headers", "request_method", "request_url", "session"]);
        Names(told.Json, "flow").ShouldContain("transient_payload");
        told.Json.GetProperty("url").GetString().ShouldBe("https://id.example.org/self-service/login?flow=1");
    }

    [Fact]
    public async Task Before_a_flow_there_is_neither_identity_nor_session_nor_payload()
    {
        await using var host = await StartAsync(url => new FlowsConfig { Login = new LoginFlowConfig { Before = new BeforeHooks { Hooks = [Hook(url, body: Keys)] } } });
        var subject = host.Subject(method: "GET");
        (await host.Runner.BeforeAsync(subject.Context, subject.Flow)).ShouldBeNull();
        var told = host.Receiver.Calls.ShouldHaveSingleItem().Json;
        Names(told, "keys").ShouldBe(["flow", "request_cookies", "request_headers", "request_method", "request_url"]);
        Names(told, "flow").ShouldNotContain("transient_payload");
    }

    [Fact]
    public async Task A_template_may_be_JSON_with_placeholders()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, body: """{ "who": "{{ ctx.identity.traits.email }}", "n": 1 }""")));
        await host.LoginAsync();
        host.Receiver.Calls.ShouldHaveSingleItem().Body.ShouldBe("""{"who":"ada@example.org","n":1}""");
    }

    [Fact]
    public async Task Only_headers_of_the_list_are_shown_and_they_are_lists()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, body: "function(ctx) { h: ctx.request_headers, c: ctx.request_cookies.theme }")));
        await host.LoginAsync();
        host.Receiver.Calls.ShouldHaveSingleItem().Json.GetProperty("h").ToString().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings("").ShouldBe("""{"User-Agent":["Tests/1"]}""");
    }

    [Theory]
    [InlineData("user-agent", "User-Agent")]
    [InlineData("SEC-CH-ua", "Sec-Ch-Ua")]
    public void Header_names_are_spelled_in_one_way(string given, string shown) => WebHookContext.Canonical(given).ShouldBe(shown);

    [Fact]
    public async Task Method_headers_and_a_form_go_out_as_configured()
    {
        var settings = new HookSettings { Method = "put", Headers = new Dictionary<string, string> { ["X-Custom"] = "yes", ["Content-Type"] = "application/x-www-form-urlencoded" } };
        await using var host = await StartAsync(url => AtLogin(Hook(url, settings, "function(ctx) { type: ctx.flow.type, note: 'a b&c', n: 2, none: null }")));
        await host.LoginAsync();
        var told = host.Receiver.Calls.ShouldHaveSingleItem();
        (told.Method, told.Headers["X-Custom"], told.Headers["Content-Type"]).ShouldBe(("PUT", "yes", "application/x-www-form-urlencoded"));
        told.Body.ShouldBe("n=2&note=a+b%26c&type=browser");
    }

    [Theory]
    [InlineData("header", "X-Api-Key", "k-1")]
    [InlineData("cookie", "Cookie", "X-Api-Key=k-1")]
    [InlineData("basic", "Authorization", "Basic aG9vazpwOnc=")]
    public async Task It_authenticates_as_configured(string kind, string header, string value)
    {
        var key = new RequestAuthSettings { Name = "X-Api-Key", Value = new Secret("k-1"), In = kind == "cookie" ? ApiKeyPlace.Cookie : ApiKeyPlace.Header };
        var auth = kind == "basic"
            ? new RequestAuth { Type = RequestAuthType.BasicAuth, Config = new RequestAuthSettings { User = "hook", Password = new Secret("p:w") } }
            : new RequestAuth { Type = RequestAuthType.ApiKey, Config = key };
        await using var host = await StartAsync(url => AtLogin(Hook(url, new HookSettings { Auth = auth })));
        await host.LoginAsync();
        host.Receiver.Calls.ShouldHaveSingleItem().Headers[header].ShouldBe(value);
    }

    [Fact]
    public async Task Every_trigger_has_ids_of_its_own()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url), Hook(url)));
        await host.LoginAsync();
        string[] ids = [.. host.Receiver.Calls.SelectMany(c => new[] { c.Headers["Ory-Webhook-Request-ID"], c.Headers["Ory-Webhook-Trigger-ID"] })];
        ids.Length.ShouldBe(4);
        ids.Distinct().Count(id => Guid.TryParse(id, out _)).ShouldBe(4);
    }

    [Fact]
    public async Task A_template_can_cancel_the_call()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, body: "function(ctx) error 'cancel'")));
        (await host.LoginAsync()).ShouldBeOfType<HookResult.GoOn>();
        host.Receiver.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_template_that_fails_is_our_fault_and_the_log_quotes_nothing_of_what_it_was_given()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, body: "function(ctx)\n  error ctx.request_cookies.ory_kratos_session")));
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>().Error.Code.ShouldBe(500);
        host.Receiver.Calls.ShouldBeEmpty();
        host.Log.Entries.ShouldContain(e => e.Message.Contains("line 2", StringComparison.Ordinal));
        host.Log.Entries.ShouldAllBe(e => !e.Message.Contains("the-session-cookie", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Neither_keys_nor_what_is_sent_or_answered_comes_into_the_log()
    {
        var auth = new RequestAuth { Type = RequestAuthType.ApiKey, Config = new RequestAuthSettings { Name = "X-Api-Key", Value = new Secret("a-very-secret-key") } };
        await using var host = await StartAsync(url => AtLogin(Hook($"{url}/path?token=secret-in-url", new HookSettings { Auth = auth }, "function(ctx) { cookies: ctx.request_cookies, identity: ctx.identity }")));
        host.Receiver.Answer = _ => (403, "secret-answer");
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>();
        host.Log.Entries.ShouldContain(e => e.Message.Contains("/path failed", StringComparison.Ordinal));
        string[] secrets = ["a-very-secret-key", "secret-in-url", "the-session-cookie", "ada@example.org", "secret-answer"];
        foreach (var entry in host.Log.Entries)
            secrets.ShouldAllBe(s => !entry.Message.Contains(s, StringComparison.Ordinal));
        WebHookRequest.Of(new HookSettings { Url = "https://x/y?token=secret", Auth = auth }, null).ToString().ShouldBe("POST https://x/y");
    }

    [Fact]
    public async Task Settings_show_a_payload_only_where_there_is_one()
    {
        await using var host = await StartAsync(url => AtSettings(Hook(url, body: "function(ctx) { [if 'transient_payload' in ctx.flow then 'payload']: ctx.flow.transient_payload }")));
        var subject = host.Subject(FlowKind.Settings, Ada, AdasSession);
        await host.Runner.AfterSettingsAsync(subject, "password");
        subject.Flow.TransientPayload = new System.Text.Json.Nodes.JsonObject { ["by"] = "me" };
        await host.Runner.AfterSettingsAsync(subject, "password");
        host.Receiver.Calls.Select(c => c.Json.TryGetProperty("payload", out _)).ShouldBe([false, true]);
    }

    private static string[] Names(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(k => k.GetString()!)];
}
