using Ascent.Flows.Messages;

namespace Ascent.Flows;

/// <summary>Undoes the transaction: somebody else was faster, and <paramref name="text"/> is what may be said of it.</summary>
internal sealed class LostException(UiText text) : Exception("Somebody else was faster.")
{
    public UiText Text { get; } = text;
}
