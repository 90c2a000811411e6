using System.CommandLine;
using Ascent.Config;
using Ascent.Events;
using Ascent.Sessions;
using Ascent.Storage;
using Ascent.Tenancy;

namespace Ascent.Server.Commands;

/// <summary>Sessions for operators. What it does stands in the audit log with the actor <c>operator</c>; there is nothing like it over HTTP.</summary>
internal static class SessionsCommand
{
    public static Command Create()
    {
        var identity = new Argument<Guid>("identity") { Description = "The identity's id." };
        var issue = new Command("issue", "Issue a session (aal1, method admin) and print its token.") { identity, CommandLine.FromEnvironment };
        issue.SetAction((parsed, ct) => IssueAsync(parsed, parsed.GetValue(identity), ct));
        return new Command("sessions", "Sessions, for operators.") { issue };
    }

    private static async Task<int> IssueAsync(ParseResult parsed, Guid identity, CancellationToken ct)
    {
        var source = Workplace.Source(parsed);
        await using var db = Workplace.OpenDatabase(parsed);
        await new Migrator(db, TimeProvider.System).EnsureCurrentAsync(ct);
        var tenant = await Tenant.LoadDefaultAsync(db, TimeProvider.System, ct);
        using var config = new ConfigStore(source.Files.Count == 0 ? new AscentConfig() : Workplace.LoadConfig(new ConfigLoader(source)));
        var issuer = new SessionIssuer(db, TimeProvider.System, config, new EventWriter(TimeProvider.System));
        var method = new AuthenticationMethod { Method = "admin", Aal = SessionAal.Aal1, CompletedAt = Instant.Truncate(TimeProvider.System.GetUtcNow()) };
        switch (await issuer.IssueAsync(tenant.Nid, identity, [method], new DeviceInfo("127.0.0.1", "ascent sessions issue", ""), "operator", ct))
        {
            case IssueResult.Issued issued:
                Console.WriteLine(issued.Token.Value);
                return 0;
            case IssueResult.Disabled: throw new CommandFailedException($"The identity {identity} is inactive; set its state to active first.");
            default: throw new CommandFailedException($"There is no identity {identity}.");
        }
    }
}
