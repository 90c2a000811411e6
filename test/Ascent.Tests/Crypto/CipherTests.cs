using System.Text;
using Ascent.Config;
using Ascent.Crypto;
using Shouldly;

namespace Ascent.Tests.Crypto;

public sealed class CipherTests
{
    private const string First = "the first secret of all";

    [Fact]
    public void What_was_encrypted_comes_back()
    {
        var cipher = new Cipher(Keys(First));
        foreach (var text in new[] { "", "x", "grüße", new string('a', 10_000) })
            cipher.Decrypt("test", cipher.Encrypt("test", text)).ShouldBe(text);
        cipher.Encrypt("test", "same").ShouldNotBe(cipher.Encrypt("test", "same"));
    }

    [Fact]
    public void Another_purpose_context_or_use_opens_nothing()
    {
        var keys = Keys(First);
        var cipher = new Cipher(keys);
        var text = cipher.Encrypt("test", "secret", "row 1");
        cipher.Decrypt("test", text, "row 1").ShouldBe("secret");
        cipher.Decrypt("test", text, "row 2").ShouldBeNull();
        cipher.Decrypt("test", text).ShouldBeNull();
        cipher.Decrypt("other", text, "row 1").ShouldBeNull();
        new Cipher(keys, SecretUse.Cookie).Decrypt("test", text, "row 1").ShouldBeNull();
    }

    [Fact]
    public void Every_changed_character_is_noticed()
    {
        var cipher = new Cipher(Keys(First));
        var text = cipher.Encrypt("test", "a short secret");
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            cipher.Decrypt("test", changed).ShouldBeNull($"at {i}");
        }
        for (var i = 0; i < text.Length; i++) cipher.Decrypt("test", text.AsSpan(0, i)).ShouldBeNull($"cut at {i}");
    }

    [Theory]
    [InlineData(""), InlineData("broken"), InlineData("!"), InlineData("a b"), InlineData("AAAA="), InlineData("ü"), InlineData("%41")]
    public void Nonsense_is_refused_and_nothing_thrown(string text)
    {
        var cipher = new Cipher(Keys(First));
        cipher.Decrypt("test", text).ShouldBeNull();
        cipher.Decrypt("test", text + new string('A', 2000)).ShouldBeNull();
    }

    [Fact]
    public void A_secret_put_in_front_writes_and_the_old_one_still_reads()
    {
        var config = Config(First);
        var cipher = new Cipher(new SecretKeys(config));
        var old = cipher.Encrypt("test", "kept");
        config.Replace(With("a second secret in front", First));
        cipher.Decrypt("test", old).ShouldBe("kept");
        var renewed = cipher.Encrypt("test", "new");
        config.Replace(With("a second secret in front"));
        cipher.Decrypt("test", old).ShouldBeNull();
        cipher.Decrypt("test", renewed).ShouldBe("new");
    }

    [Fact]
    public void Each_list_has_keys_of_its_own_and_falls_back_to_the_default()
    {
        var keys = new SecretKeys(new ConfigStore(new AscentConfig { Secrets = new SecretsConfig { Default = [new Secret("the default secret")], Cookie = [new Secret("the cookie secret")] } }));
        byte[][] all = [keys.First(SecretUse.Default, "a").Bytes, keys.First(SecretUse.Cookie, "a").Bytes, keys.First(SecretUse.Cipher, "a").Bytes, keys.First(SecretUse.Pagination, "a").Bytes, keys.First(SecretUse.Default, "b").Bytes];
        all.Select(Convert.ToHexString).Distinct().Count().ShouldBe(5);
        Keys("the default secret").First(SecretUse.Cookie, "a").Bytes.ShouldNotBe(all[1]);
        Should.Throw<InvalidOperationException>(() => Keys().First(SecretUse.Cookie, "a")).Message.ShouldContain("secrets.default");
    }

    [Fact]
    public void Codes_are_kept_as_hashes_that_a_rotation_does_not_void()
    {
        var config = Config(First);
        var hashes = new CodeHashes(new SecretKeys(config));
        var stored = hashes.Hash("login", "123456", "flow 1");
        stored.ShouldNotContain("123456");
        hashes.Matches("login", "123456", stored, "flow 1").ShouldBeTrue();
        hashes.Matches("login", "123457", stored, "flow 1").ShouldBeFalse();
        hashes.Matches("login", "123456", stored, "flow 2").ShouldBeFalse();
        hashes.Matches("recovery", "123456", stored, "flow 1").ShouldBeFalse();
        hashes.Hash("login", "2", "flow 1").ShouldNotBe(hashes.Hash("login", "12", "flow "));
        config.Replace(With("a second secret in front", First));
        hashes.Matches("login", "123456", stored, "flow 1").ShouldBeTrue();
        hashes.Candidates("login", "123456", "flow 1").ShouldContain(stored);
    }

    private static AscentConfig With(params string[] secrets) => new() { Secrets = new SecretsConfig { Default = [.. secrets.Select(s => new Secret(s))] } };
    private static ConfigStore Config(params string[] secrets) => new(With(secrets));
    private static SecretKeys Keys(params string[] secrets) => new(Config(secrets));
}

public sealed class TokensTests
{
    [Fact]
    public void Tokens_use_every_letter_and_digit_about_as_often()
    {
        var counts = new Dictionary<char, int>();
        for (var i = 0; i < 2000; i++)
            foreach (var c in Tokens.New())
                counts[c] = counts.GetValueOrDefault(c) + 1;
        counts.Count.ShouldBe(62);
        // 1032 each on average; nine standard deviations to either side
        counts.Values.Min().ShouldBeGreaterThan(740);
        counts.Values.Max().ShouldBeLessThan(1330);
    }

    [Fact]
    public void A_session_token_shows_itself_only_when_asked()
    {
        var token = SessionToken.New();
        token.Value.ShouldMatch("^ory_st_[A-Za-z0-9]{32}$");
        token.ToString().ShouldNotContain(token.Value);
        $"{token}".ShouldBe("[redacted]");
        SessionToken.TryParse(token.Value, out var same).ShouldBeTrue();
        same.ShouldBe(token);
        same.Key.ShouldBe(token.Key);
        SessionToken.TryParse("", out _).ShouldBeFalse();
        SessionToken.TryParse(null, out var none).ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => none.Value);
    }

    [Fact]
    public void A_key_is_the_first_half_of_the_hash()
    {
        Tokens.Key("abc").ShouldBe(new Guid("ba7816bf-8f01-cfea-4141-40de5dae2223"));
        var longer = new string('ü', 500);
        Tokens.Key(longer).ToByteArray(bigEndian: true).ShouldBe(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(longer))[..16]);
    }

    [Fact]
    public void Texts_are_the_same_or_not()
    {
        Tokens.Same("abc", "abc").ShouldBeTrue();
        Tokens.Same("abc", "abd").ShouldBeFalse();
        Tokens.Same("abc", "ab").ShouldBeFalse();
    }
}
