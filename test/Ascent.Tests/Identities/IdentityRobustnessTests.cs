using System.Net;
using System.Text;
using Shouldly;

namespace Ascent.Tests.Identities;

public sealed class IdentityRobustnessTests
{
    /// <summary>JSON as clients write it, with what a careless store would change.</summary>
    public static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "1.0", "1e3", "12345678901234567890123456789", "1e400", "0.1000000000000000055511151231257827", "\"\"", "\"text\"", "\"ünï \\u0001 \\\" \\\\ 😀\"",
        "\"'; drop table identity; --\"", "[]", "{}", "[1,[2,[3,{}]],null]", "{\"\":1,\"a\\tb\":{\"__proto__\":null},\"ä\":[]}",
    ];

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Metadata_of_any_kind_come_back_as_they_went_in(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var n = 0;
        foreach (var value in Values)
        {
            var id = await host.MakeIdAsync($"m{n++}@example.org", $"\"metadata_public\":{value},\"metadata_admin\":{value}");
            foreach (var name in (string[])["metadata_public", "metadata_admin"])
            {
                var read = (await host.GetAsync($"/admin/identities/{id}")).Json.At(name);
                read.ShouldBeJson(value);
                if (read.ValueKind == System.Text.Json.JsonValueKind.Number) read.GetRawText().ShouldBe(value);
            }
            (await host.PatchAsync($"/admin/identities/{id}", $$$$$"""[{"op":"add","path":"/metadata_admin","value":{"x":{{{{{value}}}}}}}]""")).ShouldBe(HttpStatusCode.OK).Json.At("metadata_admin/x").ShouldBeJson(value);
        }
        (await host.GetAsync("/admin/identities")).ShouldBe(HttpStatusCode.OK).Json.GetArrayLength().ShouldBe(Values.Length);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_body_that_cannot_be_is_refused_by_all_that_read_one(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org");
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100);

        foreach (var (method, path, wrap) in ((string, string, Func<string, string>)[])[
            ("POST", "/admin/identities", v => $"{{\"traits\":{v}}}"), ("PUT", $"/admin/identities/{id}", v => $"{{\"traits\":{v}}}"),
            ("PATCH", $"/admin/identities/{id}", v => $"[{{\"op\":\"add\",\"path\":\"/metadata_public\",\"value\":{v}}}]"), ("PATCH", "/admin/identities", v => $"{{\"identities\":[{{\"create\":{{\"traits\":{v}}}}}]}}")])
        {
            foreach (var (body, named) in ((string, string)[])[
                ("", ""), ("{", ""), (wrap("{\"email\":"), ""), (wrap("{\"email\":\"a@example.org\",\"email\":\"b@example.org\"}"), "email"), (wrap("\"\\u0000\""), "U+0000"), (wrap("{\"\\u0000\":1}"), "U+0000"),
                (wrap("\"\\ud800\""), "surrogate"), (wrap("{\"note\":\"\\udc00x\"}"), "surrogate"), (wrap(deep), "nested"), (wrap("01"), ""), (wrap("NaN"), ""), (wrap("'x'"), ""), ("\"text\"", ""), ("5", ""), ("null", "")])
                (await host.SendAsync(method, path, body)).ShouldBeRefused(named);
            (await host.SendAsync(method, path, new ByteArrayContent([.. Encoding.UTF8.GetBytes(wrap("\"")[..^2]), 0xC3, 0x28, (byte)'"']) { Headers = { ContentType = new("application/json") } })).ShouldBeRefused("UTF-8");
            (await host.SendAsync(method, path, wrap("\"" + new string('x', 5500 * 1024) + "\""))).ShouldBeRefused("large");
        }
        (await host.GetAsync("/admin/identities")).Json.GetArrayLength().ShouldBe(1);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_field_of_the_wrong_type_is_named(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org");
        string[] wrong = ["5", "true", "[]", "{}", "\"x\"", "1e400"];
        (string Field, string[] Accepts)[] fields =
        [
            ("schema_id", []), ("state", []), ("traits", []), ("credentials", ["{}"]), ("verifiable_addresses", ["[]"]), ("recovery_addresses", ["[]"]), ("external_id", ["\"x\""]), ("organization_id", []),
        ];
        foreach (var (field, accepts) in fields)
            foreach (var value in wrong.Except(accepts))
            {
                var body = field == "traits" ? $$$$$"""{"traits":{{{{{value}}}}}}""" : $$$$$"""{"traits":{"email":"x@example.org"},"{{{{{field}}}}}":{{{{{value}}}}}}""";
                (await host.PostAsync("/admin/identities", body)).ShouldBeRefused(field == "schema_id" && value == "\"x\"" ? "x" : field == "traits" ? "#/traits" : field);
                if (field is not ("organization_id" or "recovery_addresses"))
                    (await host.PutAsync($"/admin/identities/{id}", body)).ShouldBeRefused(field == "schema_id" && value == "\"x\"" ? "x" : field == "traits" ? "#/traits" : field);
            }
        foreach (var (more, named) in ((string, string)[])[
            ("\"colour\":\"red\"", "colour"), ($"\"id\":\"{id}\"", "id"), ("\"schema_id\":null,\"stat\":\"active\"", "state"), ($"\"external_id\":\"{new string('x', 65)}\"", "external_id"),
            ("\"verifiable_addresses\":[5]", "/verifiable_addresses/0"), ("\"verifiable_addresses\":[{\"via\":\"email\"}]", "value"), ("\"verifiable_addresses\":[{\"via\":\"email\",\"value\":\"x@example.org\",\"verified\":\"yes\"}]", "verified"),
            ("\"verifiable_addresses\":[{\"via\":\"email\",\"value\":\"x@example.org\",\"status\":\"lost\"}]", "status"), ("\"recovery_addresses\":[{\"via\":5,\"value\":\"x\"}]", "via")])
            (await host.PostAsync("/admin/identities", $$$$$"""{"traits":{"email":"x@example.org"},{{{{{more}}}}}}""")).ShouldBeRefused(named);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Text_that_looks_like_code_is_text(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        foreach (var text in (string[])["'; drop table identity; --", "\\\" or 1=1", "%s%n{0}@id", "a\\u0001b\\u001b", "‮😀�", "<script>alert(1)</script>"])
        {
            var id = (await host.PostAsync("/admin/identities", $$$$$"""{"schema_id":"anything","traits":{"note":"{{{{{text}}}}}","{{{{{text}}}}}":1},"external_id":"{{{{{text}}}}}"}""")).ShouldBe(HttpStatusCode.Created).Json.At("id").GetString();
            var read = (await host.GetAsync($"/admin/identities/{id}")).Json;
            read.At("traits").ShouldBeJson($$$$$"""{"note":"{{{{{text}}}}}","{{{{{text}}}}}":1}""");
            read.At("external_id").ShouldBeJson($"\"{text}\"");
            (await host.GetAsync($"/admin/identities/by/external/{Uri.EscapeDataString(read.At("external_id").GetString()!)}")).ShouldBe(HttpStatusCode.OK);
            (await host.GetAsync($"/admin/identities?credentials_identifier={Uri.EscapeDataString(read.At("external_id").GetString()!)}")).ShouldBe(HttpStatusCode.OK);
        }
        foreach (var path in (string[])["by/external/%00", "%00", "%ED%A0%80", "x%27y", "..%2f..", IdentityHost.Nobody + "%00"])
            ((int)(await host.GetAsync($"/admin/identities/{path}")).Status).ShouldBeInRange(400, 404, path);
        (await host.PostAsync("/admin/identities", $$$$$"""{"schema_id":"employee","traits":{"username":"{{{{{new string('x', 600)}}}}}"}}""")).ShouldBeRefused("512");
        (await host.PostAsync("/admin/identities", $$$$$"""{"schema_id":"employee","traits":{"username":"{{{{{new string('é', 512)}}}}}"}}""")).ShouldBe(HttpStatusCode.Created);
        (await host.PostAsync("/admin/identities", """{"traits":{"email":"empty@example.org"},"external_id":""}""")).ShouldBe(HttpStatusCode.Created).Json.TryGetProperty("external_id", out var external).ShouldBeFalse(external.ToString());
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Patches_cannot_pile_up_what_one_request_could_not_bring(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = (await host.PostAsync("/admin/identities", """{"schema_id":"anything","traits":{}}""")).Json.At("id").GetString()!;
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 30)) + "{}" + new string('}', 30);
        var path = string.Concat(Enumerable.Repeat("/a", 31));

        foreach (var root in (string[])["traits", "metadata_admin"])
        {
            (await host.PatchAsync($"/admin/identities/{id}", $$$$$"""[{"op":"add","path":"/{{{{{root}}}}}","value":{{{{{deep}}}}}}]""")).ShouldBe(HttpStatusCode.OK);
            (await host.PatchAsync($"/admin/identities/{id}", $$$$$"""[{"op":"add","path":"/{{{{{root}}}}}{{{{{path}}}}}","value":{{{{{deep}}}}}}]""")).ShouldBe(HttpStatusCode.OK);
            (await host.PatchAsync($"/admin/identities/{id}", $$$$$"""[{"op":"add","path":"/{{{{{root}}}}}{{{{{path}}}}}{{{{{path}}}}}","value":{{{{{deep}}}}}}]""")).ShouldBeRefused(root);
        }
        (await host.GetAsync($"/admin/identities/{id}")).ShouldBe(HttpStatusCode.OK);
        (await host.PatchAsync($"/admin/identities/{id}", """[{"op":"replace","path":"/state","value":"inactive"}]""")).ShouldBe(HttpStatusCode.OK);
        host.ShouldHaveLoggedNoFailure();
    }
}
