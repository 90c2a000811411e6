using System.Text.Json;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Schemas;

/// <summary>Traits of recorded exchanges: the same fields must be faulty, for the same reasons with the same figures.</summary>
public sealed class RecordedAnswersTests(ITestOutputHelper output)
{
    private const string Conformance = "conformance";

    [Theory]
    [InlineData("registration-password-api", 12)]
    [InlineData("registration-password-spa", 5)]
    [InlineData("registration-schema-keywords", 15)]
    [InlineData("registration-chosen-schema", 4)]
    [InlineData("code-registration-api", 6)]
    public void A_flow_has_the_recorded_messages_on_its_fields(string recording, int atLeast)
    {
        var compared = 0;
        foreach (var step in Steps(recording))
        {
            if (!step.TryGetProperty("request", out var request) || request.ValueKind != JsonValueKind.Object) continue;
            if (!request.TryGetProperty("traits", out var traits) || traits.ValueKind != JsonValueKind.Object) continue;
            var body = step.GetProperty("body");
            var schema = body.TryGetProperty("identity_schema", out var named) ? named.GetString()! : body.TryGetProperty("identity", out var identity) ? identity.GetProperty("schema_id").GetString()! : "default";
            var errors = Schema(schema).Validate(traits).Errors;
            Said(errors).ShouldBe(Recorded(body), ignoreOrder: true, customMessage: $"{recording}: {step.GetProperty("label")}");
            compared++;
        }
        output.WriteLine($"{recording}: {compared} submissions compared");
        compared.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    [Theory]
    [InlineData("identity-create-refused", 6)]
    [InlineData("identity-put", 1)]
    public void An_administrator_is_refused_where_the_recording_refuses(string recording, int atLeast)
    {
        var compared = 0;
        foreach (var step in Steps(recording))
        {
            if (!step.TryGetProperty("request", out var request) || request.ValueKind != JsonValueKind.Object) continue;
            var hasTraits = request.TryGetProperty("traits", out var traits);
            if (request.TryGetProperty("schema_id", out var schema) && schema.GetString() is not (null or "" or "default")) continue;
            var refusal = Schema("default").Validate(traits);
            if (!hasTraits && !request.TryGetProperty("schema_id", out _)) continue;
            if (hasTraits && step.GetProperty("status").GetInt32() is (200 or 201)) refusal.Errors.ShouldBeEmpty($"{recording}: {step.GetProperty("label")}");
            if (refusal.Errors.Count == 0) continue;
            refusal.Reason.ShouldStartWith("I[#", customMessage: $"{recording}: {step.GetProperty("label")}");
            compared++;
        }
        compared.ShouldBeGreaterThanOrEqualTo(atLeast);
    }

    [Theory]
    [InlineData("identity-create", "default")]
    [InlineData("code-several-addresses", "phone")]
    [InlineData("verification-sms", "phone")]
    [InlineData("identifier-normalisation", "default")]
    public void An_identity_has_the_recorded_identifiers_and_addresses(string recording, string schema)
    {
        var compared = 0;
        foreach (var step in Steps(recording))
        {
            var body = step.GetProperty("body");
            if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("credentials", out var credentials) || !body.TryGetProperty("verifiable_addresses", out var addresses)) continue;
            if (body.TryGetProperty("schema_id", out var id) && id.GetString() == "employee") continue;
            var facts = Schema(schema).Validate(body.GetProperty("traits")).Facts;
            if (Identifiers(credentials, "password") is { } password) facts.PasswordIdentifiers.ShouldBe(password);
            if (Identifiers(credentials, "code") is { } code) facts.CodeAddresses.Select(a => a.Value).ShouldBe(code);
            facts.VerifiableAddresses.Select(a => $"{a.Via} {a.Value}".ToLowerInvariant())
                .ShouldBe(addresses.EnumerateArray().Select(a => $"{a.GetProperty("via")} {a.GetProperty("value")}"), ignoreOrder: true);
            compared++;
        }
        if (recording != "verification-sms") compared.ShouldBeGreaterThan(0);
    }

