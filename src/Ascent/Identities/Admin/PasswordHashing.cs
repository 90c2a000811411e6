using Ascent.Crypto.Hashing;
using Microsoft.Extensions.Logging;

namespace Ascent.Identities.Admin;

/// <summary>
/// Hashes the plain passwords among imports, before any transaction and never more at a time than there are processors, and shows the
/// hasher what hashes come along.
/// </summary>
internal static partial class PasswordHashing
{
    public static async Task<IReadOnlyList<CredentialImport>> HashAsync(this IReadOnlyList<CredentialImport> imports, PasswordHasher hasher, ILogger log, CancellationToken ct)
    {
        if (!imports.Any(i => i.Type == CredentialTypes.Password)) return imports;
        var done = new List<CredentialImport>(imports.Count);
        foreach (var import in imports)
        {
            if (import is CredentialImport.Whole { Type: CredentialTypes.Password } whole && HashSurvey.HashOf(whole.Config.ToJsonString()) is { } hash
                && await hasher.MeetAsync(hash, ct) is { } times) Dear(log, PasswordHashFormats.KindOf(hash), times);
            done.Add(import is CredentialImport.PlainPassword plain ? await HashAsync(plain, hasher, ct) : import);
        }
        return done;
    }

    private static async Task<CredentialImport> HashAsync(CredentialImport.PlainPassword plain, PasswordHasher hasher, CancellationToken ct)
    {
        if (!hasher.CanHash(plain.Password)) throw plain.TooLong();
        return new CredentialImport.Whole(CredentialTypes.Password, PasswordForm.Hashed(await hasher.HashAsync(plain.Password, ct)));
    }

    [LoggerMessage(1, LogLevel.Warning, "Password hashes are imported ({Kind}) that cost {Times:0.0} times the configured hasher: the time of a wrong password tells their accounts from others until their owners sign in. Raise the cost under hashers to hide that.")]
    private static partial void Dear(ILogger log, string kind, double times);
}
