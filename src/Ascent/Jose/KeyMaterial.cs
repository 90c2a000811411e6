using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Ascent.Jose;

/// <summary>The mathematical half of a key. Safe to use from many threads.</summary>
internal abstract class KeyMaterial
{
    public abstract bool CanSign { get; }

    public abstract byte[] Sign(JwsAlgorithm algorithm, ReadOnlySpan<byte> data);

    public abstract bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>The framework's key objects are not promised to be thread-safe: each use takes one of its own.</summary>
    protected sealed class Pool<T>(Func<T> create) where T : AsymmetricAlgorithm
    {
        private readonly ConcurrentBag<T> idle = [];

        public T Rent() => idle.TryTake(out var key) ? key : create();

        public void Return(T key) => idle.Add(key);
    }
}

internal sealed class RsaMaterial(RSAParameters parameters) : KeyMaterial
{
    private readonly Pool<RSA> pool = new(() => RSA.Create(parameters));

    public override bool CanSign { get; } = parameters.D is not null;

    public override byte[] Sign(JwsAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
        var rsa = pool.Rent();
        try
        {
            return rsa.SignData(data, algorithm.Hash, algorithm.Padding!);
        }
        finally
        {
            pool.Return(rsa);
        }
    }

    public override bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var rsa = pool.Rent();
        try
        {
            return signature.Length == parameters.Modulus!.Length && rsa.VerifyData(data, signature, algorithm.Hash, algorithm.Padding!);
        }
        finally
        {
            pool.Return(rsa);
        }
    }
}

internal sealed class EcMaterial(ECParameters parameters) : KeyMaterial
{
    private readonly Pool<ECDsa> pool = new(() => ECDsa.Create(parameters));

    public override bool CanSign { get; } = parameters.D is not null;

    public override byte[] Sign(JwsAlgorithm algorithm, ReadOnlySpan<byte> data)
    {
        var ec = pool.Rent();
        try
        {
            return ec.SignData(data, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            pool.Return(ec);
        }
    }

    public override bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var ec = pool.Rent();
        try
        {
            return ec.VerifyData(data, signature, algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            pool.Return(ec);
        }
    }
}
