using System.Buffers.Text;
using System.Security.Cryptography;
using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;

namespace Ascent.Methods.WebAuthn;

/// <summary>Nodes that security keys and passkeys share: the script, and buttons that call it.</summary>
internal static class KeyNodes
{
    private const string ScriptId = "webauthn_script";
    private const int NonceLength = 16;

    /// <summary>Once in a form, in the group of security keys whoever needs it.</summary>
    public static void AddScript(UiContainer ui, AscentConfig config)
    {
        if (ui.Find(ScriptId) is not null) return;
        ui.Append(UiNode.Script(NodeGroups.WebAuthn, ScriptId, config.Serve.Public.BaseUrl + WebAuthnScript.Path.TrimStart('/'), WebAuthnScript.Integrity,
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceLength))));
    }

    /// <summary>A button that hands its options to a function of the script.</summary>
    public static UiNode TriggerWith(string group, string name, string function, string options, UiText label) => new()
    {
        Group = group, Label = label,
        Attributes = new UiAttributes.Input { Name = name, Type = InputTypes.Button, Value = options, OnClick = $"window.{function}({options})", OnClickTrigger = function },
    };

    /// <summary>A button whose function finds its options in the form; native apps have the function's name, and no script of ours to call it by.</summary>
    public static UiNode Trigger(string group, string name, string? value, string function, bool isApi, UiText label) => new()
    {
        Group = group, Label = label,
        Attributes = new UiAttributes.Input { Name = name, Type = InputTypes.Button, Value = value, OnClick = isApi ? null : $"window.{function}()", OnClickTrigger = function },
    };

    /// <summary>A button that removes a key; not to be pressed where it is the last way to sign in.</summary>
    public static UiNode Remove(string group, string name, StoredKey key, bool isLast, UiText label) => new()
    {
        Group = group, Label = label,
        Attributes = new UiAttributes.Input { Name = name, Type = InputTypes.Submit, Value = Convert.ToHexStringLower(key.Id), Disabled = isLast },
    };
}
