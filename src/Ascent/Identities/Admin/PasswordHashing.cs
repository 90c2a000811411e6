using Ascent.Crypto.Hashing;
using Ascent.Http;

namespace Ascent.Identities.Admin;

/// <summary>Hashes the plain passwords among imports, before any transaction and never more at a time than there are processors.</summary>
internal static class PasswordHashing
{
    public static async Task<IReadOnlyList<CredentialImport>> HashAsync(this IReadOnlyList<CredentialImport> imports, PasswordHasher hasher, CancellationToken ct)
    {
        if (!imports.Any(i => i is CredentialImport.PlainPassword)) return imports;
        var done = new List<CredentialImport>(imports.Count);
        foreach (var import in imports)
            done.Add(import is CredentialImport.PlainPassword plain ? await HashAsync(plain, hasher, ct) : import);
        return done;
    }

    private static async Task<CredentialImport> HashAsync(CredentialImport.PlainPassword plain, PasswordHasher hasher, CancellationToken ct)
    {
        if (!hasher.CanHash(plain.Password)) throw plain.TooLong();
        try
        {
            return new CredentialImport.Whole(CredentialTypes.Password, PasswordForm.Hashed(await hasher.HashAsync(plain.Password, ct)));
        }
        catch (HashingOverloadedException e)
        {
            throw new ApiException(ApiError.Unavailable(e.RetryAfter, "Too many passwords are being hashed at the moment; try again shortly."));
        }
    }
}
