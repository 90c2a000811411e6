using System.Text.Json.Nodes;
using Ascent.Flows.Messages;

namespace Ascent.Flows.Nodes;

/// <summary>What a node is and looks like: one record for each kind a page can render.</summary>
internal abstract record UiAttributes
{
    private UiAttributes()
    {
    }

    /// <summary>The node's name among its flow's nodes: an input's <c>name</c>, any other's <c>id</c>.</summary>
    public abstract string NodeId { get; }

    /// <summary><c>type</c> of the node and <c>node_type</c> of its attributes.</summary>
    public abstract string NodeType { get; }

    internal sealed record Input : UiAttributes
    {
        public required string Name { get; init; }
        public required string Type { get; init; }

        /// <summary>Null is left out; an empty text, false and 0 are written.</summary>
        public JsonNode? Value { get; init; }
        public bool Required { get; init; }
        public string? Autocomplete { get; init; }
        public UiText? Label { get; init; }
        public string? Pattern { get; init; }
        public bool Disabled { get; init; }
        public string? OnClick { get; init; }
        public string? OnClickTrigger { get; init; }
        public string? OnLoad { get; init; }
        public string? OnLoadTrigger { get; init; }
        public int MaxLength { get; init; }

        /// <summary>The values to choose from; empty for a free field.</summary>
        public IReadOnlyList<JsonNode?> Options { get; init; } = [];

        public override string NodeId => Name;
        public override string NodeType => "input";
    }

    internal sealed record Image : UiAttributes
    {
        public required string Id { get; init; }
        public required string Src { get; init; }
        public required int Width { get; init; }
        public required int Height { get; init; }

        public override string NodeId => Id;
        public override string NodeType => "img";
    }

    internal sealed record Anchor : UiAttributes
    {
        public required string Id { get; init; }
        public required string Href { get; init; }
        public required UiText Title { get; init; }

        public override string NodeId => Id;
        public override string NodeType => "a";
    }

    internal sealed record Text : UiAttributes
    {
        public required string Id { get; init; }
        public required UiText Content { get; init; }

        public override string NodeId => Id;
        public override string NodeType => "text";
    }

    internal sealed record Script : UiAttributes
    {
        public required string Id { get; init; }
        public required string Src { get; init; }

        /// <summary><c>sha512-…</c> of the script, so that a page runs nothing else.</summary>
        public required string Integrity { get; init; }
        public required string Nonce { get; init; }

        public override string NodeId => Id;
        public override string NodeType => "script";
    }

    internal sealed record Division : UiAttributes
    {
        public required string Id { get; init; }
        public string? Class { get; init; }
        public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();

        public override string NodeId => Id;
        public override string NodeType => "div";
    }
}
