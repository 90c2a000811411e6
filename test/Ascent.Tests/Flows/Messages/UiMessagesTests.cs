using System.Reflection;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Shouldly;

namespace Ascent.Tests.Flows.Messages;

public sealed class UiMessagesTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private static IEnumerable<FieldInfo> Constants() => typeof(MessageIds).GetFields(BindingFlags.Public | BindingFlags.Static);

    [Fact]
    public void No_number_is_given_twice_and_each_has_its_entry()
    {
        var ids = Constants().Select(f => (int)f.GetRawConstantValue()!).ToList();
        ids.Distinct().Count().ShouldBe(ids.Count);
        var entries = MessageCatalogue.InOrder().Select(e => e.Id).ToList();
        entries.Distinct().Count().ShouldBe(entries.Count);
        entries.Order().ShouldBe(ids.Order());
    }

    [Fact]
    public void A_number_says_by_its_first_digit_whether_it_is_an_error()
    {
        foreach (var e in MessageCatalogue.InOrder())
            (e.Type == UiTextType.Error).ShouldBe(e.Id >= 4000000, $"{e.Id}");
    }

    [Fact]
    public void Context_keys_stand_in_alphabetical_order()
    {
        foreach (var e in MessageCatalogue.InOrder())
            e.ContextKeys.ShouldBe(e.ContextKeys.Order(StringComparer.Ordinal), $"{e.Id}");
    }

    [Fact]
    public void Every_recorded_message_has_the_type_and_context_of_our_catalogue()
    {
        var seen = new HashSet<int>();
        foreach (var step in Goldens.Steps())
            foreach (var o in Goldens.Objects(step.Body))
            {
                if (!o.ContainsKey("text") || o["id"] is not JsonValue v || !v.TryGetValue<int>(out var id) || id < 1000000) continue;
                seen.Add(id);
                MessageCatalogue.ById.ContainsKey(id).ShouldBeTrue($"{id}, {step}");
                var entry = MessageCatalogue.ById[id];
                UiText.NameOf(entry.Type).ShouldBe(o["type"]!.GetValue<string>(), step.ToString());
                ((o["context"] as JsonObject)?.Select(p => p.Key) ?? []).ShouldBe(entry.ContextKeys, $"{id}, {step}");
            }
        seen.Count.ShouldBeGreaterThan(100);
    }

    /// <summary>One of each message that has its own method.</summary>
    private static UiText[] Made() =>
    [
        UiMessages.LoginWithProvider("Acme", "acme"), UiMessages.LoginConfirmWithProvider("Acme"), UiMessages.LoginSendCodeTo("ada@example.org", "email"),
        UiMessages.LoginLinkAccount("ada@example.org", "Acme", "https://example.org/login", ["password"], ["globex"]),
        UiMessages.RegistrationWithProvider("Acme", "acme"), UiMessages.SettingsLink("Acme"), UiMessages.SettingsUnlink("Acme"),
        UiMessages.SettingsTotpSecret("ABC"), UiMessages.SettingsLookupSecret("abc"), UiMessages.SettingsLookupUsed(Now),
        UiMessages.SettingsLookupCodes([UiMessages.SettingsLookupSecret("abc"), UiMessages.SettingsLookupUsed(Now)]),
        UiMessages.SettingsWebAuthnRemove("blue", Now), UiMessages.SettingsPasskeyRemove("red", Now),
        UiMessages.RecoverySuccessful(Now.AddMinutes(15), Now), UiMessages.RecoveryCodeSentTo("ad****@example.org"), UiMessages.NodeMaskedAddress("ad****@example.org"),
        UiMessages.NodeTrait("E-Mail", "traits.email"), UiMessages.Invalid("No."), UiMessages.Required("email"), UiMessages.MinLength(3, 2), UiMessages.MaxLength(3, 4),
        UiMessages.Pattern("^a$"), UiMessages.PasswordPolicy("it is short"), UiMessages.Minimum(13, 12), UiMessages.ExclusiveMinimum(0, 0), UiMessages.Maximum(100, 100.5),
        UiMessages.ExclusiveMaximum(1, 2), UiMessages.MultipleOf(0.5, 1.25), UiMessages.MaxItems(1, 2), UiMessages.MinItems(1, 0), UiMessages.UniqueItems(0, 1),
        UiMessages.WrongType(["integer"], "string"), UiMessages.Const("true"), UiMessages.DuplicateAccountWithHints("ada@example.org", ["code", "password"], ["Acme"]),
        UiMessages.PasswordTooShort(8, 5), UiMessages.PasswordTooLong(72, 80), UiMessages.PasswordBreached(4), UiMessages.EmailInvalid("x"), UiMessages.PhoneInvalid("x"),
        UiMessages.LoginExpired(Now, Now.AddMinutes(3)), UiMessages.RegistrationExpired(Now, Now.AddMinutes(3)), UiMessages.SettingsExpired(Now, Now.AddMinutes(3)),
        UiMessages.RecoveryExpired(Now, Now.AddMinutes(3)), UiMessages.VerificationExpired(Now, Now.AddMinutes(3)), UiMessages.SystemError("No."),
    ];

    [Fact]
    public void Whatever_needs_words_has_a_method_that_gives_all_of_its_context()
    {
        var made = Made().ToDictionary(m => m.Id);
        foreach (var entry in MessageCatalogue.InOrder())
        {
            if (!made.TryGetValue(entry.Id, out var text)) text = UiMessages.Of(entry.Id);
            text.Type.ShouldBe(entry.Type);
            (text.Context?.Select(p => p.Key) ?? []).ShouldBe(entry.ContextKeys, $"{entry.Id}");
            text.Text.ShouldNotBeNullOrWhiteSpace();
            text.Text.ShouldNotContain("{");
        }
    }

    [Fact]
    public void A_message_that_needs_words_cannot_be_said_without_them() =>
        Should.Throw<ArgumentException>(() => UiMessages.Of(MessageIds.Required));

    [Fact]
    public void Words_put_in_are_never_filled_again() =>
        UiMessages.Invalid("{property} {reason}").Text.ShouldBe("{property} {reason}");

    [Fact]
    public void Backup_codes_are_listed_with_used_in_the_place_of_those_that_were()
    {
        var text = UiMessages.SettingsLookupCodes([UiMessages.SettingsLookupUsed(Now), UiMessages.SettingsLookupSecret("abcd1234")]);
        text.Text.ShouldBe("used, abcd1234");
        text.Context!.ToJsonString().ShouldBe(
            """{"secrets":[{"id":1050014,"text":"Used at 2026-07-01T12:00:00Z","type":"info","context":{"used_at":"2026-07-01T12:00:00Z","used_at_unix":1782907200}},{"id":1050009,"text":"abcd1234","type":"info","context":{"secret":"abcd1234"}}]}""");
    }

    [Fact]
    public void Hints_name_the_ways_to_sign_in_only_where_there_are_some()
    {
        UiMessages.DuplicateAccountWithHints("ada@example.org", [], []).Text.ShouldBe("ada@example.org belongs to an account already.");
        UiMessages.DuplicateAccountWithHints("ada@example.org", ["password"], ["Acme"]).Text
            .ShouldBe("ada@example.org belongs to an account already. You can sign in with your password or Acme.");
    }

    [Fact]
    public void Times_are_told_in_whole_minutes()
    {
        UiMessages.LoginExpired(Now, Now.AddSeconds(5)).Text.ShouldContain("it ended a minute ago");
        UiMessages.LoginExpired(Now, Now.AddMinutes(12.4)).Text.ShouldContain("it ended 12 minutes ago");
    }

    [Theory]
    [InlineData("""{"id":1,"text":"x"}""")]
    [InlineData("""{"id":"1","text":"x","type":"info"}""")]
    [InlineData("""{"id":1,"text":"x","type":"warning"}""")]
    [InlineData("[]")]
    public void What_is_no_message_is_not_read_as_one(string json) =>
        UiText.TryRead(System.Text.Json.JsonDocument.Parse(json).RootElement, out _).ShouldBeFalse();
}
