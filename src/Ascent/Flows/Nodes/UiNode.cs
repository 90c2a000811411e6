using System.Text.Json.Nodes;
using Ascent.Flows.Messages;

namespace Ascent.Flows.Nodes;

/// <summary>One thing on a flow's page: a field, a button, a picture, a text.</summary>
internal sealed record UiNode
{
    public required string Group { get; init; }
    public required UiAttributes Attributes { get; init; }
    public IReadOnlyList<UiText> Messages { get; init; } = [];
    public UiText? Label { get; init; }

    public string Type => Attributes.NodeType;
    public string Id => Attributes.NodeId;

    /// <summary>The value of an input, null for any other node.</summary>
    public JsonNode? Value => (Attributes as UiAttributes.Input)?.Value;

    /// <summary>The node with another value; a node that is no input stays as it is.</summary>
    public UiNode WithValue(JsonNode? value) => Attributes is UiAttributes.Input input ? this with { Attributes = input with { Value = value } } : this;

    public UiNode WithMessage(UiText message) => this with { Messages = [.. Messages, message] };

    /// <summary>Without its messages and without what was typed.</summary>
    public UiNode Reset() => (this with { Messages = [] }).WithValue(null);

    public static UiNode Input(string group, string name, string type, JsonNode? value = null, UiText? label = null,
        bool required = false, string? autocomplete = null) => new()
        {
            Group = group,
            Attributes = new UiAttributes.Input { Name = name, Type = type, Value = value, Required = required, Autocomplete = autocomplete },
            Label = label,
        };

    /// <summary>A button that sends the form with <paramref name="name"/> = <paramref name="value"/>.</summary>
    public static UiNode Submit(string group, string name, string value, UiText label) => Input(group, name, InputTypes.Submit, value, label);

    public static UiNode Hidden(string group, string name, JsonNode? value) => Input(group, name, InputTypes.Hidden, value);

    /// <summary>The button that chooses a method: <c>method=<paramref name="method"/></c>, in the group of that name.</summary>
    public static UiNode Method(string method, UiText label) => Submit(method, "method", method, label);

    /// <param name="token">Empty in flows of native apps.</param>
    public static UiNode Csrf(string token) => Input(NodeGroups.Default, UiContainer.CsrfName, InputTypes.Hidden, token, required: true);

    public static UiNode Image(string group, string id, string src, int width, int height, UiText? label = null) => new()
    {
        Group = group, Attributes = new UiAttributes.Image { Id = id, Src = src, Width = width, Height = height }, Label = label,
    };

    public static UiNode Text(string group, string id, UiText content, UiText? label = null) => new()
    {
        Group = group, Attributes = new UiAttributes.Text { Id = id, Content = content }, Label = label,
    };

    public static UiNode Anchor(string group, string id, string href, UiText title, UiText? label = null) => new()
    {
        Group = group, Attributes = new UiAttributes.Anchor { Id = id, Href = href, Title = title }, Label = label,
    };

    public static UiNode Script(string group, string id, string src, string integrity, string nonce) => new()
    {
        Group = group, Attributes = new UiAttributes.Script { Id = id, Src = src, Integrity = integrity, Nonce = nonce },
    };
}
