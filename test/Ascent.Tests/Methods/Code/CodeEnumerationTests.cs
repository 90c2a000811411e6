using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace Ascent.Tests.Methods.Code;

/// <summary>What logins by code tell of who has an account, and to whom they send nothing.</summary>
public sealed class CodeEnumerationTests
{
    private const string Nobody = "nobody@example.org", Mitigate = "\nsecurity: { account_enumeration: { mitigate: true } }";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Where_it_may_not_be_told_an_unknown_address_is_asked_for_its_code_like_any_other(string engine)
    {
        await using var host = await StartAsync(engine, only: true, Mitigate);
        await host.AddAsync();
        foreach (var start in (string[])["identifier_first", "code"])
        {
            List<string> seen = [];
            foreach (var identifier in (string[])[FactorsHost.Email, Nobody, "just-a-name"])
            {
                var flow = await host.BeginAsync("login", null);
                List<JsonNode> answers = [];
                foreach (var body in (string[])[$$"""{"method":"{{start}}","identifier":"{{identifier}}"}""", Body(identifier, "\"code\":\"00000x\""), Body(identifier, "\"resend\":\"code\"")])
                {
                    var answer = await CodePerson.SendAsync(host, flow, body);
                    answers.Add(JsonNode.Parse(answer.ShouldBe(HttpStatusCode.BadRequest).Text)!);
                }
                answers.Select(a => a["state"]!.ToString()).ShouldBe(["sent_email", "sent_email", "sent_email"]);
                seen.Add(string.Join('\n', answers.Select(a => a["ui"]!["nodes"]!.ToJsonString() + a["ui"]!["messages"]!.ToJsonString())).Replace(identifier, "X", StringComparison.Ordinal));
            }
            seen.Distinct().ShouldHaveSingleItem();
        }
        (await CodePerson.MessagesAsync(host, FactorsHost.Email)).Length.ShouldBe(4);
        (await CodePerson.MessagesAsync(host)).Length.ShouldBe(4);
    }

    [Fact]
    public async Task With_another_method_beside_it_no_code_goes_out_by_itself()
    {
        await using var host = await StartAsync("sqlite", only: false, Mitigate);
        await host.AddAsync();
        foreach (var identifier in (string[])[FactorsHost.Email, Nobody])
        {
            var form = JsonNode.Parse((await CodePerson.SendAsync(host, await host.BeginAsync("login", null), $$"""{"method":"identifier_first","identifier":"{{identifier}}"}""")).Text)!;
            form.Nodes().ShouldBe(["identifier_first/identifier", "default/csrf_token", "password/password", "password/method", "code/method"], ignoreOrder: true);
        }
        (await CodePerson.MessagesAsync(host)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Otherwise_who_is_not_known_is_told_so()
    {
        await using var host = await StartAsync("sqlite", only: true, "");
        await host.AddAsync();
        var flow = await host.BeginAsync("login", null);
        (await CodePerson.SendAsync(host, flow, Body(Nobody))).Messages().ShouldBe([4000035]);
        // Whatever names no method is the first step, and its code goes out as the address was typed.
        var sent = await CodePerson.SendAsync(host, flow, """{"identifier":"ADA@Example.org"}""");
        sent.Messages().ShouldBe([1010014]);
        JsonNode.Parse(sent.Text)!.Node("identifier")!["value"]!.ToString().ShouldBe("ADA@Example.org");
    }

    [Fact]
    public async Task Who_confirms_a_session_gets_codes_at_no_address_but_their_own()
    {
        await using var host = await StartAsync("sqlite", only: false, "", "unified");
        await host.AddAsync();
        await host.AddAsync(email: "bob@example.org");
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("login", token, "?refresh=true");
        (await CodePerson.SendAsync(host, flow, Body("bob@example.org"), token: token)).Messages().ShouldBe([4000035]);
        (await CodePerson.MessagesAsync(host)).ShouldBeEmpty();
        (await CodePerson.SendAsync(host, flow, Body(FactorsHost.Email), token: token)).Messages().ShouldBe([1010025]);
    }

    private static string Body(string identifier, string more = "") => $$"""{"method":"code","identifier":"{{identifier}}"{{(more.Length > 0 ? "," + more : "")}}}""";

    private static Task<FactorsHost> StartAsync(string engine, bool only, string more, string style = "identifier_first") => FactorsHost.StartAsync(engine, $$"""
        selfservice:
          flows: { login: { style: {{style}} } }
          methods:
            code: { enabled: true, passwordless_enabled: true, config: { missing_credential_fallback_enabled: true } }
            {{(only ? "password: { enabled: false }" : "totp: { enabled: false }")}}
            {{(only ? "totp: { enabled: false }" : "link: { enabled: false }")}}
            lookup_secret: { enabled: false }
        """ + more);
}
