using System.Security.Cryptography;
using System.Text;
using Ascent.Crypto;

namespace Ascent.Risk;

/// <summary>
/// Under which a subject is stored: 16 bytes of an HMAC under <c>secrets.default</c>. After a new secret was put in front,
/// counting begins anew.
/// </summary>
internal sealed class ThrottleKeys(SecretKeys keys)
{
    private const string Purpose = "throttle";

    public Guid Of(Guid nid, ThrottleSubject subject) => Compute(keys.First(SecretUse.Default, Purpose), nid, subject);

    /// <summary>Under all accepted secrets, for releasing what was locked before one was changed.</summary>
    public IReadOnlyList<Guid> AllOf(Guid nid, ThrottleSubject subject) => [.. keys.For(SecretUse.Default, Purpose).Select(k => Compute(k, nid, subject))];

    private static Guid Compute(DerivedKey key, Guid nid, ThrottleSubject subject) =>
        new(HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes($"{nid:n} {subject.Kind} {subject.Name}")).AsSpan(0, 16), bigEndian: true);
}
