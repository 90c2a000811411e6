using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Schemas;

namespace Ascent.Flows.Nodes;

/// <summary>
/// A flow's form: where to send it, its nodes in their order, and messages about the whole. Nodes are immutable, the list is
/// not: methods build and change it while a flow is worked on, and it is stored as JSON in between.
/// </summary>
internal sealed class UiContainer
{
    public const string CsrfName = "csrf_token";

    public required string Action { get; set; }
    public string Method { get; set; } = "POST";
    public List<UiNode> Nodes { get; init; } = [];
    public List<UiText> Messages { get; init; } = [];

    /// <summary>The first node of this name.</summary>
    public UiNode? Find(string name) => Nodes.Find(n => n.Id == name);

    public UiNode? Find(string group, string name) => Nodes.Find(n => n.Id == name && n.Group == group);

    public bool HasErrors => Messages.Exists(IsError) || Nodes.Exists(n => n.Messages.Any(IsError));

    public void Append(UiNode node) => Nodes.Add(node);

    /// <summary>Puts the node in the place of the first one of its name, in whatever group, or at the end.</summary>
    public void Upsert(UiNode node)
    {
        var i = Nodes.FindIndex(n => n.Id == node.Id);
        if (i < 0) Nodes.Add(node);
        else Nodes[i] = node;
    }

    /// <summary>Sets the value of the first input of this name; false where there is none.</summary>
    public bool SetValue(string name, JsonNode? value)
    {
        var i = Nodes.FindIndex(n => n.Id == name);
        if (i < 0) return false;
        Nodes[i] = Nodes[i].WithValue(value);
        return true;
    }

    /// <summary>Changes every node that fits.</summary>
    public void Update(Predicate<UiNode> which, Func<UiNode, UiNode> change)
    {
        for (var i = 0; i < Nodes.Count; i++)
            if (which(Nodes[i]))
                Nodes[i] = change(Nodes[i]);
    }

    public void Remove(params IReadOnlyList<string> names) => Nodes.RemoveAll(n => names.Contains(n.Id));

    public void RemoveGroups(params IReadOnlyList<string> groups) => Nodes.RemoveAll(n => groups.Contains(n.Group));

    public void SetCsrf(string token) => Upsert(UiNode.Csrf(token));

    /// <summary>
    /// Adds the message to the node that <paramref name="where"/> names, a JSON pointer (<c>#/traits/email</c>) or a node's
    /// name. Without a name it is about the whole form. A name that no node has gets a text field of its own, so that the
    /// message is seen and tied to what was sent.
    /// </summary>
    public void AddMessage(string? where, UiText message)
    {
        var name = NodeName(where);
        if (name.Length == 0)
        {
            Messages.Add(message);
            return;
        }
        var i = Nodes.FindIndex(n => n.Id == name);
        if (i >= 0) Nodes[i] = Nodes[i].WithMessage(message);
        else Nodes.Add(UiNode.Input(NodeGroups.Default, name, InputTypes.Text).WithMessage(message));
    }

    public void AddMessages(IEnumerable<FieldText> messages)
    {
        foreach (var (pointer, text) in messages) AddMessage(pointer, text);
    }

    /// <summary>Forgets every message, the form's and the nodes'.</summary>
    public void ResetMessages()
    {
        Messages.Clear();
        Update(n => n.Messages.Count > 0, n => n with { Messages = [] });
    }

    /// <summary>Forgets every message, and what was typed except in the nodes named.</summary>
    public void Reset(params IReadOnlyList<string> keep)
    {
        ResetMessages();
        Update(n => !keep.Contains(n.Id), n => n.WithValue(null));
    }

    /// <summary>Forgets messages and values of the nodes of these groups.</summary>
    public void ResetGroups(params IReadOnlyList<string> groups) => Update(n => groups.Contains(n.Group), n => n.Reset());

    /// <summary>Forgets messages and values of the nodes of these names.</summary>
    public void ResetNodes(params IReadOnlyList<string> names) => Update(n => names.Contains(n.Id), n => n.Reset());

    public void Write(Utf8JsonWriter w) => NodeJson.Write(w, this);

    /// <exception cref="JsonException">This is no container.</exception>
    public static UiContainer Read(JsonElement json) => NodeJson.ReadContainer(json);

    /// <summary><c>#/traits/name/first</c> and <c>/traits/name/first</c> are the node <c>traits.name.first</c>.</summary>
    internal static string NodeName(string? where)
    {
        if (where is null) return "";
        return where.StartsWith('#') || where.StartsWith('/') ? JsonPointer.Dotted(where.TrimEnd('/')) : where;
    }

    private static bool IsError(UiText m) => m.Type == UiTextType.Error;
}
