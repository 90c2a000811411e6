using System.Text.Json.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Sessions;

public sealed class SessionJsonTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_embedded_identity_is_what_identities_write_themselves(string engine)
    {
        await using var host = await SessionsHost.StartAsync(engine);
        host.Time.Advance(TimeSpan.FromMicroseconds(120));
        var ada = await host.AddIdentityAsync("grüße<b>@example.org", metadataPublic: """{"a":[1,"ü"]}""", externalId: "x<1>");
        await host.Db.ExecuteAsync(new Sql("update identity set organization_id = @o", ("o", Guid.CreateVersion7())), CancellationToken.None);
        var (_, token) = await host.SignInAsync(ada);
        var identity = (await new IdentityStore(host.Db, new CredentialSecrets(host.Get<Ascent.Crypto.Ciphers>())).FindAsync(host.Nid, ada, CancellationToken.None))!;

        var own = JsonOut.ToBytes((new IdentityJson(host.Config), identity), static (w, s) => s.Item1.WritePublic(w, s.identity));

        (await host.WhoamiAsync(token)).Text.ShouldContain("\"identity\":" + System.Text.Encoding.UTF8.GetString(own) + ",");
    }

    [Fact]
    public async Task A_session_read_alone_shows_no_identity()
    {
        await using var host = await SessionsHost.StartAsync("sqlite");
        var (session, _) = await host.SignInAsync(await host.AddIdentityAsync());
        var json = JsonNode.Parse(host.Get<SessionJson>().ToBytes(session with { Identity = null }, SessionView.Owner))!.AsObject();
        (json.ContainsKey("identity"), json["identity"]).ShouldBe((true, null));
    }
}
