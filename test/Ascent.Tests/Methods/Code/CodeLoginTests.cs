using System.Net;
using System.Text.Json.Nodes;
using Ascent.Storage;
using Ascent.Tests.Identities;
using Shouldly;
using static Ascent.Tests.Methods.Code.CodePerson;

namespace Ascent.Tests.Methods.Code;

public sealed class CodeLoginTests
{
    private const int Many = 20;

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_signs_in_once_and_verifies_its_address(string engine)
    {
        await using var host = await StartAsync(engine);
        var id = await AddAsync(host);
        var (flow, code) = await AskAsync(host);
        (await TypeAsync(host, flow, Other(code))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4010008]);
        (await IsVerifiedAsync(host, id, Ada)).ShouldBeFalse();

        var done = (await TypeAsync(host, flow, code)).ShouldBe(HttpStatusCode.OK).Json;
        done.At("session/authentication_methods/0/method").GetString().ShouldBe("code");
        done.At("session/identity/verifiable_addresses/0/verified").GetBoolean().ShouldBeTrue();
        (await IsVerifiedAsync(host, id, Ada)).ShouldBeTrue();

        (await TypeAsync(host, flow, code)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4010002]);
        (await SendAsync(host, flow, $$"""{"method":"code","identifier":"{{Ada}}","resend":"code"}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4010007]);
        (await MessagesAsync(host, Ada)).Length.ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_code_sent_many_times_at_once_makes_one_session(string engine)
    {
        await using var host = await StartAsync(engine, settings: "max_submissions: 255");
        foreach (var verified in new[] { false, true })
        {
            var address = verified ? Work : Ada;
            var id = await AddAsync(host, $$"""{"email":"{{address}}"}""", verified ? [address] : []);
            var (flow, code) = await AskAsync(host, address);
            var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => TypeAsync(host, flow, code, address)));
            answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.Count(a => a.Status == HttpStatusCode.BadRequest).ShouldBe(Many - 1);
            (await host.AdminAsync("GET", $"/admin/identities/{id}/sessions")).ShouldBe(HttpStatusCode.OK).Json.GetArrayLength().ShouldBe(1);
            (await IsVerifiedAsync(host, id, address)).ShouldBeTrue();
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_flow_takes_so_many_codes_and_no_more_even_of_requests_at_once(string engine)
    {
        await using var host = await StartAsync(engine, settings: "max_submissions: 3");
        await AddAsync(host);
        var (flow, code) = await AskAsync(host);
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => TypeAsync(host, flow, Other(code))));
        answers.Count(a => a.Messages() is [4010008]).ShouldBe(3);
        answers.Count(a => a.Messages() is [4000001]).ShouldBe(Many - 3);
        (await TypeAsync(host, flow, code)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000001]);
        // A new code does not make the flow forget.
        (await SendAsync(host, flow, $$"""{"method":"code","identifier":"{{Ada}}","resend":"code"}""")).Messages().ShouldBe([1010014]);
        (await TypeAsync(host, flow, await CodeAsync(host, Ada))).Messages().ShouldBe([4000001]);
        var (fresh, right) = await AskAsync(host);
        (await TypeAsync(host, fresh, right)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Wrong_codes_count_for_the_account_over_all_flows_whatever_field_names_it(string engine)
    {
        await using var host = await StartAsync(engine, more: "security: { throttle: { identifier: { max_failures: 4 } } }");
        await AddAsync(host);
        for (var i = 0; i < 4; i++)
        {
            var (flow, code) = await AskAsync(host);
            var field = i % 2 == 0 ? "identifier" : "address";
            (await SendAsync(host, flow, $$"""{"method":"code","{{field}}":"{{Ada}}","code":"{{Other(code)}}"}""")).Messages().ShouldBe([4010008]);
        }
        var last = await host.BeginAsync("login", null);
        (await SendAsync(host, last, $$"""{"method":"code","address":"{{Ada}}"}""")).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_is_over_after_its_time_and_when_another_was_sent(string engine)
    {
        await using var host = await StartAsync(engine, settings: "lifespan: 1m");
        await AddAsync(host);
        var (flow, first) = await AskAsync(host);
        (await SendAsync(host, flow, $$"""{"method":"code","identifier":"{{Ada}}","resend":"code"}""")).Messages().ShouldBe([1010014]);
        var second = await CodeAsync(host, Ada);
        if (first != second) (await TypeAsync(host, flow, first)).Messages().ShouldBe([4010008]);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        (await TypeAsync(host, flow, second)).Messages().ShouldBe([4010008]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_is_good_in_its_flow_and_for_its_account_alone(string engine)
    {
        await using var host = await StartAsync(engine);
        await AddAsync(host);
        await AddAsync(host, $$"""{"email":"{{Work}}"}""");
        var (flow, code) = await AskAsync(host);
        var (other, foreign) = await AskAsync(host, Work);
        (await TypeAsync(host, flow, code, Work)).Messages().ShouldBe([4010008]);
        if (code != foreign) (await TypeAsync(host, other, code, Work)).Messages().ShouldBe([4010008]);
        (await TypeAsync(host, flow, code, "stranger@example.org")).Messages().ShouldBe([4000035]);
        (await TypeAsync(host, flow, code)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_no_code_can_be_sent_to_gets_the_same_answer_and_no_message(string engine)
    {
        await using var host = await StartAsync(engine);
        await AddAsync(host, """{"username":"adalove","contact":"contact@example.org"}""");
        var flow = await host.BeginAsync("login", null);
        foreach (var typed in new[] { "stranger@example.org", "adalove", "contact@example.org", "+4917699999999", "\\u0000", new string('x', 3000) })
            (await SendAsync(host, flow, $$"""{"method":"code","identifier":"{{typed}}"}""")).ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(host, flow, """{"method":"code","identifier":"adalove"}""")).Messages().ShouldBe([4000035]);
        (await SendAsync(host, flow, """{"method":"code"}""")).Messages().ShouldBe([4000002]);
        (await MessagesAsync(host)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Accounts_without_codes_may_be_let_in_by_what_they_sign_in_with_if_it_is_an_address(string engine)
    {
        await using var host = await StartAsync(engine, settings: "missing_credential_fallback_enabled: true");
        await AddAsync(host, """{"username":"adalove","contact":"contact@example.org"}""");
        var flow = await host.BeginAsync("login", null);
        (await SendAsync(host, flow, """{"method":"code","identifier":"adalove"}""")).Messages().ShouldBe([4000035]);
        var (asked, code) = await AskAsync(host, "contact@example.org");
        (await TypeAsync(host, asked, code, "contact@example.org")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task By_telephone_the_code_goes_as_a_text_message(string engine)
    {
        await using var host = await StartAsync(engine);
        var id = await AddAsync(host, $$"""{"email":"{{Ada}}","phone":"{{Phone}}"}""");
        var flow = await host.BeginAsync("login", null);
        (await SendAsync(host, flow, """{"method":"code","identifier":"+49 176 1234-5678"}""")).Messages().ShouldBe([1010014]);
        (await MessagesAsync(host, Phone))[0].GetProperty("type").GetString().ShouldBe("phone");
        (await TypeAsync(host, flow, await CodeAsync(host, Phone), Phone)).ShouldBe(HttpStatusCode.OK);
        (await IsVerifiedAsync(host, id, Phone)).ShouldBeTrue();
        (await IsVerifiedAsync(host, id, Ada)).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_identifier_first_form_sends_the_code_at_once_to_who_has_nothing_else(string engine)
    {
        await using var host = await StartAsync(engine, flows: "login: { style: identifier_first }");
        await AddAsync(host);
        (await host.AdminAsync("POST", "/admin/identities", $$"""{"schema_id":"default","traits":{"email":"{{Work}}"} }""")).ShouldBe(HttpStatusCode.Created);
        var flow = await host.BeginAsync("login", null);
        var known = await SendAsync(host, flow, $$"""{"method":"identifier_first","identifier":"{{Ada}}"}""");
        JsonNode.Parse(known.ShouldBe(HttpStatusCode.BadRequest).Text)!.Nodes().ShouldBe(["identifier_first/identifier", "default/csrf_token", "password/password", "password/method", "code/method"]);
        (await MessagesAsync(host)).ShouldBeEmpty();

        var only = await host.BeginAsync("login", null);
        var sent = await SendAsync(host, only, $$"""{"method":"identifier_first","identifier":"{{Work}}"}""");
        sent.ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([1010014]);
        (await TypeAsync(host, only, await CodeAsync(host, Work), Work)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_disabled_account_is_told_so_only_with_its_code(string engine)
    {
        await using var host = await StartAsync(engine);
        var id = await AddAsync(host);
        var (flow, code) = await AskAsync(host);
        (await host.AdminAsync("PATCH", $"/admin/identities/{id}", """[{"op":"replace","path":"/state","value":"inactive"}]""")).ShouldBe(HttpStatusCode.OK);
        (await TypeAsync(host, flow, Other(code))).Messages().ShouldBe([4010008]);
        (await TypeAsync(host, flow, code)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4010011]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_database_holds_no_code_that_can_be_read(string engine)
    {
        await using var host = await StartAsync(engine);
        await AddAsync(host);
        var (_, code) = await AskAsync(host);
        var stored = await host.Db.ReadAsync(new Sql("select hash from code"), r => r.Text(0), TestContext.Current.CancellationToken);
        stored.Count.ShouldBe(1);
        stored[0].ShouldNotContain(code);
        (await host.Db.ReadAsync(new Sql("select content from message"), r => r.Text(0), TestContext.Current.CancellationToken))[0].ShouldNotContain(code);
    }
}
