using System.Text.Json;

namespace Ascent.Schemas.Traits;

/// <summary>Reads the keyword <c>ory.sh/kratos</c>; a key it does not know is an issue, for a misspelt one would silently take an identifier away.</summary>
internal static class TraitRoleReader
{
    public static TraitRole? Read(JsonElement value, string pointer, ICollection<SchemaIssue> issues)
    {
        var root = new Part(value, pointer, issues);
        if (!root.Knows("credentials", "verification", "recovery", "organizations")) return null;
        var credentials = root.Child("credentials");
        credentials.Knows("password", "webauthn", "passkey", "totp", "code");
        var code = credentials.Child("code");
        code.Knows("identifier", "via");
        var organizations = root.Child("organizations");
        organizations.Knows("matcher");
        return new TraitRole
        {
            PasswordIdentifier = credentials.Child("password").OnlyFlag("identifier"),
            WebAuthnIdentifier = credentials.Child("webauthn").OnlyFlag("identifier"),
            PasskeyDisplayName = credentials.Child("passkey").OnlyFlag("display_name"),
            TotpAccountName = credentials.Child("totp").OnlyFlag("account_name"),
            Code = Code(code),
            Verification = Via(root.Child("verification")),
            Recovery = Via(root.Child("recovery")),
        };
    }

    private static AddressVia? Code(Part code)
    {
        var via = code.Via();
        if (!code.Flag("identifier")) return null;
        if (via is null && !code.Has("via")) code.Issue("via", "with identifier: true the channel must be named: email or sms");
        return via;
    }

    private static AddressVia? Via(Part part)
    {
        part.Knows("via");
        return part.Via();
    }

    /// <summary>An object inside of the keyword, or nothing.</summary>
    private readonly struct Part(JsonElement value, string pointer, ICollection<SchemaIssue> issues)
    {
        public bool Has(string name) => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out _);

        public void Issue(string name, string message) => issues.Add(new SchemaIssue(JsonPointer.Append(pointer, name), message));

        public bool Knows(params ReadOnlySpan<string> names)
        {
            if (value.ValueKind == JsonValueKind.Undefined) return true;
            if (value.ValueKind != JsonValueKind.Object)
            {
                issues.Add(new SchemaIssue(pointer, "must be an object"));
                return false;
            }
            var known = true;
            foreach (var property in value.EnumerateObject())
            {
                if (names.Contains(property.Name)) continue;
                known = false;
                Issue(property.Name, $"is not known; here may stand {string.Join(", ", names.ToArray())}");
            }
            return known;
        }

        public Part Child(string name) =>
            new(Has(name) ? value.GetProperty(name) : default, JsonPointer.Append(pointer, name), issues);

        public bool OnlyFlag(string name)
        {
            Knows(name);
            return Flag(name);
        }

        public bool Flag(string name)
        {
            if (!Has(name)) return false;
            var flag = value.GetProperty(name);
            if (flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Issue(name, "must be true or false");
            return flag.ValueKind == JsonValueKind.True;
        }

        public AddressVia? Via()
        {
            if (!Has("via")) return null;
            var via = value.GetProperty("via");
            if (via.ValueKind == JsonValueKind.String && via.ValueEquals("email")) return AddressVia.Email;
            if (via.ValueKind == JsonValueKind.String && via.ValueEquals("sms")) return AddressVia.Sms;
            Issue("via", "must be email or sms");
            return null;
        }
    }
}
