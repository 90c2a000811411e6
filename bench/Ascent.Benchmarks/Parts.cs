using Ascent.Crypto;
using Ascent.Sessions;
using BenchmarkDotNet.Attributes;

namespace Ascent.Benchmarks;

/// <summary>Parts of the hot path, by BenchmarkDotNet: dotnet run -c Release --project bench/Ascent.Benchmarks -- --filter '*'.</summary>
[MemoryDiagnoser]
public class Parts
{
    private static readonly string Text = SessionToken.New().Value;
    private static readonly AuthenticationMethod[] Methods = [new() { Method = "password", Aal = "aal1", CompletedAt = TimeProvider.System.GetUtcNow() }, new() { Method = "totp", Aal = "aal2", CompletedAt = TimeProvider.System.GetUtcNow() }];
    private static readonly byte[] Json = AuthenticationMethod.Write(Methods);

    [Benchmark]
    public Guid ParseAndHashToken() => SessionToken.TryParse(Text, out var token) ? token.Key : throw new InvalidOperationException();

    [Benchmark]
    public string NewToken() => SessionToken.New().Value;

    [Benchmark]
    public byte[] WriteMethods() => AuthenticationMethod.Write(Methods);

    [Benchmark]
    public int ReadMethods() => AuthenticationMethod.Parse(Json).Count;
}
