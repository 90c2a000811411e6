using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Http;

namespace Ascent.Identities.Admin;

/// <summary>
/// A credential brought along from elsewhere, checked. A plain password waits to be hashed; everything else is ready to be
/// laid over what the identity has: links, keys and codes are added, passwords and TOTP secrets replaced.
/// </summary>
internal abstract record CredentialImport(string Type)
{
    /// <summary>The config that results, given the one that is there.</summary>
    public abstract string Over(string? existing);

    /// <summary>A password in the clear, and the error for one that cannot be hashed.</summary>
    public sealed record PlainPassword(string Password, Func<ApiException> TooLong) : CredentialImport(CredentialTypes.Password)
    {
        public override string Over(string? existing) => throw new InvalidOperationException("The password is to be hashed first.");

        public override string ToString() => "a plain password";
    }

    /// <summary>Takes the place of what is there.</summary>
    public sealed record Whole(string Type, JsonObject Config) : CredentialImport(Type)
    {
        public override string Over(string? existing) => Config.ToJsonString();

        public override string ToString() => $"a {Type} credential";
    }

    /// <summary>Takes the place of what is there, to the letter.</summary>
    public sealed record Exact(string Type, string Config) : CredentialImport(Type)
    {
        public override string Over(string? existing) => Config;

        public override string ToString() => $"a {Type} credential";
    }

    /// <summary>Items added to a list of the config, unless one with the same key is there already.</summary>
    public sealed record Added(string Type, string List, Func<JsonNode?, string> Key, JsonObject Config) : CredentialImport(Type)
    {
        public override string Over(string? existing)
        {
            if (existing is null || JsonNode.Parse(existing) is not JsonObject root) return Config.ToJsonString();
            var list = root[List] as JsonArray ?? [];
            var keys = list.Select(Key).ToHashSet(StringComparer.Ordinal);
            foreach (var item in (JsonArray)Config[List]!)
                if (keys.Add(Key(item)))
                    list.Add(item!.DeepClone());
            root[List] = list.Parent is null ? list : list.DeepClone();
            foreach (var (name, value) in Config)
                if (name != List && value is not null)
                    root[name] = value.DeepClone();
            return root.ToJsonString();
        }

        public override string ToString() => $"{Type} credentials";
    }

    /// <exception cref="ApiException">One is not as it must be.</exception>
    public static IReadOnlyList<CredentialImport> Read(ObjectReader credentials, bool strict)
    {
        var imports = new List<CredentialImport>();
        void Take(string type, Func<ObjectReader, bool, CredentialImport> read)
        {
            if (credentials.Object(type) is not { } one) return;
            var config = one.Object("config") ?? ObjectReader.Of(JsonElement.Parse("{}"u8), $"/credentials/{type}/config");
            var import = read(config, strict);
            imports.Add(import);
            if (!strict) return;
            config.Done();
            one.Done();
        }
        Take(CredentialTypes.Password, (c, _) => PasswordForm.Read(c));
        Take(CredentialTypes.Oidc, (c, s) => LinkForm.Read(CredentialTypes.Oidc, c, s));
        Take(CredentialTypes.Saml, (c, s) => LinkForm.Read(CredentialTypes.Saml, c, s));
        Take(CredentialTypes.Totp, (c, _) => TotpForm.Read(c));
        Take(CredentialTypes.LookupSecret, (c, s) => LookupForm.Read(c, "codes", s));
        Take(CredentialTypes.WebAuthn, (c, s) => KeyForm.Read(CredentialTypes.WebAuthn, c, s));
        Take(CredentialTypes.Passkey, (c, s) => KeyForm.Read(CredentialTypes.Passkey, c, s));
        if (strict) credentials.Done();
        return imports;
    }
}
