using System.Text.Json;

namespace Ascent.Schemas.Validation;

/// <summary>The schema of draft-07 schemas (json-schema.org/draft-07), against which every document of ours is held.</summary>
internal static class MetaSchema
{
    public const string Address = "http://json-schema.org/draft-07/schema";

    private const string Text = """
        {
          "$schema": "http://json-schema.org/draft-07/schema#", "$id": "http://json-schema.org/draft-07/schema#", "type": ["object", "boolean"], "default": true,
          "definitions": {
            "schemaArray": { "type": "array", "minItems": 1, "items": { "$ref": "#" } },
            "nonNegativeInteger": { "type": "integer", "minimum": 0 },
            "nonNegativeIntegerDefault0": { "allOf": [ { "$ref": "#/definitions/nonNegativeInteger" }, { "default": 0 } ] },
            "simpleTypes": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
            "stringArray": { "type": "array", "items": { "type": "string" }, "uniqueItems": true, "default": [] }
          },
          "properties": {
            "$id": { "type": "string" },
            "$schema": { "type": "string", "format": "uri" },
            "$ref": { "type": "string", "format": "uri-reference" },
            "$comment": { "type": "string" }, "title": { "type": "string" }, "description": { "type": "string" },
            "default": true, "readOnly": { "type": "boolean" }, "writeOnly": { "type": "boolean" },
            "examples": { "type": "array", "items": true },
            "multipleOf": { "type": "number", "exclusiveMinimum": 0 },
            "maximum": { "type": "number" }, "exclusiveMaximum": { "type": "number" },
            "minimum": { "type": "number" }, "exclusiveMinimum": { "type": "number" },
            "maxLength": { "$ref": "#/definitions/nonNegativeInteger" },
            "minLength": { "$ref": "#/definitions/nonNegativeIntegerDefault0" },
            "pattern": { "type": "string" },
            "additionalItems": { "$ref": "#" },
            "items": { "anyOf": [ { "$ref": "#" }, { "$ref": "#/definitions/schemaArray" } ], "default": true },
            "maxItems": { "$ref": "#/definitions/nonNegativeInteger" },
            "minItems": { "$ref": "#/definitions/nonNegativeIntegerDefault0" },
            "uniqueItems": { "type": "boolean", "default": false },
            "contains": { "$ref": "#" },
            "maxProperties": { "$ref": "#/definitions/nonNegativeInteger" },
            "minProperties": { "$ref": "#/definitions/nonNegativeIntegerDefault0" },
            "required": { "$ref": "#/definitions/stringArray" },
            "additionalProperties": { "$ref": "#" },
            "definitions": { "type": "object", "additionalProperties": { "$ref": "#" }, "default": {} },
            "properties": { "type": "object", "additionalProperties": { "$ref": "#" }, "default": {} },
            "patternProperties": { "type": "object", "additionalProperties": { "$ref": "#" }, "default": {} },
            "dependencies": { "type": "object", "additionalProperties": { "anyOf": [ { "$ref": "#" }, { "$ref": "#/definitions/stringArray" } ] } },
            "propertyNames": { "$ref": "#" },
            "const": true,
            "enum": { "type": "array", "items": true },
            "type": { "anyOf": [ { "$ref": "#/definitions/simpleTypes" },
              { "type": "array", "items": { "$ref": "#/definitions/simpleTypes" }, "minItems": 1, "uniqueItems": true } ] },
            "format": { "type": "string" }, "contentMediaType": { "type": "string" }, "contentEncoding": { "type": "string" },
            "if": { "$ref": "#" }, "then": { "$ref": "#" }, "else": { "$ref": "#" },
            "allOf": { "$ref": "#/definitions/schemaArray" }, "anyOf": { "$ref": "#/definitions/schemaArray" }, "oneOf": { "$ref": "#/definitions/schemaArray" },
            "not": { "$ref": "#" }
          }
        }
        """;

    public static JsonElement Document { get; } = JsonElement.Parse(Text);

    private static readonly Lazy<SchemaNode> Root = new(() => SchemaCompiler.CompileTrusted(Document));

    /// <summary>One issue for each place.</summary>
    public static IReadOnlyList<SchemaIssue> Faults(JsonElement schema) =>
        [.. Evaluator.Run(Root.Value, schema, null).SelectMany(e => e.Leaves).GroupBy(e => e.InstancePointer, StringComparer.Ordinal)
            .Select(g => new SchemaIssue(g.Key, string.Join(", or: ", g.Select(e => e.Fault.Sentence).Distinct(StringComparer.Ordinal))))];
}
