using System.Net;
using System.Text.Json;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows;

public sealed class SessionExchangeTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_app_gets_its_code_once_and_nothing_for_it_alone(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);

        var (status, flow) = await GetAsync(server, "/self-service/login/api?return_session_token_exchange_code=true");
        status.ShouldBe(HttpStatusCode.OK, flow.GetRawText());
        var code = flow.GetProperty("session_token_exchange_code").GetString()!;
        code.Length.ShouldBe(64);

        (await GetAsync(server, "/self-service/login/flows?id=" + flow.GetProperty("id").GetString())).Body.TryGetProperty("session_token_exchange_code", out _).ShouldBeFalse();
        (await GetAsync(server, $"/sessions/token-exchange?init_code={code}")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await GetAsync(server, $"/sessions/token-exchange?init_code={code}&return_to_code={code}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(RunningServer server, string path)
    {
        using var response = await RunningServer.SendAsync(server.Public, "GET", path);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }
}
