using System.Text.Json.Serialization;

namespace Ascent.Schemas.Validation;

[JsonSerializable(typeof(string))]
internal sealed partial class JsonText : JsonSerializerContext;
