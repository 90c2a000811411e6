using System.Text.Json.Nodes;
using Ascent.Flows.Login;
using Ascent.Tests.Methods;
using Shouldly;

namespace Ascent.Tests.Flows.Login;

public sealed class ClaimedNamesTests
{
    /// <summary>Those that look up whoever was typed; a name beside any other proof is nobody's business.</summary>
    private static readonly string[] LookUp = ["password", "webauthn", "identifier_first"];

    [Fact]
    public async Task A_name_in_the_form_counts_only_where_it_is_looked_up()
    {
        await using var host = await FactorsHost.StartAsync("sqlite");
        var foreign = new LoginSubmission(null!, null!, new JsonObject { ["identifier"] = "victim@example.org", ["password_identifier"] = "victim@example.org" });
        // Codes name an address by more than this field, and look it up.
        var claims = host.Get<LoginMethods>().All.Where(m => m.Name != "code").Where(m => m.Claimed(foreign) is not null).Select(m => m.Name);
        claims.ShouldBe(LookUp, ignoreOrder: true);
    }
}
