using System.Text.Json.Nodes;
using Ascent.Crypto.Hashing;
using Ascent.Http;

namespace Ascent.Identities.Admin;

/// <summary>What may stand in a password's config.</summary>
internal static class PasswordForm
{
    private const string Name = "hashed_password";

    public static CredentialImport Read(ObjectReader config)
    {
        var plain = config.String("password");
        var hashed = config.String(Name);
        var hook = config.Boolean("use_password_migration_hook") ?? false;
        if (!string.IsNullOrEmpty(plain)) return new CredentialImport.PlainPassword(plain, () => config.Invalid("password", "at most 72 bytes long: that is all that bcrypt can take"));
        if (hook) return new CredentialImport.Whole(CredentialTypes.Password, new JsonObject { ["use_password_migration_hook"] = true });
        return new CredentialImport.Whole(CredentialTypes.Password, Hashed(Check(config, hashed ?? "")));
    }

    public static JsonObject Hashed(string hash) => new() { [Name] = hash };

    /// <summary>The hash as it is stored.</summary>
    /// <exception cref="ApiException">It cannot be used.</exception>
    public static string Check(ObjectReader config, string hash) => PasswordHashFormats.Check(hash) switch
    {
        HashCheck.Accepted accepted => accepted.Normalised,
        HashCheck.Unknown => throw config.Invalid(Name, "a hash in a format that can be imported"),
        HashCheck.OutOfBounds far => throw config.Invalid(Name, $"a hash that costs no more work than a sign-in may ({far.Reason})"),
        HashCheck.Malformed malformed => throw config.Invalid(Name, $"a hash that can be read ({malformed.Reason})"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>Links to identities at providers.</summary>
internal static class LinkForm
{
    public static CredentialImport Read(string type, ObjectReader config, bool strict)
    {
        var providers = new JsonArray();
        foreach (var (item, pointer) in config.Array("providers") ?? [])
        {
            var p = ObjectReader.Of(item, pointer);
            var link = new JsonObject { ["initial_id_token"] = "", ["initial_access_token"] = "", ["initial_refresh_token"] = "", ["subject"] = NonEmpty(p, "subject"), ["provider"] = NonEmpty(p, "provider") };
            if (p.Uuid("organization") is { } organization) link["organization"] = organization.ToString();
            if (p.Boolean("use_auto_link") is true) link["use_auto_link"] = true;
            if (strict) p.Done();
            providers.Add(link);
        }
        return new CredentialImport.Added(type, "providers", p => $"{p?["provider"]}:{p?["subject"]}", new JsonObject { ["providers"] = providers });
    }

    private static string NonEmpty(ObjectReader p, string name) => p.RequiredString(name) is { Length: > 0 } text ? text : throw p.Invalid(name, "a string that is not empty");
}

/// <summary>The secret of an authenticator app.</summary>
internal static class TotpForm
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static CredentialImport Read(ObjectReader config)
    {
        var url = config.RequiredString("totp_url");
        if (!IsOne(url)) throw config.Invalid("totp_url", "a URL as otpauth://totp/Name:account?secret=BASE32SECRET");
        return new CredentialImport.Whole(CredentialTypes.Totp, new JsonObject { ["totp_url"] = url });
    }

    private static bool IsOne(string url)
    {
        if (!url.StartsWith("otpauth://totp/", StringComparison.Ordinal) || !Uri.TryCreate(url, UriKind.Absolute, out var uri)) return false;
        var secret = System.Web.HttpUtility.ParseQueryString(uri.Query)["secret"]?.TrimEnd('=').ToUpperInvariant();
        return secret is { Length: >= 8 } && secret.All(c => Base32.Contains(c, StringComparison.Ordinal));
    }
}

/// <summary>Backup codes.</summary>
internal static class LookupForm
{
    public static CredentialImport Read(ObjectReader config, string list, bool strict)
    {
        var codes = new JsonArray();
        foreach (var (item, pointer) in config.Array(list, 1000) ?? [])
        {
            var c = ObjectReader.Of(item, pointer);
            var code = c.RequiredString("code");
            if (code.Length == 0) throw c.Invalid("code", "a string that is not empty");
            var used = c.String("used_at") is "" ? null : c.Time("used_at");
            if (strict) c.Done();
            codes.Add(new JsonObject { ["code"] = code, ["used_at"] = used is { } at ? Rfc3339.Format(at) : null });
        }
        return new CredentialImport.Added(CredentialTypes.LookupSecret, "recovery_codes", c => c?["code"]?.ToString() ?? "", new JsonObject { ["recovery_codes"] = codes });
    }
}

/// <summary>Security keys and passkeys; bytes are in base64.</summary>
internal static class KeyForm
{
    /// <param name="mayBeEmpty">A passkey credential may have lost its last key.</param>
    public static CredentialImport Read(string type, ObjectReader config, bool strict, bool mayBeEmpty = false)
    {
        var keys = new JsonArray();
        foreach (var (item, pointer) in config.Array("credentials", 1000) ?? [])
        {
            CheckKey(ObjectReader.Of(item, pointer), strict);
            keys.Add(JsonNode.Parse(item.GetRawText()));
        }
        var handle = Bytes(config, "user_handle", required: false);
        if (type == CredentialTypes.Passkey)
        {
            if (string.IsNullOrEmpty(handle)) throw config.Invalid("user_handle", "the user handle that the authenticator has with the passkey, in base64");
            if (keys.Count == 0 && !mayBeEmpty) throw config.Invalid("credentials", "an array of one passkey or more");
        }
        var result = new JsonObject { ["credentials"] = keys };
        if (!string.IsNullOrEmpty(handle)) result["user_handle"] = handle;
        return new CredentialImport.Added(type, "credentials", k => k?["id"]?.ToString() ?? "", result);
    }

    private static void CheckKey(ObjectReader key, bool strict)
    {
        Bytes(key, "id", required: true);
        Bytes(key, "public_key", required: true);
        key.String("attestation_type");
        key.String("display_name");
        key.Time("added_at");
        key.Boolean("is_passwordless");
        key.Strings("transport");
        key.Ignore("attestation");
        if (key.Object("authenticator") is { } authenticator)
        {
            Bytes(authenticator, "aaguid", required: false);
            authenticator.Integer("sign_count", 0, uint.MaxValue);
            authenticator.Boolean("clone_warning");
            if (strict) authenticator.Done();
        }
        if (key.Object("flags") is { } flags)
        {
            foreach (var name in (ReadOnlySpan<string>)["user_present", "user_verified", "backup_eligible", "backup_state"]) flags.Boolean(name);
            if (strict) flags.Done();
        }
        if (strict) key.Done();
    }

    private static string? Bytes(ObjectReader fields, string name, bool required)
    {
        var text = required ? fields.RequiredString(name) : fields.String(name);
        if (text is null) return null;
        if ((required && text.Length == 0) || !Convert.TryFromBase64String(text, new byte[text.Length], out _)) throw fields.Invalid(name, "bytes in base64");
        return text;
    }
}
