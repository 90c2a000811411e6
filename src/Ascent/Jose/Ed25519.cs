using System.Runtime.InteropServices;

namespace Ascent.Jose;

/// <summary>
/// Ed25519 (RFC 8032) by OpenSSL's libcrypto, the library that the framework's own cryptography stands on; .NET 10 has no face
/// for it. Signing is constant-time there. Public keys of small order and keys written in a second way are refused here,
/// signatures with a second form of S by OpenSSL. Where the library is missing, such keys are refused and all else works.
/// </summary>
internal static unsafe class Ed25519
{
    public const int KeySize = 32;
    public const int SignatureSize = 64;

    private const int Nid = 1087;

    private static readonly Functions? Library = Functions.Load();

    public static bool Available => Library is not null;

    private static Functions Ssl => Library ?? throw new PlatformNotSupportedException("OpenSSL's libcrypto is not there.");

    /// <summary>Null where these are no such key.</summary>
    public static Handle? ImportPrivate(ReadOnlySpan<byte> seed)
    {
        fixed (byte* p = seed) return Handle.Of(Ssl.NewPrivate(Nid, 0, p, (nuint)seed.Length));
    }

    public static Handle? ImportPublic(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeySize || !IsCanonical(key) || IsSmallOrder(key)) return null;
        fixed (byte* p = key) return Handle.Of(Ssl.NewPublic(Nid, 0, p, (nuint)key.Length));
    }

    public static byte[] Sign(Handle key, ReadOnlySpan<byte> data)
    {
        var signature = new byte[SignatureSize];
        nuint length = SignatureSize;
        var context = Ssl.NewContext();
        try
        {
            fixed (byte* s = signature)
            fixed (byte* d = data)
                if (Ssl.SignInit(context, 0, 0, 0, key.DangerousGetHandle()) != 1 || Ssl.Sign(context, s, &length, d, (nuint)data.Length) != 1 || length != SignatureSize)
                    throw new InvalidOperationException("libcrypto did not sign.");
        }
        finally
        {
            Ssl.FreeContext(context);
            GC.KeepAlive(key);
        }
        return signature;
    }

    public static bool Verify(Handle key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize) return false;
        var context = Ssl.NewContext();
        try
        {
            fixed (byte* s = signature)
            fixed (byte* d = data)
                return Ssl.VerifyInit(context, 0, 0, 0, key.DangerousGetHandle()) == 1 && Ssl.Verify(context, s, (nuint)signature.Length, d, (nuint)data.Length) == 1;
        }
        finally
        {
            Ssl.FreeContext(context);
            GC.KeepAlive(key);
            Ssl.ClearErrors();
        }
    }

    // RFC 8032 5.1.3: y is less than p = 2^255 - 19; the top bit is the sign of x.
    private static bool IsCanonical(ReadOnlySpan<byte> key)
    {
        if ((key[31] & 0x7F) != 0x7F) return true;
        return key[1..31].ContainsAnyExcept((byte)0xFF) || key[0] < 0xED;
    }

    /// <summary>With one of these eight points a signature could hold for every text.</summary>
    private static bool IsSmallOrder(ReadOnlySpan<byte> key)
    {
        Span<byte> y = stackalloc byte[KeySize];
        key.CopyTo(y);
        y[31] &= 0x7F;
        foreach (var point in SmallOrder)
            if (y.SequenceEqual(point)) return true;
        return false;
    }

    private static readonly byte[][] SmallOrder =
    [
        Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000000"),
        Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        Convert.FromHexString("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ];

    /// <summary>A key in libcrypto's hands.</summary>
    internal sealed class Handle : SafeHandle
    {
        private Handle(nint key) : base(0, ownsHandle: true) => SetHandle(key);

        public override bool IsInvalid => handle == 0;

        public static Handle? Of(nint key)
        {
            if (key != 0) return new Handle(key);
            Ssl.ClearErrors();
            return null;
        }

        protected override bool ReleaseHandle()
        {
            Ssl.FreeKey(handle);
            return true;
        }
    }

    private sealed class Functions
    {
        public delegate* unmanaged<int, nint, byte*, nuint, nint> NewPrivate, NewPublic;
        public delegate* unmanaged<nint> NewContext;
        public delegate* unmanaged<nint, nint, nint, nint, nint, int> SignInit, VerifyInit;
        public delegate* unmanaged<nint, byte*, nuint*, byte*, nuint, int> Sign;
        public delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int> Verify;
        public delegate* unmanaged<nint, void> FreeContext, FreeKey;
        public delegate* unmanaged<void> ClearErrors;

        public static Functions? Load()
        {
            nint library = 0;
            foreach (var name in (ReadOnlySpan<string>)["libcrypto.so.3", "libcrypto.so.4", "libcrypto.so.1.1", "libcrypto.3.dylib"])
                if (NativeLibrary.TryLoad(name, out library)) break;
            if (library == 0 || !NativeLibrary.TryGetExport(library, "EVP_DigestVerify", out _)) return null;
            nint At(string export) => NativeLibrary.GetExport(library, export);
            return new Functions
            {
                NewPrivate = (delegate* unmanaged<int, nint, byte*, nuint, nint>)At("EVP_PKEY_new_raw_private_key"),
                NewPublic = (delegate* unmanaged<int, nint, byte*, nuint, nint>)At("EVP_PKEY_new_raw_public_key"),
                NewContext = (delegate* unmanaged<nint>)At("EVP_MD_CTX_new"),
                SignInit = (delegate* unmanaged<nint, nint, nint, nint, nint, int>)At("EVP_DigestSignInit"),
                VerifyInit = (delegate* unmanaged<nint, nint, nint, nint, nint, int>)At("EVP_DigestVerifyInit"),
                Sign = (delegate* unmanaged<nint, byte*, nuint*, byte*, nuint, int>)At("EVP_DigestSign"),
                Verify = (delegate* unmanaged<nint, byte*, nuint, byte*, nuint, int>)At("EVP_DigestVerify"),
                FreeContext = (delegate* unmanaged<nint, void>)At("EVP_MD_CTX_free"),
                FreeKey = (delegate* unmanaged<nint, void>)At("EVP_PKEY_free"),
                ClearErrors = (delegate* unmanaged<void>)At("ERR_clear_error"),
            };
        }
    }
}

internal sealed class Ed25519Material : KeyMaterial
{
    private readonly Ed25519.Handle open;
    private readonly Ed25519.Handle? secret;

    private Ed25519Material(Ed25519.Handle open, Ed25519.Handle? secret) => (this.open, this.secret) = (open, secret);

    public override bool CanSign => secret is not null;

    /// <summary>Null where x is no public key; whether d belongs to it shows in the first signature.</summary>
    public static Ed25519Material? Create(byte[] x, byte[]? d)
    {
        if (Ed25519.ImportPublic(x) is not { } known) return null;
        var seed = d is null ? null : Ed25519.ImportPrivate(d);
        return d is not null && seed is null ? null : new Ed25519Material(known, seed);
    }

    public override byte[] Sign(JwsAlgorithm algorithm, ReadOnlySpan<byte> data) => Ed25519.Sign(secret!, data);

    public override bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Ed25519.Verify(open, data, signature);
}
