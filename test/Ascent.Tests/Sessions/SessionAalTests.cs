using Ascent.Config;
using Ascent.Crypto;
using Ascent.Sessions;
using Shouldly;

namespace Ascent.Tests.Sessions;

public sealed class SessionAalTests
{
    [Theory]
    [InlineData("", "aal0")]
    [InlineData("password:aal1", "aal1")]
    [InlineData("totp:aal2", "aal1")]
    [InlineData("totp:aal2 lookup_secret:aal2", "aal1")]
    [InlineData("password:aal1 totp:aal2", "aal2")]
    [InlineData("totp:aal2 code_recovery:aal1", "aal2")]
    [InlineData("oidc:aal1", "aal1")]
    [InlineData("oidc:aal2", "aal2")]
    [InlineData("saml:aal2", "aal2")]
    [InlineData("webauthn:aal1 webauthn:aal1", "aal1")]
    public void The_level_is_counted_from_the_methods(string methods, string aal) =>
        SessionAal.Of([.. methods.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(m => m.Split(':')).Select(m => new AuthenticationMethod { Method = m[0], Aal = m[1], CompletedAt = default })]).ShouldBe(aal);

    [Fact]
    public void Methods_and_devices_survive_their_json()
    {
        IReadOnlyList<AuthenticationMethod> methods = [new() { Method = "oidc", Aal = "aal2", CompletedAt = DateTimeOffset.UnixEpoch, Provider = "a<b", Organization = "o", UpstreamAcr = "2", UpstreamAmr = ["mfa", "pwd"] }];
        var read = AuthenticationMethod.Parse(AuthenticationMethod.Write(methods)).Single();
        (read with { UpstreamAmr = null }).ShouldBe(methods[0] with { UpstreamAmr = null });
        read.UpstreamAmr.ShouldBe(["mfa", "pwd"]);
        var device = new DeviceInfo("::1", null, "Munich, DE").ToDevice(Guid.CreateVersion7());
        Device.Parse(Device.Write([device])).Single().ShouldBe(device);
    }

    [Fact]
    public void A_logout_token_fits_its_session_alone_and_by_either_prefix()
    {
        var config = new ConfigStore(SessionsHost.Plain);
        var tokens = new LogoutToken(new SecretKeys(config));
        Guid one = Guid.CreateVersion7(), other = Guid.CreateVersion7();
        var token = tokens.Of(one);
        token.ShouldMatch("^ory_lo_[A-Za-z0-9]{32}$");
        tokens.Of(one).ShouldBe(token);
        tokens.Matches(one, token).ShouldBeTrue();
        tokens.Matches(one, "ory_lt_" + token[7..]).ShouldBeTrue();
        tokens.Matches(one, "ory_st_" + token[7..]).ShouldBeFalse();
        tokens.Matches(one, token[..^1]).ShouldBeFalse();
        tokens.Matches(other, token).ShouldBeFalse();
        config.Replace(config.Current with { Secrets = new SecretsConfig { Default = [new Secret("a secret put in front"), .. config.Current.Secrets.Default] } });
        tokens.Of(one).ShouldNotBe(token);
        tokens.Matches(one, token).ShouldBeTrue();
    }
}
