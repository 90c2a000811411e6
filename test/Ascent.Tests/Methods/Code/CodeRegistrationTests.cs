using System.Net;
using System.Text.Json.Nodes;
using Ascent.Tests.Identities;
using Shouldly;
using static Ascent.Tests.Methods.Code.CodePerson;

namespace Ascent.Tests.Methods.Code;

public sealed class CodeRegistrationTests
{
    private const int Many = 20;
    private const string Traits = $$"""{"email":"{{Ada}}"}""";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_creates_the_account_with_a_verified_address(string engine)
    {
        await using var host = await StartAsync(engine);
        var (flow, code) = await RegisterAsync(host);
        (await SubmitAsync(host, flow, Traits, Other(code))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4040003]);
        var done = (await SubmitAsync(host, flow, Traits, code)).ShouldBe(HttpStatusCode.OK).Json;
        done.At("session/authentication_methods/0/method").GetString().ShouldBe("code");
        done.At("identity/verifiable_addresses/0/verified").GetBoolean().ShouldBeTrue();
        (await SubmitAsync(host, flow, Traits, code)).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_code_sent_many_times_at_once_creates_one_account(string engine)
    {
        await using var host = await StartAsync(engine, settings: "max_submissions: 255");
        var (flow, code) = await RegisterAsync(host);
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => host.SubmitAsync("registration", flow, null, Body(Traits, code))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.BadRequest).ShouldBe(Many - 1);
        (await host.AdminAsync("GET", "/admin/identities")).Json.GetArrayLength().ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Only_who_reads_the_mail_learns_that_the_address_is_taken(string engine)
    {
        await using var host = await StartAsync(engine);
        await AddAsync(host);
        var taken = await host.BeginAsync("registration", null);
        var free = await host.BeginAsync("registration", null);
        var first = (await SubmitAsync(host, taken, Traits)).ShouldBe(HttpStatusCode.BadRequest);
        var second = (await SubmitAsync(host, free, $$"""{"email":"{{Work}}"}""")).ShouldBe(HttpStatusCode.BadRequest);
        first.Messages().ShouldBe(second.Messages());
        Neutral(first).ShouldBe(Neutral(second));
        (await MessagesAsync(host, Ada)).Length.ShouldBe((await MessagesAsync(host, Work)).Length);

        var code = await CodeAsync(host, Ada);
        (await SubmitAsync(host, taken, Traits, Other(code))).Messages().ShouldBe([4040003]);
        (await SubmitAsync(host, taken, Traits, code)).Messages().ShouldBe([4000007]);
        (await SubmitAsync(host, taken, Traits, code)).Messages().ShouldBe([4010003]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Other_traits_than_the_forms_or_another_address_are_refused(string engine)
    {
        await using var host = await StartAsync(engine);
        var (flow, code) = await RegisterAsync(host);
        var swapped = $$"""{"email":"{{Work}}"}""";
        (await SubmitAsync(host, flow, swapped, code)).Messages().ShouldBe([4000036]);
        // The form holds them now, but the code went elsewhere.
        (await SubmitAsync(host, flow, swapped, code)).Messages().ShouldBe([4040003]);
        (await host.AdminAsync("GET", "/admin/identities")).Json.GetArrayLength().ShouldBe(0);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Every_address_gets_a_code_of_its_own_and_the_typed_one_is_verified(string engine)
    {
        await using var host = await StartAsync(engine);
        var traits = $$"""{"email":"{{Ada}}","work":"{{Work}}","phone":"{{Phone}}"}""";
        var flow = await host.BeginAsync("registration", null);
        (await SubmitAsync(host, flow, traits)).Messages().ShouldBe([1040005]);
        (await MessagesAsync(host)).Length.ShouldBe(3);
        var done = (await SubmitAsync(host, flow, traits, await CodeAsync(host, Work))).ShouldBe(HttpStatusCode.OK).Json;
        var id = done.At("identity/id").GetGuid();
        (await IsVerifiedAsync(host, id, Work)).ShouldBeTrue();
        (await IsVerifiedAsync(host, id, Ada)).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Codes_are_tried_so_often_in_a_flow_and_for_an_address(string engine)
    {
        await using var host = await StartAsync(engine, settings: "max_submissions: 2", more: "security: { throttle: { identifier: { max_failures: 3 } } }");
        var (flow, code) = await RegisterAsync(host);
        for (var i = 0; i < 2; i++) (await SubmitAsync(host, flow, Traits, Other(code))).Messages().ShouldBe([4040003]);
        (await SubmitAsync(host, flow, Traits, code)).Messages().ShouldBe([4000001]);
        var (again, right) = await RegisterAsync(host);
        (await SubmitAsync(host, again, Traits, Other(right))).Messages().ShouldBe([4040003]);
        (await SubmitAsync(host, again, Traits, right)).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_is_over_after_its_time(string engine)
    {
        await using var host = await StartAsync(engine, settings: "lifespan: 1m");
        var (flow, code) = await RegisterAsync(host);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        (await SubmitAsync(host, flow, Traits, code)).Messages().ShouldBe([4040003]);
        (await SendAsync(host, flow, $$"""{"method":"code","traits":{{Traits}},"resend":"code"}""", "registration")).Messages().ShouldBe([1040005]);
        (await SubmitAsync(host, flow, Traits, await CodeAsync(host, Ada))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task In_two_steps_one_can_go_back_and_choose_otherwise(string engine)
    {
        await using var host = await StartAsync(engine, registration: "style: profile_first");
        var flow = await host.BeginAsync("registration", null);
        flow.Nodes().ShouldNotContain("code/method");
        var offered = JsonNode.Parse((await SendAsync(host, flow, $$"""{"method":"profile","traits":{{Traits}}}""", "registration")).Text)!;
        offered.Nodes().ShouldContain("code/method");
        var sent = JsonNode.Parse((await SubmitAsync(host, flow, Traits)).Text)!;
        ((string?)sent["state"]).ShouldBe("sent_email");
        sent.Nodes().ShouldContain("profile/screen");
        ((string?)sent.Node("screen")!["value"]).ShouldBe("credential-selection");

        var back = JsonNode.Parse((await SendAsync(host, flow, $$"""{"method":"code","screen":"credential-selection","traits":{{Traits}}}""", "registration")).Text)!;
        ((string?)back["state"]).ShouldBe("choose_method");
        back.Nodes().ShouldContain("code/method");
        back.Nodes().ShouldNotContain("code/code");
        (await SendAsync(host, flow, $$"""{"method":"password","password":"{{FactorsHost.Password}}","traits":{{Traits}}}""", "registration")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Bad_traits_and_traits_without_an_address_get_no_code(string engine)
    {
        await using var host = await StartAsync(engine);
        var flow = await host.BeginAsync("registration", null);
        (await SubmitAsync(host, flow, """{"email":"nobody"}""")).Messages().ShouldBe([4000040]);
        (await SubmitAsync(host, flow, """{"username":"adalove"}""")).Messages().ShouldBe([4000009]);
        (await SubmitAsync(host, flow, "[]")).ShouldBe(HttpStatusCode.BadRequest);
        (await MessagesAsync(host)).ShouldBeEmpty();
    }

    private static async Task<(JsonNode Flow, string Code)> RegisterAsync(FactorsHost host)
    {
        var flow = await host.BeginAsync("registration", null);
        (await SubmitAsync(host, flow, Traits)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([1040005]);
        return (flow, await CodeAsync(host, Ada));
    }

    private static Task<Answer> SubmitAsync(FactorsHost host, JsonNode flow, string traits, string? code = null) => SendAsync(host, flow, Body(traits, code), "registration");

    private static string Body(string traits, string? code) => $$"""{"method":"code","traits":{{traits}}{{(code is null ? "" : $",\"code\":\"{code}\"")}}}""";

    /// <summary>An answer without what names its flow or its address.</summary>
    private static string Neutral(Answer answer)
    {
        var flow = JsonNode.Parse(answer.Text)!.AsObject();
        foreach (var name in new[] { "id", "expires_at", "issued_at" }) flow.Remove(name);
        flow["ui"]!.AsObject().Remove("action");
        return flow.ToJsonString().Replace(Ada, "it", StringComparison.Ordinal).Replace(Work, "it", StringComparison.Ordinal);
    }
}
