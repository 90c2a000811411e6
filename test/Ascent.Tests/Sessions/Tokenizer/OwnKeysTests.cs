using System.Text;
using System.Text.Json;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Jose;
using Ascent.Sessions.Tokenizer;
using Ascent.Storage;
using Ascent.Tenancy;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Sessions.Tokenizer;

/// <summary>The key that the server makes for templates without one of their own.</summary>
public sealed class OwnKeysTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>As the published documentation prints it.</summary>
    private const string Documented = """
        session:
          # Session lifetime
          lifespan: 24h

          # Cookie settings for browser sessions
          cookie:
            domain: .example.com
            path: /
            same_site: Lax
            persistent: false

          # Earliest time before expiry when session can be refreshed
          earliest_possible_extend: 1h

          # Whoami endpoint settings
          whoami:
            tokenizer:
              templates:
                # JWT template for session tokenization
                jwt:
                  enabled: true
                  claims:
                    issuer: https://example.com
                    audience:
                      - https://api.example.com

        """;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_documented_configuration_gives_tokens_that_the_published_keys_verify(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, config => config.Replace("session: { lifespan: 24h }\n", Documented, StringComparison.Ordinal));
        var set = await KeysAsync(server);
        set.Keys.ShouldHaveSingleItem().CanSign.ShouldBeFalse();
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        var session = await SignIn.NativelyAsync(server, "ada@example.org");
        using var answer = await RunningServer.SendAsync(server.Public, "GET", "/sessions/whoami?tokenize_as=jwt", null, ("X-Session-Token", session));
        var token = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("tokenized").GetString()!;

        var valid = Jws.Verify(token, set.Keys).ShouldBeOfType<JwsResult.Valid>();
        valid.Header.Kid.ShouldBe(set.Keys[0].Kid);
        var claims = JsonElement.Parse(valid.Payload);
        claims.GetProperty("iss").GetString().ShouldBe("https://example.com");
        claims.GetProperty("aud")[0].GetString().ShouldBe("https://api.example.com");
        claims.GetProperty("sub").GetString().ShouldBe(ada);
        (claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64()).ShouldBe(60);

        var stored = await server.Workshop.Database.Db.ReadAsync(new Sql("select public_key, sealed from session_key"), r => r.Text(0) + r.Text(1), None);
        stored.ShouldHaveSingleItem().ShouldNotContain("\"d\"");
        using var again = await server.Public.GetAsync("/sessions/jwks.json");
        again.Headers.CacheControl!.ToString().ShouldBe("public, max-age=300");
    }

    [Fact]
    public async Task Without_a_template_that_needs_one_there_is_no_key()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        (await server.Public.GetStringAsync("/sessions/jwks.json")).ShouldBe("{\"keys\":[]}\n");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task All_nodes_sign_with_one_key(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        using var config = ConfigOf("the secret of all nodes");
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await NodeOf(database, tenant, config).CurrentAsync(None))));
        keys.Select(k => k.Kid).Distinct().ShouldHaveSingleItem();
        (await NodeOf(database, tenant, config).PublishedAsync(None)).ShouldHaveSingleItem();
    }

    /// <summary>A key that no secret opens any more is of no use to sign; tokens that it made are verified on.</summary>
    [Fact]
    public async Task Exchanged_secrets_make_another_key_and_leave_the_old_one_published()
    {
        await using var database = await TestDatabase.CreateAsync("sqlite");
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        using var before = ConfigOf("the secret of yesterday");
        using var after = ConfigOf("the secret of tomorrow");
        var first = await NodeOf(database, tenant, before).CurrentAsync(None);
        var second = await NodeOf(database, tenant, after).CurrentAsync(None);
        second.Kid.ShouldNotBe(first.Kid);
        (await NodeOf(database, tenant, after).CurrentAsync(None)).Kid.ShouldBe(second.Kid);
        var set = JwkSet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', await NodeOf(database, tenant, after).PublishedAsync(None))}}]}"""));
        set.Keys.Select(k => k.Kid).ShouldBe([second.Kid, first.Kid]);
        Jws.Verify(Jws.Sign(first, "{}"u8), set.Keys).ShouldBeOfType<JwsResult.Valid>();
    }

    private static ConfigStore ConfigOf(string secret) => new(new AscentConfig { Secrets = new SecretsConfig { Default = [new Secret(secret)] } });

    private static OwnKeys NodeOf(TestDatabase database, Tenant tenant, ConfigStore config) => new(database.Db, tenant, new Ciphers(new SecretKeys(config)).AtRest, TimeProvider.System);

    private static async Task<JwkSet> KeysAsync(RunningServer server)
    {
        var set = JwkSet.Parse(Encoding.UTF8.GetBytes(await server.Public.GetStringAsync("/sessions/jwks.json")));
        set.Faults.ShouldBeEmpty();
        return set;
    }
}
