using System.CommandLine;
using System.Globalization;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Crypto;
using Ascent.Flows;
using Ascent.Identities;
using Ascent.Storage;
using Ascent.Tenancy;

namespace Ascent.Server.Commands;

/// <summary>
/// <c>secrets reencrypt</c>: what an older secret of <c>secrets.cipher</c> sealed is sealed by the first one, and it is said when
/// the older ones can go.
/// </summary>
internal static class SecretsCommand
{
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Count, change nothing." };
        var batch = new Option<int>("--batch-size", "-b") { Description = "Rows at a time.", DefaultValueFactory = _ => 500 };
        var reencrypt = new Command("reencrypt", "Encrypt stored secrets anew under the first of secrets.cipher; safe while servers serve, and may be stopped and started again.") { dryRun, batch, CommandLine.FromEnvironment };
        reencrypt.SetAction((parsed, ct) => RunAsync(parsed, parsed.GetValue(dryRun), parsed.GetValue(batch), ct));
        return new Command("secrets", "Secrets and what they encrypt.") { reencrypt };
    }

    private static async Task<int> RunAsync(ParseResult parsed, bool dryRun, int batch, CancellationToken ct)
    {
        if (batch < 1) throw new CommandFailedException("--batch-size must be at least 1.");
        using var config = new ConfigStore(Workplace.LoadConfig(new ConfigLoader(Workplace.Source(parsed))));
        var secrets = config.Current.Secrets;
        if (secrets.Cipher.Count == 0 && secrets.Default.Count == 0) throw new CommandFailedException("secrets.cipher has no secret; the servers' own configuration is needed, by -c or the environment.");
        await using var db = Workplace.OpenDatabase(parsed);
        await new Migrator(db, TimeProvider.System).EnsureCurrentAsync(ct);
        var nid = (await Tenant.LoadDefaultAsync(db, TimeProvider.System, ct)).Nid;
        var ciphers = new Ciphers(new SecretKeys(config));
        var credentials = await new CredentialResealing(db, new CredentialSecrets(ciphers)).RunAsync(nid, batch, dryRun, ct);
        var messages = await new MessageResealing(db, new MessageSeal(ciphers.AtRest)).RunAsync(nid, batch, dryRun, ct);
        var flows = await new OlderSeals(db, ciphers.AtRest, TimeProvider.System).FindAsync(nid, ct);
        Tell("credentials", credentials, dryRun);
        Tell("messages", messages, dryRun);
        Console.WriteLine($"flows: {flows.Count} run under an older secret");
        Console.WriteLine(Verdict(credentials.Lost + messages.Lost, dryRun ? credentials.Older + messages.Older : 0, flows));
        return credentials.Lost + messages.Lost == 0 ? 0 : 1;
    }

    private static void Tell(string what, ResealCount count, bool dryRun) =>
        Console.WriteLine($"{what}: {count.Seen} looked at, {count.Older} {(dryRun ? "to encrypt anew" : "encrypted anew")}, {count.Lost} that no secret opens");

    private static string Verdict(int lost, int older, OlderFlows flows)
    {
        if (lost > 0) return "Some rows were encrypted with a secret that is not in secrets.cipher any more: put it back at the end of the list and run this again.";
        if (older > 0) return "The older secrets are still needed: run this without --dry-run, once every server has the new secret in front.";
        return flows.LastEnds is { } ends
            ? string.Create(CultureInfo.InvariantCulture, $"The older secrets can go after {ends:yyyy-MM-dd HH:mm:ss}Z, when the last of these flows is over.")
            : "All secrets of secrets.cipher but the first can go.";
    }
}
