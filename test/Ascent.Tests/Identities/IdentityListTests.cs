using System.Net;
using System.Text.RegularExpressions;
using Shouldly;

namespace Ascent.Tests.Identities;

public sealed partial class IdentityListTests
{
    private const string Organization = "7f1d4d6e-6b0f-4d1e-9d06-0c2a2c4e4a11";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_pages_hold_everybody_once(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        for (var i = 0; i < 5; i++) await host.MakeAsync($"p{i}@example.org");
        var seen = new List<string>();
        var sizes = new List<int>();

        for (string? path = "/admin/identities?page_size=2&colour=a+b%40"; path is not null;)
        {
            var page = (await host.GetAsync(path)).ShouldBe(HttpStatusCode.OK);
            sizes.Add(page.Json.GetArrayLength());
            seen.AddRange(page.Json.EnumerateArray().Select(i => i.At("traits/email").GetString()!));
            page.Json.EnumerateArray().First().TryGetProperty("credentials", out var shown).ShouldBeFalse(shown.ToString());
            Normal(page.Link).ShouldStartWith("</admin/identities?colour=a+b%40&page_size=2&page_token=T>; rel=\"first\"");
            path = Next().Match(page.Link) is { Success: true } next ? next.Groups["url"].Value : null;
        }

        sizes.ShouldBe([2, 2, 1]);
        seen.Order().ShouldBe(Enumerable.Range(0, 5).Select(i => $"p{i}@example.org"));
        Normal((await host.GetAsync("/admin/identities?page_size=5")).Link).ShouldNotContain("next");
        // The beginning has one name, which no secret is needed for.
        (await host.GetAsync("/admin/identities?page_size=5")).Link.ShouldBe("</admin/identities?page_size=5&page_token=00000000-0000-0000-0000-000000000000>; rel=\"first\"");
        (await host.GetAsync("/admin/identities?page_size=5&page_token=00000000-0000-0000-0000-000000000000")).ShouldBe(HttpStatusCode.OK).Json.GetArrayLength().ShouldBe(5);
        Normal((await host.GetAsync("/admin/identities?per_page=2")).Link).ShouldStartWith("</admin/identities?page_size=2&page_token=T>; rel=\"first\",</admin/identities?page_size=2&page_token=T>; rel=\"next\"");
        foreach (var (asked, size) in ((string, int)[])[("1001", 500), ("0", 250), ("-1", 250), ("", 250)])
            Normal((await host.GetAsync($"/admin/identities?page_size={asked}")).ShouldBe(HttpStatusCode.OK).Link).ShouldContain($"page_size={size}&");
        foreach (var wrong in (string[])["page_size=many", "page_size=1.5", "page_size=99999999999999999999", "page_size=0x10", "page_token=nonsense", "page=many", "page=501&per_page=2"])
            (await host.GetAsync($"/admin/identities?{wrong}")).ShouldBeRefused(wrong[..wrong.IndexOf('=', StringComparison.Ordinal)]);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_old_pages_count_from_nought(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        for (var i = 0; i < 5; i++) await host.MakeAsync($"p{i}@example.org");

        foreach (var (page, count, rels) in ((int, int, string)[])[
            (0, 2, "next=1 last=2"), (-1, 2, "next=1 last=2"), (1, 2, "first=0 next=2 prev=0 last=2"), (2, 1, "first=0 prev=1"), (3, 0, "first=0 prev=1"), (100, 0, "first=0 prev=1")])
        {
            var answer = (await host.GetAsync($"/admin/identities?page={page}&per_page=2")).ShouldBe(HttpStatusCode.OK);
            answer.Json.GetArrayLength().ShouldBe(count);
            answer.Response.Headers.GetValues("X-Total-Count").Single().ShouldBe("5");
            string.Join(' ', Rels().Matches(answer.Link).Select(m => $"{m.Groups["rel"]}={m.Groups["page"]}")).ShouldBe(rels, $"page {page}");
        }
        (await host.GetAsync("/admin/identities?page=1&per_page=2&page_size=3")).Json.GetArrayLength().ShouldBe(3);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_filter_finds_its_own_and_only_one_is_taken(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var ada = await host.MakeIdAsync("ada@example.org", "\"credentials\":{\"oidc\":{\"config\":{\"providers\":[{\"provider\":\"acme\",\"subject\":\"Sub_1\"}]}}}");
        var bob = await host.MakeIdAsync("bob@example.org", $"\"organization_id\":\"{Organization}\"");

        foreach (var (query, expected) in ((string, string[])[])[
            ("credentials_identifier=ada@example.org", [ada]), ("credentials_identifier=ADA@example.org", [ada]), ("credentials_identifier=%20ada@example.org%20", [ada]),
            ("credentials_identifier=%EF%BD%81da@example.org", [ada]), ("credentials_identifier=ada", []), ("credentials_identifier=acme:Sub_1", [ada]), ("credentials_identifier=", [ada, bob]),
            ("preview_credentials_identifier_similar=example.org", [ada, bob]), ("preview_credentials_identifier_similar=DA@exa", [ada]), ("preview_credentials_identifier_similar=acme:sub_1", [ada]),
            ("preview_credentials_identifier_similar=%25", []), ("preview_credentials_identifier_similar=a_a", []), ("preview_credentials_identifier_similar='%20or%201=1", []),
            ($"ids={bob}", [bob]), ($"ids={bob}&ids={ada.ToUpperInvariant()}&ids={IdentityHost.Nobody}", [ada, bob]), ($"organization_id={Organization}", [bob]), ($"organization_id={IdentityHost.Nobody}", []),
            ("consistency=eventual", [ada, bob]), ($"page=0&per_page=10&ids={bob}", [bob])])
            (await host.GetAsync($"/admin/identities?{query}")).ShouldBe(HttpStatusCode.OK).Json.EnumerateArray().Select(i => i.At("id").GetString()!).Order().ShouldBe(expected.Order(), query);
        foreach (var (query, named) in ((string, string)[])[
            ($"ids={bob},{ada}", "ids"), ("ids=bob", "ids"), ("ids=", "ids"), ("organization_id=acme", "organization_id"), ($"ids={bob}&credentials_identifier=ada@example.org", "only one"),
            ($"organization_id={Organization}&preview_credentials_identifier_similar=a", "only one"), ("include_credential=magic", "include_credential"), ("credentials_identifier=%00", "credentials_identifier"),
            ("credentials_identifier=%ED%A0%80", "credentials_identifier"), (string.Join('&', Enumerable.Repeat("ids=", 501)), "500")])
            (await host.GetAsync($"/admin/identities?{query}")).ShouldBeRefused(named);
        var found = (await host.GetAsync("/admin/identities?credentials_identifier=ada@example.org")).Json;
        found.At("0/credentials/oidc").TryGetProperty("config", out var config).ShouldBeFalse(config.ToString());
        (await host.GetAsync("/admin/identities?include_credential=oidc")).Json.EnumerateArray().Single(i => i.At("id").GetString() == ada).At("credentials/oidc/config/providers/0/subject").GetString().ShouldBe("Sub_1");
        host.ShouldHaveLoggedNoFailure();
    }

    private static string Normal(string link) => Token().Replace(link, "page_token=T");

    [GeneratedRegex("page_token=[A-Za-z0-9_-]+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Token();

    [GeneratedRegex("<(?<url>[^>]*)>; rel=\"next\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Next();

    [GeneratedRegex("[?&]page=(?<page>[0-9]+)[^>]*>; rel=\"(?<rel>[a-z]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Rels();
}
