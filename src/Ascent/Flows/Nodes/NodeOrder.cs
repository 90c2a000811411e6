using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Flows.Nodes;

/// <summary>
/// The order of a form's nodes: first by group, then by key inside a group, where password counts as one with default. Groups
/// that the flow does not list come first, keys that it does not list after those it does, and <c>method</c> last. Recovery
/// and verification forms stay as they were built.
/// </summary>
internal sealed class NodeOrder
{
    private static readonly string[] LoginGroups =
        [NodeGroups.Oidc, NodeGroups.Default, NodeGroups.WebAuthn, NodeGroups.Passkey, NodeGroups.Code, NodeGroups.Password, NodeGroups.Totp, NodeGroups.LookupSecret];

    private static readonly string[] RegistrationGroups =
        [NodeGroups.Oidc, NodeGroups.Saml, NodeGroups.Default, NodeGroups.WebAuthn, NodeGroups.Passkey, NodeGroups.Code, NodeGroups.Password, NodeGroups.Captcha, NodeGroups.Profile];

    private static readonly string[] SettingsGroups =
        [NodeGroups.Default, NodeGroups.Profile, NodeGroups.Password, NodeGroups.Oidc, NodeGroups.LookupSecret, NodeGroups.WebAuthn, NodeGroups.Passkey, NodeGroups.Totp];

    private static readonly string[] RegistrationTail = ["webauthn_remove", "webauthn_register_displayname", "webauthn_register"];

    private static readonly string[] SettingsTail =
    [
        "lookup_secret_reveal", "lookup_secret_regenerate", "lookup_secret_codes", "lookup_secret_confirm",
        "webauthn_remove", "webauthn_register_displayname", "webauthn_register", "passkey_remove", "passkey_register",
        "totp_qr", "totp_secret_key", "totp_unlink", "totp_code",
    ];

    private readonly string[] groups;
    private readonly string[] keys;

    private NodeOrder(string[] groups, string[] keys) => (this.groups, this.keys) = (groups, keys);

    public static NodeOrder Login { get; } = new(LoginGroups, [UiContainer.CsrfName, "identifier", "password"]);

    /// <param name="schemaKeys">Names of the schema's fields in its order: <c>traits.email</c>, <c>traits.name.first</c>, …</param>
    public static NodeOrder Registration(IReadOnlyList<string> schemaKeys) => new(RegistrationGroups,
        [UiContainer.CsrfName, .. schemaKeys.Take(1), "password", .. schemaKeys.Skip(1), .. RegistrationTail]);

    /// <param name="schemaKeys">As for <see cref="Registration"/>.</param>
    public static NodeOrder Settings(IReadOnlyList<string> schemaKeys) => new(SettingsGroups, [.. schemaKeys, .. SettingsTail]);

    public void Sort(List<UiNode> nodes)
    {
        var span = CollectionsMarshal.AsSpan(nodes);
        GoStableSort.Sort(span, (a, b) => Array.IndexOf(groups, a.Group) < Array.IndexOf(groups, b.Group));
        var count = nodes.Count;
        GoStableSort.Sort(span, (a, b) => Before(a, b, count));
    }

    private bool Before(UiNode a, UiNode b, int count)
    {
        if (!OneBlock(a.Group, b.Group)) return false;
        var (x, y) = (Position(a, count), Position(b, count));
        return x != y ? x < y : string.CompareOrdinal(ValueText(a), ValueText(b)) < 0;
    }

    private static bool OneBlock(string a, string b) =>
        a == b || (a == NodeGroups.Default && b == NodeGroups.Password) || (a == NodeGroups.Password && b == NodeGroups.Default);

    private int Position(UiNode node, int count)
    {
        if (node.Id == "method") return count + keys.Length + 1;
        var i = Array.FindIndex(keys, k => node.Id.StartsWith(k, StringComparison.Ordinal));
        return i < 0 ? keys.Length : i;
    }

    /// <summary>How Go prints the value with %v, the tie-break.</summary>
    private static string ValueText(UiNode node) => node.Attributes switch
    {
        UiAttributes.Input { Value: null } => "<nil>",
        UiAttributes.Input { Value: JsonValue v } => v.GetValueKind() switch
        {
            JsonValueKind.String => v.GetValue<string>(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => GoNumber(v),
            _ => "<nil>",
        },
        UiAttributes.Input { Value: { } v } => "map[" + v.ToJsonString(),
        UiAttributes.Image i => i.Src,
        UiAttributes.Anchor a => a.Href,
        UiAttributes.Script s => s.Src,
        UiAttributes.Text t => $"&{{{t.Content.Id} {t.Content.Text} ",
        _ => "<nil>",
    };

    private static string GoNumber(JsonValue value)
    {
        var number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
        // %v of a float64 is the shortest text, with an exponent from 1e21 on, as .NET's from 1e15 on.
        return Math.Abs(number) < 1e21 && number == Math.Truncate(number) ? number.ToString("F0", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
    }
}
