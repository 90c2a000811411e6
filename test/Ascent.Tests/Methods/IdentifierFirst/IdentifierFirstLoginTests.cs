using System.Net;
using System.Text.Json.Nodes;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Methods.IdentifierFirst;

public sealed class IdentifierFirstLoginTests
{
    private const string On = "selfservice: { flows: { login: { style: identifier_first } } }";
    private const string Mitigated = On + "\nsecurity: { account_enumeration: { mitigate: true } }";

    [Fact]
    public async Task The_identifier_is_asked_for_then_its_credentials()
    {
        await using var host = await FactorsHost.StartAsync("sqlite", On);
        await host.AddAsync();
        var flow = await host.BeginAsync("login", null);
        flow.Nodes().ShouldBe(["identifier_first/identifier", "identifier_first/method", "default/csrf_token"]);

        var next = await SendAsync(host, flow, "ADA@example.org");
        var form = JsonNode.Parse(next.ShouldBe(HttpStatusCode.BadRequest).Text)!;
        form.Nodes().ShouldBe(["identifier_first/identifier", "default/csrf_token", "password/password", "password/method"]);
        form.Node("identifier")!["type"]!.ToString().ShouldBe("hidden");
        form.Node("identifier")!["value"]!.ToString().ShouldBe("ADA@example.org");
        form["active"]!.ToString().ShouldBe("identifier_first");
        form["transient_payload"]!.AsObject().Count.ShouldBe(0);
        form["ui"]!["messages"].ShouldBeNull();

        (await host.SubmitAsync("login", flow, null, $$"""{"method":"password","identifier":"{{FactorsHost.Email}}","password":"{{FactorsHost.Password}}"}""")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_is_not_known_is_told_so_and_may_try_again()
    {
        await using var host = await FactorsHost.StartAsync("sqlite", On);
        await host.AddAsync();
        var flow = await host.BeginAsync("login", null);
        (await host.SubmitAsync("login", flow, null, """{"method":"identifier_first"}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000037]);
        var unknown = await SendAsync(host, flow, "nobody@example.org");
        unknown.ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000037]);
        var form = JsonNode.Parse(unknown.Text)!;
        form.Nodes().ShouldBe(["identifier_first/identifier", "identifier_first/method", "default/csrf_token"]);
        form.Node("identifier")!["value"]!.ToString().ShouldBe("nobody@example.org");
        (await SendAsync(host, flow, FactorsHost.Email)).Messages().ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_it_may_not_be_told_known_and_unknown_look_the_same()
    {
        await using var host = await FactorsHost.StartAsync("sqlite", Mitigated);
        await host.AddAsync();
        await host.AdminAsync("POST", "/admin/identities", """{"schema_id":"default","traits":{"email":"empty@example.org"}}""");
        var forms = new List<string>();
        foreach (var identifier in (string[])["nobody@example.org", FactorsHost.Email, "empty@example.org"])
        {
            var flow = await host.BeginAsync("login", null);
            var form = JsonNode.Parse((await SendAsync(host, flow, identifier)).ShouldBe(HttpStatusCode.BadRequest).Text)!;
            forms.Add(form["ui"]!["nodes"]!.ToJsonString().Replace(identifier, "X", StringComparison.Ordinal));
        }
        forms.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Who_has_nothing_to_sign_in_with_is_told_as_if_unknown()
    {
        await using var host = await FactorsHost.StartAsync("sqlite", On);
        (await host.AdminAsync("POST", "/admin/identities", """{"schema_id":"default","traits":{"email":"empty@example.org"}}""")).ShouldBe(HttpStatusCode.Created);
        var flow = await host.BeginAsync("login", null);
        var answer = await SendAsync(host, flow, "empty@example.org");
        answer.Messages().ShouldBe([4000037]);
        JsonNode.Parse(answer.Text)!.Nodes().ShouldBe(["identifier_first/identifier", "identifier_first/method", "default/csrf_token"]);
    }

    [Fact]
    public async Task With_the_other_style_the_method_is_off()
    {
        await using var host = await FactorsHost.StartAsync("sqlite");
        var flow = await host.BeginAsync("login", null);
        (await SendAsync(host, flow, FactorsHost.Email)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4010002]);
    }

    private static Task<Answer> SendAsync(FactorsHost host, JsonNode flow, string identifier) =>
        host.SubmitAsync("login", flow, null, $$"""{"method":"identifier_first","identifier":"{{identifier}}"}""");
}
