using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ascent.Crypto;

/// <summary>
/// Authenticated encryption into text that fits a cookie, a URL or a column: base64url of version, key id, nonce, ciphertext and
/// tag (AES-256-GCM). The purpose chooses the key; a context (a row's id) binds the text to its place, so that it cannot be moved.
/// Nonces are random, so one secret is good for some 2^32 texts of one purpose.
/// </summary>
internal sealed class Cipher(SecretKeys keys, SecretUse use = SecretUse.Cipher)
{
    private const byte Version = 1;
    private const int NonceBytes = 12, TagBytes = 16, HeadBytes = 1 + sizeof(uint) + NonceBytes, MostOnStack = 512;

    /// <summary>Encrypts text; see <see cref="Encrypt(string, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>.</summary>
    public string Encrypt(string purpose, string plain, string context = "") => Encrypt(purpose, Encoding.UTF8.GetBytes(plain), Encoding.UTF8.GetBytes(context));

    public string Encrypt(string purpose, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context = default)
    {
        var key = keys.First(use, purpose);
        var box = new byte[HeadBytes + plain.Length + TagBytes];
        box[0] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(box.AsSpan(1), key.Id);
        var nonce = box.AsSpan(HeadBytes - NonceBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Bytes, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(HeadBytes, plain.Length), box.AsSpan(HeadBytes + plain.Length), context);
        return Base64Url.EncodeToString(box);
    }

    /// <summary>The text that was encrypted, or null where the input is not one of ours, was changed, or belongs elsewhere.</summary>
    public string? Decrypt(string purpose, ReadOnlySpan<char> text, string context = "") =>
        TryDecrypt(purpose, text, out var plain, Encoding.UTF8.GetBytes(context)) ? Encoding.UTF8.GetString(plain) : null;

    public bool TryDecrypt(string purpose, ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? plain, ReadOnlySpan<byte> context = default)
    {
        plain = null;
        var most = Base64Url.GetMaxDecodedLength(text.Length);
        var box = most <= MostOnStack ? stackalloc byte[MostOnStack] : new byte[most];
        if (Base64Url.DecodeFromChars(text, box, out _, out var length) != OperationStatus.Done || length < HeadBytes + TagBytes || box[0] != Version) return false;
        box = box[..length];
        var id = BinaryPrimitives.ReadUInt32LittleEndian(box[1..]);
        foreach (var key in keys.For(use, purpose))
        {
            if (key.Id != id) continue;
            var opened = new byte[length - HeadBytes - TagBytes];
            if (!Open(key, box, opened, context)) continue;
            plain = opened;
            return true;
        }
        return false;
    }

    /// <summary>So many characters of a text tell by which key it was made.</summary>
    public const int KeyPrefix = 7;

    /// <summary>Whether a text, or the beginning of one, was made by the key that is written with today.</summary>
    public bool IsCurrent(string purpose, ReadOnlySpan<char> text)
    {
        if (text.Length < KeyPrefix) return false;
        Span<byte> head = stackalloc byte[6];
        return Base64Url.DecodeFromChars([.. text[..KeyPrefix], 'A'], head, out _, out _) == OperationStatus.Done
            && head[0] == Version && BinaryPrimitives.ReadUInt32LittleEndian(head[1..]) == keys.First(use, purpose).Id;
    }

    private static bool Open(DerivedKey key, ReadOnlySpan<byte> box, Span<byte> plain, ReadOnlySpan<byte> context)
    {
        using var aes = new AesGcm(key.Bytes, TagBytes);
        try
        {
            aes.Decrypt(box[(HeadBytes - NonceBytes)..HeadBytes], box[HeadBytes..^TagBytes], box[^TagBytes..], plain, context);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}

/// <summary>The ciphers by what they protect, each with keys of its own list of secrets.</summary>
internal sealed class Ciphers(SecretKeys keys)
{
    public Cipher AtRest { get; } = new(keys);
    public Cipher Cookie { get; } = new(keys, SecretUse.Cookie);
    public Cipher Pagination { get; } = new(keys, SecretUse.Pagination);
}
