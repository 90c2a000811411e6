using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Sessions;

/// <summary>Sessions of another system: whoever holds the token goes on being signed in.</summary>
public sealed class SessionImportTests
{
    private const string Token = "ory_st_a-token-of-another-system-0000001", Id = "2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_token_goes_on_opening_its_session(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var identity = await server.CreateAsync("""{"traits":{"email":"ada@example.org"}}""");
        (await ImportAsync(server, Session(identity))).ShouldBe((HttpStatusCode.OK, $$"""{"sessions":[{"action":"create","session":"{{Id}}"}]}"""));
        var (status, body) = await SignIn.WhoamiAsync(server, Token);
        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("id").GetString().ShouldBe(Id);
        body.GetProperty("authenticator_assurance_level").GetString().ShouldBe("aal1");
        var (_, again) = await ImportAsync(server, Session(identity));
        JsonElement.Parse(again).GetProperty("sessions")[0].GetProperty("error").GetProperty("code").GetInt32().ShouldBe(409);
        var (_, nobody) = await ImportAsync(server, Session(Guid.Empty.ToString()).Replace(Id, "3d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d", StringComparison.Ordinal));
        JsonElement.Parse(nobody).GetProperty("sessions")[0].GetProperty("error").GetProperty("code").GetInt32().ShouldBe(404);
    }

    [Theory]
    [InlineData("\"token_sha256\":\"", "\"token_sha256\":\"x", "token_sha256")]
    [InlineData("\"aal1\"", "\"aal9\"", "aal")]
    [InlineData("2026-01-01T00:00:00Z", "3026-01-01T00:00:00Z", "_at")]
    public async Task What_is_wrong_is_named(string right, string wrong, string field)
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        var (status, text) = await ImportAsync(server, Session(Id).Replace(right, wrong, StringComparison.Ordinal));
        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain(field);
    }

    private static string Session(string identity) => $$"""
        {"id":"{{Id}}","identity_id":"{{identity}}","token_sha256":"{{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))}}","authenticated_at":"2026-01-01T00:00:00Z","issued_at":"2026-01-01T00:00:00Z",
         "expires_at":"2126-01-01T00:00:00Z","authenticator_assurance_level":"aal1","authentication_methods":[{"method":"password","aal":"aal1","completed_at":"2026-01-01T00:00:00Z"}],
         "devices":[{"ip_address":"192.0.2.1","user_agent":"curl","location":""}]}
        """;

    private static async Task<(HttpStatusCode Status, string Text)> ImportAsync(RunningServer server, string session)
    {
        using var answer = await RunningServer.SendAsync(server.Admin, "PATCH", "/admin/sessions?import=exact", $$"""{"sessions":[{{session}}]}""");
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync()).TrimEnd());
    }
}
