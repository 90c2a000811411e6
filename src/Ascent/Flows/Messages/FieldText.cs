namespace Ascent.Flows.Messages;

/// <summary>A message and the JSON pointer of the field it is about; an empty pointer is the whole form.</summary>
internal sealed record FieldText(string Pointer, UiText Text);
