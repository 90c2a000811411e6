using System.Text.Json;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Schemas;

public sealed class IdentitySchemaTests
{
    private const string Person = """
        {
          "$id": "https://example.org/person.schema.json", "type": "object",
          "properties": { "traits": { "type": "object",
            "properties": {
              "email": { "type": "string", "format": "email", "title": "E-Mail", "minLength": 3, "ory.sh/kratos": {
                "credentials": { "password": { "identifier": true }, "totp": { "account_name": true }, "webauthn": { "identifier": true },
                  "passkey": { "display_name": true }, "code": { "identifier": true, "via": "email" } },
                "verification": { "via": "email" }, "recovery": { "via": "email" } } },
              "name": { "type": "object", "properties": { "first": { "type": "string", "title": "First name" }, "last": { "type": "string" } }, "required": ["last"] },
              "age": { "type": "integer", "minimum": 13 }, "newsletter": { "type": "boolean" }, "website": { "type": "string", "format": "uri" },
              "plan": { "type": "string", "enum": ["free", "pro"] }
            },
            "required": ["email"], "additionalProperties": false } }
        }
        """;

    [Fact]
    public void Traits_say_identifiers_and_addresses_in_their_folded_form()
    {
        var result = Validate(Schema(Person), """{"email": "Ada.LoveLace@Example.ORG"}""");

        result.Errors.ShouldBeEmpty();
        result.Traits.GetRawText().ShouldBe("""{"email":"Ada.LoveLace@Example.ORG"}""");
        result.Facts.PasswordIdentifiers.ShouldBe(["ada.lovelace@example.org"]);
        result.Facts.WebAuthnIdentifiers.ShouldBe(["ada.lovelace@example.org"]);
        result.Facts.CodeAddresses.ShouldBe([new TraitAddress("ada.lovelace@example.org", AddressVia.Email)]);
        result.Facts.VerifiableAddresses.ShouldBe([new TraitAddress("ada.lovelace@example.org", AddressVia.Email)]);
        result.Facts.RecoveryAddresses.ShouldBe([new TraitAddress("ada.lovelace@example.org", AddressVia.Email)]);
        result.Facts.PasskeyDisplayNames.ShouldBe(["Ada.LoveLace@Example.ORG"]);
        result.Facts.TotpAccountName.ShouldBe("Ada.LoveLace@Example.ORG");
    }

    [Fact]
    public void Numbers_that_messages_go_to_are_rewritten_wherever_they_stand()
    {
        var schema = Schema(Traits("""
            "phones": {"type": "array", "items": {"type": "string", "ory.sh/kratos": {"verification": {"via": "sms"}, "credentials": {"code": {"identifier": true, "via": "sms"}}}}},
            "home": {"type": "string", "format": "tel"}
            """));
        var result = Validate(schema, """{"home": "+49 30 123456", "phones": ["+49 176 1234 5678", "+491701234567"], "é": 1.50}""");

        result.Errors.ShouldBeEmpty();
        JsonElement.DeepEquals(result.Traits, JsonElement.Parse("""{"home": "+49 30 123456", "phones": ["+4917612345678", "+491701234567"], "é": 1.50}""")).ShouldBeTrue();
        result.Facts.CodeAddresses.Select(a => a.Value).ShouldBe(["+491701234567", "+4917612345678"]);
    }

    [Fact]
    public void Every_value_of_a_list_is_an_identifier_once()
    {
        var schema = Schema(Traits(""" "emails": {"type": "array", "items": {"type": "string", "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}}} """));
        Validate(schema, """{"emails": ["B@example.org", "a@example.org", "b@EXAMPLE.org"]}""").Facts.PasswordIdentifiers.ShouldBe(["a@example.org", "b@example.org"]);
    }

    [Fact]
    public void A_branch_that_does_not_hold_declares_nothing()
    {
        var schema = Schema(Traits("""
            "login": {"oneOf": [
              {"pattern": "@", "ory.sh/kratos": {"verification": {"via": "email"}}},
              {"pattern": "^[+]", "ory.sh/kratos": {"verification": {"via": "sms"}}}]}
            """));
        Validate(schema, """{"login": "+49 170 1234567"}""").Facts.VerifiableAddresses.ShouldBe([new TraitAddress("+491701234567", AddressVia.Sms)]);
        Validate(schema, """{"login": "a@example.org"}""").Facts.VerifiableAddresses.ShouldBe([new TraitAddress("a@example.org", AddressVia.Email)]);
    }

    [Theory]
    [InlineData("""{"name": {"last": "A"}}""", """I[#/traits] S[#/properties/traits/required] missing properties: "email" """)]
    [InlineData("null", """I[#/traits] S[#/properties/traits/required] missing properties: "email" """)]
    [InlineData("""{"email": "a@example.org", "newsletter": "yes"}""", "I[#/traits/newsletter] S[#/properties/traits/properties/newsletter/type] expected boolean, but got string")]
    [InlineData("""{"email": "a@example.org", "hobby": "chess"}""", """I[#/traits] S[#/properties/traits/additionalProperties] additionalProperties "hobby" not allowed""")]
    [InlineData("""{"email": "a@example.org", "age": 12}""", "I[#/traits/age] S[#/properties/traits/properties/age/minimum] must be >= 13 but found 12")]
    [InlineData("""{"email": "a@example.org", "plan": "gold"}""", """I[#/traits/plan] S[#/properties/traits/properties/plan/enum] value must be one of "free", "pro" """)]
    [InlineData("[]", "I[#/traits] S[#/properties/traits/type] expected object, but got array")]
    [InlineData("\"text\"", "I[#/traits] S[#/properties/traits/type] expected object, but got string")]
    public void The_administrator_reads_where_and_what(string traits, string reason) => Validate(Schema(Person), traits).Reason.ShouldBe(reason.Trim());

