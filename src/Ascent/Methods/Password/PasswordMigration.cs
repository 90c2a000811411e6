using System.Text.Json;
using Ascent.Config;
using Ascent.Flows.Hooks;
using Ascent.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Methods.Password;

/// <summary>Asks the system that people come from whether a password is theirs, for accounts whose password we have not seen yet.</summary>
internal sealed partial class PasswordMigration(WebHook hooks, ILogger<PasswordMigration> log)
{
    private const string Match = "password_match";

    /// <summary>True only for a clear yes. Why it was no stands in the log, without identifier and password.</summary>
    public async Task<bool> MatchesAsync(string identifier, string password, AscentConfig config, CancellationToken ct)
    {
        if (config.SelfService.Methods.Password.Config.MigrateHook is not { Enabled: true } migrate) return false;
        var question = JsonOut.ToBytes((identifier, password), static (w, s) =>
        {
            w.WriteStartObject();
            w.WriteString("identifier"u8, s.identifier);
            w.WriteString("password"u8, s.password);
            w.WriteEndObject();
        });
        switch (await hooks.AskAsync(new HookConfig { Hook = HookLists.WebHook, Config = migrate.Config }, question, config, ct))
        {
            case WebHookReply.Answered { Status: 200 } answer:
                return SaysMatch(answer.Body);
            case WebHookReply.Answered { Status: 401 or 403 or 404 }:
                return false;
            case WebHookReply.Answered answer:
                NoAnswer($"status {answer.Status}");
                return false;
            case WebHookReply.Overdue:
                NoAnswer("none in time");
                return false;
            case WebHookReply.Unusable unusable:
                NoAnswer(unusable.Why);
                return false;
            default:
                return false;
        }
    }

    private static bool SaysMatch(byte[] body)
    {
        try
        {
            var answer = JsonElement.Parse(body);
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("status"u8, out var status) && status.ValueKind == JsonValueKind.String && status.ValueEquals(Match);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The password migration hook cannot be used, so nobody can sign in whose password is not here yet: {Why}")]
    private partial void NoAnswer(string why);
}
