using System.Collections.Frozen;

namespace Ascent.Flows.Messages;

/// <summary>One message: {names} stand for words put in when it is said; the context keys are what a client gets with it.</summary>
internal sealed record MessageEntry(int Id, UiTextType Type, string Text, params string[] ContextKeys);

/// <summary>
/// Every message we can say, once. The sentences are ours and may change; numbers, types and context keys may not.
/// Keys stand in the order they are written.
/// </summary>
internal static class MessageCatalogue
{
    public static FrozenDictionary<int, MessageEntry> ById { get; } = InOrder().ToFrozenDictionary(e => e.Id);

    public static IEnumerable<MessageEntry> InOrder() => [.. MessageWords.Labels, .. MessageWords.Notices, .. MessageWords.Errors];
}