    [Theory]
    [InlineData("b\u200Dob@example.org")]
    [InlineData(" bob@example.org ")]
    [InlineData("Bob <bob@example.org>")]
    [InlineData("jürgen@exämple.org")]
    public void An_address_that_mail_cannot_go_to_is_one_error(string email)
    {
        var error = Validate(Schema(Person), JsonSerializer.Serialize(new { email })).Errors.ShouldHaveSingleItem();
        error.Fault.ShouldBe(new SchemaFault.BadEmail(email));
        error.Fields.ShouldBe(["traits.email"]);
    }

    [Fact]
    public void An_empty_address_has_the_plain_format_error_and_the_one_of_its_length() =>
        Validate(Schema(Person), """{"email": ""}""").Errors.Select(e => e.Fault).ShouldBe([new SchemaFault.BadFormat("email", ""), new SchemaFault.TooShort(3, 0)]);

    [Fact]
    public void Fields_follow_the_schema()
    {
        var schema = Schema(Person);
        schema.Fields.Select(f => f.Name).ShouldBe(["traits.email", "traits.name.first", "traits.name.last", "traits.age", "traits.newsletter", "traits.website", "traits.plan"]);
        schema.Fields.Select(f => f.InputType).ShouldBe(["email", "text", "text", "number", "checkbox", "url", "text"]);
        schema.Fields.Where(f => f.Required).Select(f => f.Name).ShouldBe(["traits.email", "traits.name.last"]);
        schema.Fields[^1].Values.ShouldBe(["\"free\"", "\"pro\""]);
        schema.IdentifierField!.Title.ShouldBe("E-Mail");
        schema.Fields[0].Autocomplete.ShouldBe("email");
        schema.Declared.Recovery.ShouldBe(AddressVia.Email);
    }

    [Fact]
    public void Fields_are_found_behind_references_and_in_branches_and_recursion_ends()
    {
        const string Text = """
            {"properties": {"traits": {"$ref": "#/definitions/t"}}, "definitions": {
              "t": {"allOf": [{"properties": {"user": {"$ref": "#/definitions/name"}}, "required": ["user"]}], "properties": {"friend": {"$ref": "#/definitions/t"}, "tags": {"type": "array"}}},
              "name": {"type": "string", "title": "User", "pattern": "^[a-z]+$", "disableFormField": true, "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}}}}
            """;
        var schema = Schema(Text);
        schema.Fields.Select(f => (f.Name, f.Required, f.DisableFormField)).ShouldBe([("traits.tags", false, false), ("traits.user", true, true)]);
    }

    [Theory]
    [InlineData("""{"verification": {"via": "pigeon"}}""", "#/properties/traits/properties/x/ory.sh~1kratos/verification/via")]
    [InlineData("""{"credentials": {"pasword": {"identifier": true}}}""", "#/properties/traits/properties/x/ory.sh~1kratos/credentials/pasword")]
    [InlineData("""{"credentials": {"code": {"identifier": true}}}""", "#/properties/traits/properties/x/ory.sh~1kratos/credentials/code/via")]
    [InlineData("""{"credentials": {"password": {"identifier": "yes"}}}""", "#/properties/traits/properties/x/ory.sh~1kratos/credentials/password/identifier")]
    [InlineData("[]", "#/properties/traits/properties/x/ory.sh~1kratos")]
    public void A_misspelt_keyword_is_refused_with_its_place(string extension, string path) =>
        Compile(Traits($$"""  "x": {"type": "string", "ory.sh/kratos": {{extension}}} """)).Issues.ShouldHaveSingleItem().Path.ShouldBe(path);

    [Theory]
    [InlineData("{", "#")]
    [InlineData("{}", "#/properties/traits")]
    [InlineData("[]", "#")]
    [InlineData("""{"properties": {"traits": true}}""", "#/properties/traits")]
    [InlineData("""{"properties": {"traits": {}, "traits": {}}}""", "#")]
    public void What_is_no_identity_schema_is_refused(string text, string path) => Compile(text).Issues.ShouldContain(i => i.Path == path);

    [Fact]
    public void References_can_be_disallowed()
    {
        var options = new IdentitySchemaOptions { DisallowRef = true };
        IdentitySchema.Compile("x", "", Traits(""" "a": {"$ref": "#/definitions/b"} """), options).Issues.ShouldHaveSingleItem().Path.ShouldBe("#/properties/traits/properties/a/$ref");
        IdentitySchema.Compile("x", "", Traits(""" "$ref": {"type": "string"} """), options).Schema.ShouldNotBeNull();
    }

    private static string Traits(string properties) =>
        """{"properties": {"traits": {"type": "object", "properties": {@}}}, "definitions": {"b": {}}}""".Replace("@", properties, StringComparison.Ordinal);

    private static IdentitySchemaCompilation Compile(string text) => IdentitySchema.Compile("default", "base64://", text, new IdentitySchemaOptions());

    private static IdentitySchema Schema(string text)
    {
        var compilation = Compile(text);
        compilation.Issues.ShouldBeEmpty();
        return compilation.Schema!;
    }

    private static TraitsResult Validate(IdentitySchema schema, string traits) => schema.Validate(JsonElement.Parse(traits));
}
