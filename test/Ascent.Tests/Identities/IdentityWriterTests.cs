using System.Collections.Immutable;
using System.Text.Json;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Identities;
using Ascent.Storage;
using Ascent.Tenancy;
using Shouldly;

namespace Ascent.Tests.Identities;

public sealed class IdentityWriterTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_is_written_is_found_by_everything_that_leads_to_it(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var (store, writer, nid) = await OpenAsync(database);
        var draft = new IdentityDraft { SchemaId = "default", Traits = """{"email":"ada@example.org"}""", ExternalId = "crm-1", MetadataPublic = "[1,null]" }
            .With(CredentialTypes.Password, """{"hashed_password":"x"}""").With(CredentialTypes.Totp, """{"totp_url":"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}""");

        var created = (await writer.CreateAsync(nid, draft, "admin", None)).ShouldBeOfType<IdentityWrite.Created>().State;

        var id = created.Identity.Id;
        created.Identity.AvailableAal.ShouldBe("aal2");
        (await store.FindAsync(nid, id, None)).ShouldBe(created.Identity);
        (await store.FindByExternalIdAsync(nid, "crm-1", None)).ShouldBe(created.Identity);
        var match = await store.FindByCredentialIdentifierAsync(nid, CredentialTypes.Password, "ada@example.org", None);
        match!.Identity.ShouldBe(created.Identity);
        match.Credential.Identifiers.ShouldBe(["ada@example.org"]);
        (await store.FindVerifiableAddressAsync(nid, "email", "ada@example.org", None))!.IdentityId.ShouldBe(id);
        (await store.CredentialsAsync(nid, id, None)).Single(c => c.Type == CredentialTypes.Totp).Config.ShouldContain("JBSWY3DPEHPK3PXP");
        var stored = await database.Db.ReadAsync(new Sql("select config from credential where type = 'totp'"), r => r.Text(0), None);
        stored.Single().ShouldNotContain("JBSWY3DPEHPK3PXP");

        (await writer.CreateAsync(nid, draft with { ExternalId = null, Credentials = ImmutableSortedDictionary<string, string>.Empty }, "admin", None))
            .ShouldBeOfType<IdentityWrite.Conflict>().With.Owner.ShouldBe(id);
        (await writer.DeleteAsync(nid, id, "admin", None)).ShouldBeTrue();
        (await store.FindVerifiableAddressAsync(nid, "email", "ada@example.org", None)).ShouldBeNull();
    }

    private static async Task<(IdentityStore Store, IdentityWriter Writer, Guid Nid)> OpenAsync(TestDatabase database)
    {
        var config = new ConfigStore(new AscentConfig { Secrets = new SecretsConfig { Default = [new Secret("a secret of the test suite")] } });
        var secrets = new CredentialSecrets(new Ciphers(new SecretKeys(config)));
        var store = new IdentityStore(database.Db, secrets);
        var planner = new IdentityPlanner(Emails, config, TimeProvider.System);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        return (store, new IdentityWriter(database.Db, store, new IdentityTable(secrets), planner, new EventWriter(TimeProvider.System)), tenant.Nid);
    }

    private static TraitsVerdict.Valid Emails(string schema, JsonElement traits)
    {
        var email = traits.GetProperty("email").GetString()!;
        return new TraitsVerdict.Valid(traits) { PasswordIdentifiers = [email], Verifiable = [new TraitTarget("email", email)] };
    }
}
