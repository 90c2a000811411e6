using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Ascent.Config;

namespace Ascent.Crypto;

/// <summary>Which of the configured lists a key comes from. A list that is empty stands for <see cref="Default"/>.</summary>
internal enum SecretUse { Default, Cookie, Cipher, Pagination }

/// <summary>A key for one purpose, with the short name by which what it made finds it again.</summary>
internal sealed record DerivedKey(uint Id, byte[] Bytes)
{
    public override string ToString() => $"key {Id:x8}";
}

/// <summary>
/// Turns the configured secrets into keys, one for each purpose, so that what one purpose makes is void for every other.
/// The first secret of a list makes new things, all of them are accepted: a secret is changed by putting a new one in front.
/// </summary>
internal sealed class SecretKeys(ConfigStore config)
{
    private const int KeyBytes = 32, IdBytes = 4;
    private readonly ConcurrentDictionary<(SecretUse, string), Derived> known = [];

    /// <summary>All accepted keys, the one to write with first.</summary>
    public IReadOnlyList<DerivedKey> For(SecretUse use, string purpose) => Keys(use, purpose);

    /// <summary>The key to write with.</summary>
    public DerivedKey First(SecretUse use, string purpose) => Keys(use, purpose)[0];

    private DerivedKey[] Keys(SecretUse use, string purpose)
    {
        var source = Source(config.Current.Secrets, use);
        if (known.TryGetValue((use, purpose), out var derived) && ReferenceEquals(derived.Source, source)) return derived.Keys;
        derived = new Derived(source, [.. source.Select(s => Derive(s, use, purpose))]);
        known[(use, purpose)] = derived;
        return derived.Keys;
    }

    private static IReadOnlyList<Secret> Source(SecretsConfig secrets, SecretUse use)
    {
        var list = use switch
        {
            SecretUse.Cookie => secrets.Cookie,
            SecretUse.Cipher => secrets.Cipher,
            SecretUse.Pagination => secrets.Pagination,
            _ => secrets.Default,
        };
        if (list.Count == 0) list = secrets.Default;
        return list.Count > 0 ? list : throw new InvalidOperationException("secrets.default: holds no secret; one of 16 characters or more is needed.");
    }

    private static DerivedKey Derive(Secret secret, SecretUse use, string purpose)
    {
        Span<byte> output = stackalloc byte[KeyBytes + IdBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret.Value), output, salt: [], info: Encoding.UTF8.GetBytes($"ascent/{use}/{purpose}"));
        return new DerivedKey(BitConverter.ToUInt32(output[KeyBytes..]), output[..KeyBytes].ToArray());
    }

    private sealed record Derived(IReadOnlyList<Secret> Source, DerivedKey[] Keys);
}
