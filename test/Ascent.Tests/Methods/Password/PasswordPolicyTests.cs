using System.Security.Cryptography;
using System.Text;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Flows.Registration;
using Shouldly;

namespace Ascent.Tests.Methods.Password;

/// <summary>The policy as it is met at a registration; leaked passwords are asked of a server of our own.</summary>
public sealed class PasswordPolicyTests
{
    private const string Ada = "ada@example.org";
    private const string Weak = "password-of-many";

    [Theory]
    [InlineData("short1!", 4000032), InlineData("éééééééé", 0), InlineData("ééééééé", 4000032), InlineData("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 4000032), InlineData("🦊🐻🐼🐨🐯🦁🐮🐷", 0), InlineData("e\u0301e\u0301e\u0301e\u0301", 4000032), InlineData("ada@example.or", 4000031)]
    public async Task A_password_is_long_enough_in_characters_as_people_see_them_and_unlike_the_identifier(string password, int message)
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var (_, body) = await Registering.NativelyAsync(server, Registering.Body(Ada, password));
        if (message == 0) body.TryGetProperty("session_token", out _).ShouldBeTrue(body.GetRawText());
        else SignIn.Messages(body).ShouldBe([message]);
    }

    [Theory]
    [InlineData("Umbrella-2026-rain", 4000005), InlineData("my ACME account!", 4000005), InlineData("umbrela-2026-rain", 0)]
    public async Task Words_of_the_operator_stand_in_no_password(string password, int message)
    {
        await using var server = await Registering.ServerAsync("sqlite", password: "haveibeenpwned_enabled: false, context_words: [ umbrella, acme ]");
        var (_, body) = await Registering.NativelyAsync(server, Registering.Body(Ada, password));
        if (message == 0) body.TryGetProperty("session_token", out _).ShouldBeTrue(body.GetRawText());
        else SignIn.Messages(body).ShouldBe([message]);
    }

    [Fact]
    public async Task What_bcrypt_would_cut_off_is_refused()
    {
        await using var server = await Registering.ServerAsync("sqlite", password: "haveibeenpwned_enabled: false, min_password_length: 6", hasher: "{ algorithm: bcrypt, bcrypt: { cost: 12 } }");
        SignIn.Messages((await Registering.NativelyAsync(server, Registering.Body(Ada, new string('a', 73)))).Body).ShouldBe([4000033]);
        (await Registering.NativelyAsync(server, Registering.Body(Ada, new string('a', 72)))).Body.TryGetProperty("session_token", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Leaked_passwords_are_asked_for_by_five_digits_and_refused()
    {
        await using var ranges = await HookReceiver.StartAsync();
        ranges.Answer = call => (200, call.Path.EndsWith(Hash(Weak)[..5], StringComparison.Ordinal) ? $"{new string('0', 35)}:0\r\n{Hash(Weak)[5..]}:41\r\n" : $"{new string('0', 35)}:7");
        await using var server = await Registering.ServerAsync("sqlite", password: $"haveibeenpwned_host: \"{ranges.Url}\", max_breaches: 40");

        var (_, refused) = await Registering.NativelyAsync(server, Registering.Body(Ada, Weak));

        SignIn.Messages(refused).ShouldBe([4000034]);
        refused.GetRawText().ShouldContain("\"breaches\":41");
        (await Registering.NativelyAsync(server, Registering.Body(Ada))).Body.TryGetProperty("session_token", out _).ShouldBeTrue();
        ranges.Calls.Select(c => c.Path).ShouldBe([$"/range/{Hash(Weak)[..5]}", $"/range/{Hash(SignIn.Password)[..5]}"]);
        ranges.Calls.ShouldAllBe(c => c.Headers["Add-Padding"] == "true" && c.Body.Length == 0);
    }

    [Theory]
    [InlineData(40, 4000034), InlineData(41, 0)]
    public async Task Some_leaks_may_be_allowed(int most, int message)
    {
        await using var ranges = await HookReceiver.StartAsync();
        ranges.Answer = _ => (200, $"{Hash(Weak)[5..].ToLowerInvariant()}:41");
        await using var server = await Registering.ServerAsync("sqlite", password: $"haveibeenpwned_host: \"{ranges.Url}\", max_breaches: {most}");
        var (_, body) = await Registering.NativelyAsync(server, Registering.Body(Ada, Weak));
        if (message == 0) body.TryGetProperty("session_token", out _).ShouldBeTrue(body.GetRawText());
        else SignIn.Messages(body).ShouldBe([message]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Without_an_answer_the_configuration_decides(bool ignore)
    {
        await using var ranges = await HookReceiver.StartAsync();
        ranges.Answer = _ => (503, "later");
        await using var server = await Registering.ServerAsync("sqlite", password: $"haveibeenpwned_host: \"{ranges.Url}\", ignore_network_errors: {(ignore ? "true" : "false")}");
        var (_, body) = await Registering.NativelyAsync(server, Registering.Body(Ada));
        if (ignore) body.TryGetProperty("session_token", out _).ShouldBeTrue(body.GetRawText());
        else SignIn.Messages(body).ShouldBe([4000005]);
    }

    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
}