    private static List<string> Recorded(JsonElement body)
    {
        List<string> messages = [];
        if (!body.TryGetProperty("ui", out var ui)) return messages;
        foreach (var node in ui.GetProperty("nodes").EnumerateArray())
        {
            if (!node.GetProperty("attributes").TryGetProperty("name", out var name) || !name.GetString()!.StartsWith("traits", StringComparison.Ordinal)) continue;
            foreach (var message in node.GetProperty("messages").EnumerateArray())
                messages.Add($"{name} {message.GetProperty("id")} {(message.GetProperty("id").GetInt32() == 4000001 ? "" : Sorted(message.GetProperty("context")))}");
        }
        return messages;
    }

    private static List<string> Said(IReadOnlyList<SchemaError> errors) =>
        [.. errors.SelectMany(e => e.Leaves).SelectMany(e => e.Fields.Select(field => $"{field} {Message(e.Fault, field)}"))];

    private static string Sorted(JsonElement context) =>
        string.Join(' ', context.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value.GetRawText()}")).Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    /// <summary>The message catalogue's id and context for a fault.</summary>
    private static string Message(SchemaFault fault, string field) => fault switch
    {
        SchemaFault.MissingProperties => $"4000002 property=\"{field.Split('.')[^1]}\"",
        SchemaFault.TooShort f => $"4000003 actual_length={f.Actual}min_length={f.Minimum}",
        SchemaFault.PatternMismatch f => $"4000004 pattern=\"{f.Pattern}\"",
        SchemaFault.TooLong f => $"4000017 actual_length={f.Actual}max_length={f.Maximum}",
        SchemaFault.BelowMinimum f => $"4000018 actual={f.Actual}minimum={f.Minimum}",
        SchemaFault.NotAboveMinimum f => $"4000019 actual={f.Actual}minimum={f.Minimum}",
        SchemaFault.AboveMaximum f => $"4000020 actual={f.Actual}maximum={f.Maximum}",
        SchemaFault.NotBelowMaximum f => $"4000021 actual={f.Actual}maximum={f.Maximum}",
        SchemaFault.NotMultiple f => $"4000022 actual={f.Actual}base={f.Base}",
        SchemaFault.TooManyItems f => $"4000023 actual_items={f.Actual}max_items={f.Maximum}",
        SchemaFault.TooFewItems f => $"4000024 actual_items={f.Actual}min_items={f.Minimum}",
        SchemaFault.EqualItems f => $"4000025 index_a={f.First}index_b={f.Second}",
        SchemaFault.WrongType f => $"4000026 actual_type=\"{f.Actual}\"allowed_types=[{string.Join(',', f.Allowed.Select(a => $"\"{a}\""))}]",
        SchemaFault.NotConstant f => $"4000029 expected=\"{f.Expected}\"",
        SchemaFault.BadEmail f => $"4000040 value=\"{f.Value}\"",
        SchemaFault.BadPhone f => $"4000041 value=\"{f.Value}\"",
        _ => "4000001 ",
    };

    private static string[]? Identifiers(JsonElement credentials, string type) =>
        credentials.TryGetProperty(type, out var credential) ? [.. credential.GetProperty("identifiers").EnumerateArray().Select(i => i.GetString()!)] : null;

    private static JsonElement.ArrayEnumerator Steps(string recording) => JsonElement.Parse(File.ReadAllBytes(Find($"golden/{recording}.json"))).EnumerateArray();

    private static IdentitySchema Schema(string id) =>
        IdentitySchema.Compile(id, "", File.ReadAllText(Find($"configs/{(id == "default" ? "person" : id)}.schema.json")), new IdentitySchemaOptions()).Schema.ShouldNotBeNull();

    private static string Find(string path)
    {
        var found = TestFiles.Shared($"{Conformance}/{path}");
        Assert.SkipWhen(found is null, $"The recordings are not there: ../shared/{Conformance}/{path}");
        return found!;
    }
}
