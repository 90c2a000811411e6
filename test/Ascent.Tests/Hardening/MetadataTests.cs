using System.Net;
using System.Text.Json;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>What is only kept comes back as it was written, to the digit.</summary>
public sealed class MetadataTests
{
    private static readonly string[] Values =
    [
        "\"text\"", "\"\"", "\"Ünïcödé 😀 \\u0001 \\\"q\\\" \\\\ / <b>&\"", "0", "-0", "1", "1.0", "1.50", "1e2", "1E+2", "1e400", "-1e-400", "123456789012345678901234567890", "0.1000000000000000055511151231257827", "9007199254740993", "true", "false",
        "[]", "{}", "[1,1.0,null,\"x\",{\"a\":[[]]}]", "{\"z\":1,\"a\":2,\"\":3,\"é\":{\"n\":null}}", "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "\"2026-01-01T00:00:00Z\"", "\"'; drop table identity; --\"",
    ];

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Metadata_of_every_kind_come_back_as_they_went_in(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        for (var i = 0; i < Values.Length; i++)
        {
            var value = Values[i];
            var body = $$"""{"schema_id":"default","state":"active","traits":{"email":"e{{i}}@example.org","free":{{value}} },"metadata_public":{{value}},"metadata_admin":{{value}} }""";
            var (status, created) = await server.AdminAsync("POST", "/admin/identities", body);
            status.ShouldBe(HttpStatusCode.Created, created);
            Check(JsonElement.Parse(created), value);
            var id = JsonElement.Parse(created).GetProperty("id").GetString()!;
            Check(await server.GetAsync(id), value);
            var list = JsonElement.Parse((await server.AdminAsync("GET", $"/admin/identities?ids={id}")).Body);
            Check(list[0], value);

            var other = Values[(i + 1) % Values.Length];
            var (putStatus, put) = await server.AdminAsync("PUT", $"/admin/identities/{id}", body.Replace(value + " }", other + " }", StringComparison.Ordinal).Replace($"\"metadata_public\":{value}", $"\"metadata_public\":{other}", StringComparison.Ordinal));
            putStatus.ShouldBe(HttpStatusCode.OK, put);
            Check(JsonElement.Parse(put), other);
            Check(await server.GetAsync(id), other);

            var (patchStatus, patched) = await server.AdminAsync("PATCH", $"/admin/identities/{id}",
                $$"""[{"op":"replace","path":"/metadata_public","value":{{value}} },{"op":"add","path":"/metadata_admin","value":{{value}} },{"op":"replace","path":"/traits/free","value":{{value}} }]""");
            patchStatus.ShouldBe(HttpStatusCode.OK, patched);
            Check(JsonElement.Parse(patched), value);
            // A patch elsewhere leaves it alone.
            Check(JsonElement.Parse((await server.AdminAsync("PATCH", $"/admin/identities/{id}", """[{"op":"replace","path":"/state","value":"inactive"}]""")).Body), value);
            Check(await server.GetAsync(id), value);
        }
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_null_is_none(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await server.CreateAsync("""{"traits":{"email":"a@example.org"},"metadata_public":null,"metadata_admin":{"a":null}}""");
        var identity = await server.GetAsync(id);
        identity.GetProperty("metadata_public").ValueKind.ShouldBe(JsonValueKind.Null);
        identity.GetProperty("metadata_admin").GetRawText().ShouldBe("""{"a":null}""");
    }

    private static void Check(JsonElement identity, string value)
    {
        identity.GetProperty("metadata_public").ShouldBeJson(value);
        identity.GetProperty("metadata_admin").ShouldBeJson(value);
        identity.GetProperty("traits").GetProperty("free").ShouldBeJson(value);
    }
}

internal static class JsonShould
{
    /// <summary>The same members in the same order, the same text, numbers by their digits.</summary>
    public static void ShouldBeJson(this JsonElement actual, string expected) => Flat(actual).ShouldBe(Flat(JsonElement.Parse(expected)));

    private static string Flat(JsonElement e) => e.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(",", e.EnumerateObject().Select(p => $"{p.Name}:{Flat(p.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(",", e.EnumerateArray().Select(Flat))}]",
        JsonValueKind.String => $"'{e.GetString()}'",
        _ => e.GetRawText(),
    };
}
