using System.Text.Json.Nodes;
using Ascent.Schemas;

namespace Ascent.Flows.Messages;

/// <summary>Tells a person what is wrong with the traits: a message for each field, with the words of the catalogue.</summary>
internal static class SchemaMessages
{
    /// <summary>More than a person reads; they are kept with the flow and go into every answer.</summary>
    private const int Most = 100;

    /// <summary>The innermost errors, each at its field; a missing property is told at the field where it would be.</summary>
    public static IReadOnlyList<FieldText> Of(IEnumerable<SchemaError> errors)
    {
        var all = new List<FieldText>();
        var said = new HashSet<(string, string)>();
        foreach (var error in errors.SelectMany(e => e.Leaves))
            foreach (var message in Of(error))
                if (all.Count < Most && said.Add((message.Pointer, message.Text.Text)))
                    all.Add(message);
        return all;
    }

    private static IEnumerable<FieldText> Of(SchemaError error) => error.Fault is SchemaFault.MissingProperties missing
        ? missing.Names.Select(name => new FieldText(JsonPointer.Append(error.InstancePointer, name), UiMessages.Required(name)))
        : [new FieldText(error.InstancePointer, Of(error.Fault))];

    private static UiText Of(SchemaFault fault) => fault switch
    {
        SchemaFault.TooShort f => UiMessages.MinLength(f.Minimum, f.Actual),
        SchemaFault.TooLong f => UiMessages.MaxLength(f.Maximum, f.Actual),
        SchemaFault.PatternMismatch f => UiMessages.Pattern(f.Pattern),
        SchemaFault.BelowMinimum f => UiMessages.Minimum(Number(f.Minimum), Number(f.Actual)),
        SchemaFault.NotAboveMinimum f => UiMessages.ExclusiveMinimum(Number(f.Minimum), Number(f.Actual)),
        SchemaFault.AboveMaximum f => UiMessages.Maximum(Number(f.Maximum), Number(f.Actual)),
        SchemaFault.NotBelowMaximum f => UiMessages.ExclusiveMaximum(Number(f.Maximum), Number(f.Actual)),
        SchemaFault.NotMultiple f => UiMessages.MultipleOf(Number(f.Base), Number(f.Actual)),
        SchemaFault.TooManyItems f => UiMessages.MaxItems(f.Maximum, f.Actual),
        SchemaFault.TooFewItems f => UiMessages.MinItems(f.Minimum, f.Actual),
        SchemaFault.EqualItems f => UiMessages.UniqueItems(f.First, f.Second),
        SchemaFault.WrongType f => UiMessages.WrongType(f.Allowed, f.Actual),
        SchemaFault.NotConstant { Plain: true } f => UiMessages.Const(Plain(f.Expected)),
        SchemaFault.NotConstant => UiMessages.Of(MessageIds.ConstGeneric),
        SchemaFault.BadEmail f => UiMessages.EmailInvalid(f.Value),
        SchemaFault.BadPhone f => UiMessages.PhoneInvalid(f.Value),
        _ => UiMessages.Invalid(Reason(fault)),
    };

    /// <summary>Faults that have no number of their own.</summary>
    private static string Reason(SchemaFault fault) => fault switch
    {
        SchemaFault.UnknownProperties f => $"This form does not have {Names(f.Names)}; please leave it out.",
        SchemaFault.MissingDependencies f => $"With {f.Property}, please fill in {Names(f.Names)} too.",
        SchemaFault.NotListed f => $"Please choose one of {string.Join(", ", f.Values.Select(Plain))}.",
        SchemaFault.BadFormat { Value: "" } => "Please fill this in.",
        SchemaFault.BadFormat f => $"\"{f.Value}\" is not a valid {Kind(f.Format)}. Please correct it.",
        SchemaFault.TooFewProperties f => $"Please give at least {f.Minimum} entries; there are {f.Actual}.",
        SchemaFault.TooManyProperties f => $"Please give at most {f.Maximum} entries; there are {f.Actual}.",
        _ => $"Please correct this value: it {fault.Sentence}.",
    };

    private static string Kind(string format) => format switch
    {
        "date" => "date (as 2001-12-31)",
        "date-time" => "date and time (as 2001-12-31T23:59:59Z)",
        "time" => "time (as 23:59:59Z)",
        "uri" => "web address (as https://example.org/)",
        "email" => "email address",
        "tel" => "phone number",
        "hostname" => "host name",
        "regex" => "regular expression",
        _ => format,
    };

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Select(n => $"\"{n}\""));

    private static JsonNode Number(string text) => JsonNode.Parse(text)!;

    /// <summary>A JSON text as people write it: texts without their quotes.</summary>
    private static string Plain(string json) => json.StartsWith('"') ? JsonNode.Parse(json)!.GetValue<string>() : json;
}
