using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ascent.Crypto.Hashing;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing;

public sealed class PasswordHasherTests : IDisposable
{
    private const string Password = "correct-horse-battery-9";
    private const string BcryptHash = "$2a$04$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq";
    private const string Argon2Hash = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQtMDEyMzQ1Ng$r0OytkW7fpWcT0Zq373awX1plJJS/IwklrFUoW1FlVw";
    private const string Argon2iHash = "$argon2i$v=19$m=256,t=2,p=2$b3RoZXItc2FsdC1vZi0yMC1ieXRl$8FywvMggpa4OCIrtGbOivg";

    private static readonly HasherOptions Bcrypt = new() { Algorithm = Algorithm.Bcrypt, BcryptCost = 4 };
    private static readonly HasherOptions Argon2 = new()
    {
        Algorithm = Algorithm.Argon2id, Argon2MemoryKiB = 64, Iterations = 1, Parallelism = 1, SaltLength = 16, KeyLength = 32,
    };

    private HasherOptions options = Bcrypt;
    private readonly PasswordHasher hasher;

    public PasswordHasherTests() => hasher = new PasswordHasher(() => options, TimeProvider.System);

    public void Dispose() => hasher.Dispose();

    [Fact]
    public void The_defaults_are_those_of_a_configuration_without_hashers()
    {
        var o = new HasherOptions();
        (o.Algorithm, o.BcryptCost, o.Argon2MemoryKiB, o.Iterations, o.SaltLength, o.KeyLength).ShouldBe((Algorithm.Bcrypt, 12, 131072, 1, 16, 32));
        (o.Parallelism, o.DedicatedMemoryKiB).ShouldBe((2 * Environment.ProcessorCount, 1048576));
    }

    [Fact]
    public async Task Passwords_are_hashed_as_configured_and_a_reload_is_followed()
    {
        var first = await hasher.HashAsync(Password, CancellationToken.None);
        first.ShouldStartWith("$2a$04$");
        first.Length.ShouldBe(60);
        options = Argon2;
        var second = await hasher.HashAsync(Password, CancellationToken.None);
        second.ShouldStartWith("$argon2id$v=19$m=64,t=1,p=1$");
        second.Length.ShouldBe(Argon2Hash.Length);
        foreach (var hash in new[] { first, second })
        {
            PasswordHashFormats.Check(hash).ShouldBe(new HashCheck.Accepted(hash));
            (await hasher.VerifyAsync(Password, hash, CancellationToken.None)).ShouldBeTrue();
            (await hasher.VerifyAsync(Password + "x", hash, CancellationToken.None)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Two_hashes_of_one_password_have_different_salts()
    {
        foreach (var o in new[] { Bcrypt, Argon2 })
        {
            options = o;
            var first = await hasher.HashAsync(Password, CancellationToken.None);
            (await hasher.HashAsync(Password, CancellationToken.None)).ShouldNotBe(first);
        }
    }

    [Fact]
    public async Task Bcrypt_refuses_to_hash_what_it_cannot_see_and_argon2_takes_it()
    {
        var limit = string.Concat(Enumerable.Repeat("ü", 36));
        hasher.CanHash(limit).ShouldBeTrue();
        (await hasher.HashAsync(limit, CancellationToken.None)).ShouldStartWith("$2a$");
        hasher.CanHash(limit + "x").ShouldBeFalse();
        (await Should.ThrowAsync<PasswordTooLongException>(() => hasher.HashAsync(limit + "x", CancellationToken.None))).Limit.ShouldBe(72);
        options = Argon2;
        hasher.CanHash(limit + "x").ShouldBeTrue();
        var hash = await hasher.HashAsync(limit + "x", CancellationToken.None);
        (await hasher.VerifyAsync(limit + "x", hash, CancellationToken.None)).ShouldBeTrue();
        (await hasher.VerifyAsync(limit, hash, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_written_with_more_lanes_than_an_import_may_have_is_read_again()
    {
        options = Argon2 with { Argon2MemoryKiB = 1024, Parallelism = 32, Iterations = 11 };
        var hash = await hasher.HashAsync(Password, CancellationToken.None);
        (await hasher.VerifyAsync(Password, hash, CancellationToken.None)).ShouldBeTrue();
        (await hasher.VerifyAsync(Password + "x", hash, CancellationToken.None)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(Algorithm.Bcrypt, BcryptHash, false)]
    [InlineData(Algorithm.Bcrypt, "$2b$15$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq", false)]
    [InlineData(Algorithm.Argon2id, "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", true)]
    [InlineData(Algorithm.Bcrypt, Argon2Hash, true)]
    [InlineData(Algorithm.Bcrypt, "$md5$3s3KTV/KTwojmQTq25Zshg==", true)]
    [InlineData(Algorithm.Argon2id, BcryptHash, true)]
    [InlineData(Algorithm.Argon2id, Argon2Hash, false)]
    [InlineData(Algorithm.Argon2id, "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$AAAAAAAA", false)]
    [InlineData(Algorithm.Argon2id, Argon2iHash, true)]
    internal void A_hash_of_another_kind_or_a_lower_cost_is_hashed_anew_and_a_dearer_one_is_not(Algorithm algorithm, string hash, bool expected)
    {
        options = algorithm == Algorithm.Bcrypt ? Bcrypt : Argon2;
        hasher.NeedsRehash(hash).ShouldBe(expected);
    }

    [Fact]
    public void A_raised_cost_reaches_the_hashes_of_the_lower_one()
    {
        options = Bcrypt with { BcryptCost = 5 };
        hasher.NeedsRehash(BcryptHash).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("$2a$04$N9qo8")]
    [InlineData("$argon2id$v=19$m=64,t=1")]
    [InlineData("$argon2id$v=19$m=9999999,t=1,p=1$c29tZXNhbHQ$AAAAAAAA")]
    [InlineData("$md5$!!!")]
    [InlineData("{SSHA512}")]
    public async Task A_stored_hash_that_cannot_be_read_fits_no_password_and_costs_what_another_does(string hash)
    {
        (await hasher.VerifyAsync(Password, hash, CancellationToken.None)).ShouldBeFalse();
        hasher.Operations.ShouldBe(1);
    }

    [Fact]
    public async Task An_account_that_is_not_there_costs_the_work_of_the_configured_hasher()
    {
        using var listener = new MeterListener();
        var formats = new ConcurrentQueue<string?>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "ascent.hashing.operations" && ReferenceEquals(instrument.Meter, hasher.Pool.Metrics.Meter)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => formats.Enqueue(tags[0].Value as string));
        listener.Start();

        await hasher.BurnAsync(Password, CancellationToken.None);
        options = Argon2 with { Argon2MemoryKiB = 4096 };
        await hasher.BurnAsync(Password, CancellationToken.None);

        formats.ShouldBe(["bcrypt", "argon2id"]);
        hasher.Operations.ShouldBe(2);
        hasher.Pool.Memory.Held.ShouldBe(4096 * 1024);
    }

    [Fact]
    public async Task Many_at_a_time_share_the_memory_they_are_given()
    {
        options = Argon2 with { Argon2MemoryKiB = 4096, DedicatedMemoryKiB = 8192, MaxConcurrent = 4 };
        var hashes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => hasher.HashAsync(Password, CancellationToken.None)));
        hasher.Pool.Memory.Held.ShouldBeLessThanOrEqualTo(8192 * 1024);
        foreach (var hash in hashes) (await hasher.VerifyAsync(Password, hash, CancellationToken.None)).ShouldBeTrue();
        hasher.Operations.ShouldBe(24);
    }
}
