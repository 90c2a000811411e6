using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;
using Ascent.Jose;
using Ascent.Jsonnet;
using Ascent.Sessions;
using Ascent.Sessions.Tokenizer;
using Ascent.Tests.Jose;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Ascent.Tests.Sessions.Tokenizer;

public sealed class SessionTokenizerTests : IDisposable
{
    private static readonly JsonObject Es = Keys.New("ES256", "es-key-1"), Rs = Keys.New("RS256", "rs-key-1");
    private static readonly byte[] SessionJson = """{"id":"0198a000-0000-7000-8000-000000000001","active":true,"identity":{"traits":{"email":"ada@example.org"}}}"""u8.ToArray();

    private readonly ManualTime time = new();
    private readonly OutboundClient http = new();
    private readonly JsonnetEngine engine = new(TimeProvider.System, new JsonnetLimits { Patience = TimeSpan.FromMinutes(1) }, JsonnetLibrary.Installed);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("ascent-");
    private SessionTokenizer? tokenizer;
    private ConfigStore? store;
    private TokenizerPart? part;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        store?.Dispose();
        engine.Dispose();
        http.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_token_without_a_mapper_has_the_recorded_claims()
    {
        await ConfigureAsync(("rs", new TokenizerTemplate { Ttl = TimeSpan.FromMinutes(1), JwksUrl = Url(Rs) }));
        var session = NewSession();
        var token = await TokenAsync("rs", session);
        var valid = Jws.Verify(token, [Keys.Parsed(Keys.PublicOf(Rs))]).ShouldBeOfType<JwsResult.Valid>();
        valid.Header.Json.GetRawText().ShouldBe("""{"alg":"RS256","kid":"rs-key-1","typ":"JWT"}""");
        var claims = JsonNode.Parse(valid.Payload)!.AsObject();
        claims.Select(c => c.Key).Order().ShouldBe(["exp", "iat", "iss", "jti", "nbf", "sid", "sub"]);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        claims["iss"]!.ToString().ShouldBe("https://id.example.org/");
        claims["iat"]!.GetValue<long>().ShouldBe(now);
        claims["nbf"]!.GetValue<long>().ShouldBe(now);
        claims["exp"]!.GetValue<long>().ShouldBe(now + 60);
        claims["sid"]!.ToString().ShouldBe(session.Id.ToString());
        claims["sub"]!.ToString().ShouldBe(session.IdentityId.ToString());
        var again = Claims(await TokenAsync("rs", session));
        Guid.Parse(again["jti"]!.ToString()).ShouldNotBe(Guid.Parse(claims["jti"]!.ToString()));
    }

