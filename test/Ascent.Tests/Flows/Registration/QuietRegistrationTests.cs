using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ascent.Crypto.Hashing;
using Ascent.Tests.Flows.Verification;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Flows.Registration;

/// <summary>What a registration tells of who has an account where answers may not tell it.</summary>
public sealed partial class QuietRegistrationTests
{
    private const string Ada = Verifying.Ada, Bob = "bob@example.org", Mitigate = "security: { account_enumeration: { mitigate: true } }";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_taken_address_is_answered_like_a_free_one_and_its_owner_hears_of_it_by_mail(string engine)
    {
        await using var server = await Verifying.ServerAsync(engine, more: Mitigate);
        await AddAdaAsync(server);
        var hasher = server.Services.GetRequiredService<PasswordHasher>();
        List<(string Answer, long Hashes, int Mails)> seen = [];

        foreach (var email in (string[])[Ada, Bob])
        {
            var (hashes, mails) = (hasher.Operations, (await Verifying.MailsAsync(server)).Count);
            var (status, body) = await Registering.NativelyAsync(server, Registering.Body(email));
            status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
            seen.Add((Plain(body.GetRawText(), email), hasher.Operations - hashes, (await Verifying.MailsAsync(server)).Count - mails));
        }

        seen[0].ShouldBe(seen[1]);
        seen[0].Hashes.ShouldBe(1);
        seen[0].Mails.ShouldBe(1);
        seen[0].Answer.ShouldContain("show_verification_ui");
        seen[0].Answer.ShouldNotContain("session_token");
        (await Verifying.LastMailAsync(server, Ada)).Template.ShouldBe("registration_taken");
        (await Verifying.LastMailAsync(server, Bob)).Template.ShouldBe("verification_code_valid");
        (await Registering.CountAsync(server, "identities")).ShouldBe(2);
        (await Registering.CountAsync(server, "sessions")).ShouldBe(0);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_verifications_that_follow_do_not_tell_either(string engine)
    {
        await using var server = await Verifying.ServerAsync(engine, more: Mitigate);
        await AddAdaAsync(server);
        List<string> seen = [];
        foreach (var email in (string[])[Ada, Bob])
        {
            var (_, body) = await Registering.NativelyAsync(server, Registering.Body(email));
            var flow = body.GetProperty("continue_with")[0].GetProperty("flow").GetProperty("id").GetString()!;
            var wrong = await Verifying.SubmitAsync(server, Verifying.SubmitPath(flow), new { method = "code", code = "00000x" });
            var again = await Verifying.SubmitAsync(server, Verifying.SubmitPath(flow), new { method = "code", email });
            seen.Add(Plain($"{wrong.Status} {wrong.Body} {again.Status} {again.Body}", email));
        }
        seen[0].ShouldBe(seen[1]);
    }

    [Fact]
    public async Task Browsers_are_sent_to_the_same_page_and_signed_in_by_neither()
    {
        await using var server = await Verifying.ServerAsync("sqlite", more: Mitigate);
        await AddAdaAsync(server);
        List<string> seen = [];
        foreach (var email in (string[])[Ada, Bob])
        {
            var browser = new Browser(server);
            var (_, flow) = await browser.SendAsync("GET", "/self-service/registration/browser");
            var (status, body) = await browser.SendAsync("POST", new Uri(flow.GetProperty("ui").GetProperty("action").GetString()!).PathAndQuery,
                new { method = "password", traits = new { email }, password = SignIn.Password, csrf_token = Registering.Node(flow, "csrf_token").GetProperty("value").GetString() });
            var (whoami, _) = await browser.SendAsync("GET", "/sessions/whoami");
            whoami.ShouldBe(HttpStatusCode.Unauthorized);
            seen.Add(Plain($"{status} {body}", email));
        }
        seen[0].ShouldBe(seen[1]);
        seen[0].ShouldContain("show_verification_ui");
    }

    [Fact]
    public async Task Without_the_setting_it_is_told_as_ever()
    {
        await using var server = await Verifying.ServerAsync("sqlite");
        await AddAdaAsync(server);
        var (status, body) = await Registering.NativelyAsync(server, Registering.Body(Ada));
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000007]);
        var (_, signedUp) = await Registering.NativelyAsync(server, Registering.Body(Bob));
        signedUp.TryGetProperty("session_token", out _).ShouldBeTrue();
    }

    private static async Task AddAdaAsync(RunningServer server)
    {
        var (status, text) = await server.AdminAsync("POST", "/admin/identities", JsonSerializer.Serialize(new { schema_id = "default", traits = new { email = Ada } }));
        status.ShouldBe(HttpStatusCode.Created, text);
    }

    /// <summary>Without what differs from one flow to the next.</summary>
    private static string Plain(string text, string email) => Drawn().Replace(text.Replace(email, "X", StringComparison.Ordinal), "…");

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.]+Z|[A-Za-z0-9+/_=-]{60,}", RegexOptions.None, 1000)]
    private static partial Regex Drawn();
}