    [Fact]
    public async Task A_mapper_lays_its_claims_over_the_others_but_not_over_the_subject()
    {
        if (!engine.Available) Assert.Skip("libjsonnet is not there: apt-get install libjsonnet0");
        var mapper = Url("""
            local session = std.extVar('session'); local claims = std.extVar('claims');
            { claims: { iss: 'https://issuer.example.org', sub: 'somebody else', email: session.identity.traits.email,
              before: std.objectFields(claims), active: session.active, same: claims.sid == session.id } }
            """);
        await ConfigureAsync(("es", new TokenizerTemplate { Ttl = TimeSpan.FromMinutes(5), JwksUrl = Url(Es), ClaimsMapperUrl = mapper }));
        var session = NewSession();
        var token = await TokenAsync("es", session);
        Jws.Verify(token, [Keys.Parsed(Es)]).ShouldBeOfType<JwsResult.Valid>().Header.Json.GetRawText().ShouldBe("""{"alg":"ES256","kid":"es-key-1","typ":"JWT"}""");
        var claims = Claims(token);
        (claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>()).ShouldBe(300);
        claims["iss"]!.ToString().ShouldBe("https://issuer.example.org");
        claims["sub"]!.ToString().ShouldBe(session.IdentityId.ToString());
        claims["email"]!.ToString().ShouldBe("ada@example.org");
        claims["before"]!.ToJsonString().ShouldBe("""["exp","iat","iss","jti","nbf","sid","sub"]""");
        claims["active"]!.GetValue<bool>().ShouldBeTrue();
        claims["same"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_JSON_template_maps_without_libjsonnet()
    {
        var mapper = Url("""{"claims":{"email":"{{ session.identity.traits.email }}","phone":"{{ session.identity.traits.phone }}","until":"{{ claims.exp }}","sub":"x"}}""");
        await ConfigureAsync(("es", new TokenizerTemplate { JwksUrl = Url(Es), ClaimsMapperUrl = mapper }));
        var session = NewSession();
        var claims = Claims(await TokenAsync("es", session));
        claims["email"]!.ToString().ShouldBe("ada@example.org");
        claims["until"]!.GetValue<long>().ShouldBe(claims["exp"]!.GetValue<long>());
        claims.ContainsKey("phone").ShouldBeFalse();
        claims["sub"]!.ToString().ShouldBe(session.IdentityId.ToString());
    }

    [Fact]
    public async Task The_document_s_shape_fixes_issuer_and_audience()
    {
        await ConfigureAsync(("jwt", new TokenizerTemplate { Enabled = true, JwksUrl = Url(Es), Claims = new TokenizerClaims { Issuer = "https://example.com", Audience = ["https://api.example.com"] } }),
            ("off", new TokenizerTemplate { Enabled = false, JwksUrl = Url(Es) }));
        var claims = Claims(await TokenAsync("jwt", NewSession()));
        claims["iss"]!.ToString().ShouldBe("https://example.com");
        claims["aud"]!.ToJsonString().ShouldBe("""["https://api.example.com"]""");
        (await RefusalAsync("off", NewSession())).Code.ShouldBe(400);
    }

    [Fact]
    public async Task A_template_without_ttl_makes_a_token_that_is_over_at_once()
    {
        await ConfigureAsync(("es", new TokenizerTemplate { Ttl = TimeSpan.Zero, JwksUrl = Url(Es) }));
        var claims = Claims(await TokenAsync("es", NewSession()));
        claims["exp"]!.GetValue<long>().ShouldBe(claims["iat"]!.GetValue<long>());
    }

    [Fact]
    public async Task The_subject_can_be_the_external_id_and_is_refused_without_one()
    {
        await ConfigureAsync(("external", new TokenizerTemplate { JwksUrl = Url(Es), SubjectSource = SubjectSource.ExternalId }));
        Claims(await TokenAsync("external", NewSession("crm-77")))["sub"]!.ToString().ShouldBe("crm-77");
        (await RefusalAsync("external", NewSession())).ShouldBe(ApiError.BadRequest("The token's subject would be the identity's external_id, and this identity has none."));
        (await RefusalAsync("external", NewSession(""))).Code.ShouldBe(400);
    }

    [Fact]
    public async Task An_unknown_template_is_refused()
    {
        await ConfigureAsync(("es", new TokenizerTemplate { JwksUrl = Url(Es) }));
        (await RefusalAsync("unknown", NewSession())).ShouldBe(ApiError.BadRequest("There is no tokenizer template \"unknown\"."));
    }

    [Theory]
    [InlineData("error 'no'", "failed")]
    [InlineData("error 'cancel'", "failed")]
    [InlineData("{ claim: {} }", "did not return an object with an object named claims")]
    [InlineData("{ claims: [1] }", "did not return an object with an object named claims")]
    [InlineData("[]", "did not return an object with an object named claims")]
    public async Task A_mapper_that_fails_is_named_in_a_400(string mapper, string what)
    {
        if (!engine.Available) Assert.Skip("libjsonnet is not there: apt-get install libjsonnet0");
        await ConfigureAsync(("failing", new TokenizerTemplate { JwksUrl = Url(Es), ClaimsMapperUrl = Url(mapper) }));
        (await RefusalAsync("failing", NewSession())).ShouldBe(ApiError.BadRequest($"The claims mapper of the tokenizer template \"failing\" {what}."));
    }

    [Fact]
    public async Task The_start_names_every_fault_at_once()
    {
        var nameless = Keys.New("ES256");
        nameless.Remove("alg");
        var config = ConfigOf(
            ("none", new TokenizerTemplate()),
            ("away", new TokenizerTemplate { JwksUrl = $"file://{folder.FullName}/absent.json", ClaimsMapperUrl = $"file://{folder.FullName}/absent.jsonnet" }),
            ("bad", new TokenizerTemplate { JwksUrl = Url("{}"), ClaimsMapperUrl = Url("""{"claims":"{{ x"}""") }),
            ("nameless", new TokenizerTemplate { JwksUrl = Url(nameless) }),
            ("open", new TokenizerTemplate { JwksUrl = Url(Keys.PublicOf(Es)) }),
            ("shared", new TokenizerTemplate { JwksUrl = Url("""{"keys":[{"kty":"oct","alg":"HS256","k":"c2VjcmV0LXNlY3JldA"}]}""") }),
            ("off", new TokenizerTemplate { Enabled = false }),
            ("good", new TokenizerTemplate { JwksUrl = Url(Es) }));
        await ConfigureAsync();
        var faults = (await part!.PrepareAsync(config, Ct)).Faults;
        const string at = "session.whoami.tokenizer.templates.";
        faults.Select(f => f.Path).ShouldBe([
            at + "away.jwks_url", at + "away.claims_mapper_url", at + "bad.jwks_url", at + "bad.claims_mapper_url",
            at + "nameless.jwks_url", at + "open.jwks_url", at + "shared.jwks_url",
        ]);
        faults[4].Message.ShouldStartWith("has no private key that names its algorithm");
        string.Join(' ', faults).ShouldNotContain("c2VjcmV0");
    }

    [Fact]
    public async Task Keys_are_read_once_and_again_after_an_hour_and_a_broken_file_changes_nothing()
    {
        var file = Path.Combine(folder.FullName, "keys.json");
        await File.WriteAllTextAsync(file, Set(Es), Ct);
        await ConfigureAsync(("es", new TokenizerTemplate { JwksUrl = $"file://{file}" }));
        KidOf(await TokenAsync("es", NewSession())).ShouldBe("es-key-1");
        await File.WriteAllTextAsync(file, Set(Rs), Ct);
        KidOf(await TokenAsync("es", NewSession())).ShouldBe("es-key-1");
        time.Advance(TimeSpan.FromMinutes(61));
        KidOf(await TokenAsync("es", NewSession())).ShouldBe("rs-key-1");
        await File.WriteAllTextAsync(file, "broken", Ct);
        time.Advance(TimeSpan.FromMinutes(61));
        KidOf(await TokenAsync("es", NewSession())).ShouldBe("rs-key-1");
    }

    [Fact]
    public async Task A_new_configuration_comes_into_use_at_once()
    {
        await ConfigureAsync(("a", new TokenizerTemplate { JwksUrl = Url(Es) }));
        await TokenAsync("a", NewSession());
        await ConfigureAsync(("b", new TokenizerTemplate { JwksUrl = Url(Rs) }));
        (await RefusalAsync("a", NewSession())).Code.ShouldBe(400);
        KidOf(await TokenAsync("b", NewSession())).ShouldBe("rs-key-1");
    }

    private async Task ConfigureAsync(params (string Name, TokenizerTemplate Template)[] templates)
    {
        store ??= new ConfigStore(ConfigOf(templates));
        part ??= new TokenizerPart(new ConfigReferences(http.SendAsync, TimeProvider.System), new Templates(engine), time);
        tokenizer ??= new SessionTokenizer(part, null!, store, new Templates(engine), time, NullLogger<SessionTokenizer>.Instance);
        var prepared = await part.PrepareAsync(ConfigOf(templates), Ct);
        prepared.Faults.ShouldBeEmpty();
        prepared.TakeIntoForce();
    }

    private static AscentConfig ConfigOf(params (string Name, TokenizerTemplate Template)[] templates)
    {
        var config = new AscentConfig();
        return config with
        {
            Serve = config.Serve with { Public = config.Serve.Public with { BaseUrl = "https://id.example.org" } },
            Session = new SessionConfig { Whoami = new WhoamiConfig { Tokenizer = new TokenizerConfig { Templates = templates.ToDictionary(t => t.Name, t => t.Template) } } },
        };
    }

    private async Task<string> TokenAsync(string template, Session session) =>
        (await tokenizer!.TokenizeAsync(template, SessionJson, session, Ct)).ShouldBeOfType<TokenizeResult.Tokenized>().Token;

    private async Task<ApiError> RefusalAsync(string template, Session session) =>
        (await tokenizer!.TokenizeAsync(template, SessionJson, session, Ct)).ShouldBeOfType<TokenizeResult.Refused>().Error;

    private static JsonObject Claims(string token) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    private static string? KidOf(string token) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]))!["kid"]?.ToString();

    private static string Set(JsonObject key) => new JsonObject { ["keys"] = new JsonArray(key.DeepClone()) }.ToJsonString();

    private static string Url(JsonObject key) => Url(Set(key));

    private static string Url(string text) => "base64://" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private Session NewSession(string? externalId = null)
    {
        var (now, identity) = (time.GetUtcNow(), Guid.CreateVersion7(time.GetUtcNow()));
        return new Session
        {
            Id = Guid.Parse("0198a000-0000-7000-8000-000000000001"), IdentityId = identity, Active = true, Aal = "aal1", MethodsJson = "[]"u8.ToArray(), DevicesJson = "[]"u8.ToArray(),
            AuthenticatedAt = now, IssuedAt = now, ExpiresAt = now, UsedAt = now, CreatedAt = now, UpdatedAt = now,
            Identity = new SessionIdentity
            {
                Id = identity, SchemaId = "default", State = "active", StateChangedAt = now, Traits = "{}"u8.ToArray(), MetadataPublic = ReadOnlyMemory<byte>.Empty,
                VerifiableAddresses = "[]"u8.ToArray(), RecoveryAddresses = "[]"u8.ToArray(), AvailableAal = "aal1", ExternalId = externalId, CreatedAt = now, UpdatedAt = now,
            },
        };
    }
}
