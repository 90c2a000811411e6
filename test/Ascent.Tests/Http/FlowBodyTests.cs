using System.Text;
using Ascent.Http;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class FlowBodyTests
{
    private const string Form = "application/x-www-form-urlencoded";

    private static Task<FlowBody> ReadAsync(string body, string? type, string method = "POST", string query = "") => ReadAsync(Encoding.UTF8.GetBytes(body), type, method, query);

    private static Task<FlowBody> ReadAsync(byte[] body, string? type, string method = "POST", string query = "")
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.ContentType = type;
        http.Request.QueryString = new QueryString(query);
        http.Request.Body = new MemoryStream(body);
        return FlowBody.ReadAsync(http);
    }

    private static async Task<string> JsonAsync(string body, string type) => (await ReadAsync(body, type)).ShouldBeOfType<FlowBody.Decoded>().Body.ToJsonString();

    [Theory]
    [InlineData("method=password&traits.name.first=Ada+L&traits.email=a%40b.c", """{"method":"password","traits":{"name":{"first":"Ada L"},"email":"a@b.c"}}""")]
    [InlineData("traits.newsletter=false&traits.newsletter=true", """{"traits":{"newsletter":"false"}}""")]
    [InlineData("a=&b=x&&c", """{"b":"x"}""")]
    [InlineData("a=1&a.b=2", """{"a":"1"}""")]
    [InlineData("a..b=1", "{}")]
    public async Task A_form_becomes_an_object(string body, string json) => (await JsonAsync(body, Form)).ShouldBe(json);

    [Theory]
    [InlineData("""{"method":"password","traits":{"email":"x"}}""", """{"method":"password","traits":{"email":"x"}}""")]
    [InlineData("""{"traits.email":"x","traits.name.first":"Ada"}""", """{"traits":{"email":"x","name":{"first":"Ada"}}}""")]
    [InlineData("""{"traits":{"a":1},"traits.b":2}""", """{"traits":{"a":1,"b":2}}""")]
    [InlineData("""{"traits":"text","traits.b":2}""", """{"traits":"text","traits.b":2}""")]
    public async Task Json_may_nest_or_use_dots(string body, string json)
    {
        (await JsonAsync(body, "application/json")).ShouldBe(json);
        (await JsonAsync(body, "application/json; charset=utf-8")).ShouldBe(json);
    }

    [Fact]
    public async Task A_schema_gives_form_values_their_types()
    {
        var fields = (await ReadAsync("age=42&odd=seven&on=false&on=true&emails=a&emails=b&plan=free&junk=1&price=1.5&none=", Form)).ShouldBeOfType<FlowBody.Decoded>().Form!;
        var json = fields.ToJson(name => name switch
        {
            "age" or "odd" or "price" or "none" => FormType.Number,
            "on" => FormType.Boolean,
            "emails" => FormType.TextList,
            "junk" => FormType.Drop,
            _ => FormType.Text,
        });
        json.ToJsonString().ShouldBe("""{"age":42,"odd":"seven","on":true,"emails":["a","b"],"plan":"free","price":1.5}""");
        fields.All("on").ShouldBe(["false", "true"]);
        fields.First("on").ShouldBe("false");
        fields.First("nowhere").ShouldBeNull();
    }

    [Fact]
    public async Task Of_several_values_the_first_counts_and_of_booleans_the_last()
    {
        var fields = (await ReadAsync("plan=free&plan=pro&age=5&age=6&on=true&on=false&off=true&off=&empty=&empty=x", Form)).ShouldBeOfType<FlowBody.Decoded>().Form!;
        fields.ToJson(name => name switch { "age" => FormType.Number, "on" or "off" => FormType.Boolean, _ => FormType.Text })
            .ToJsonString().ShouldBe("""{"plan":"free","age":5,"on":false}""");
    }

    [Theory]
    [InlineData("1", "true")]
    [InlineData("t", "true")]
    [InlineData("TRUE", "true")]
    [InlineData("True", "true")]
    [InlineData("0", "false")]
    [InlineData("F", "false")]
    [InlineData("on", "\"on\"")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("tRUE", "\"tRUE\"")]
    public async Task Few_words_are_yes_or_no(string word, string json) =>
        (await ReadAsync($"box={word}", Form)).ShouldBeOfType<FlowBody.Decoded>().Form!.ToJson(_ => FormType.Boolean)["box"]!.ToJsonString().ShouldBe(json);

    [Theory]
    [InlineData("""{"country":"DE"}""", """{"country":"DE"}""")]
    [InlineData("[1]", "\"[1]\"")]
    [InlineData("{", "\"{\"")]
    public async Task An_object_comes_as_its_json(string sent, string json) =>
        (await ReadAsync($"address={Uri.EscapeDataString(sent)}", Form)).ShouldBeOfType<FlowBody.Decoded>().Form!.ToJson(_ => FormType.Json)["address"]!.ToJsonString().ShouldBe(json);

    [Fact]
    public async Task Multipart_fields_are_read_and_files_are_not()
    {
        const string body = "--b\r\nContent-Disposition: form-data; name=\"traits.email\"\r\n\r\nada@example.org\r\n" +
            "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\nbytes\r\n--b--\r\n";
        (await JsonAsync(body, "multipart/form-data; boundary=b")).ShouldBe("""{"traits":{"email":"ada@example.org"}}""");
        (await ReadAsync(body[..60], "multipart/form-data; boundary=b")).ShouldBeOfType<FlowBody.Malformed>();
        (await ReadAsync(body, "multipart/form-data")).ShouldBeOfType<FlowBody.Malformed>();
    }

    [Fact]
    public async Task A_get_submits_its_query() =>
        (await ReadAsync("", null, "GET", "?flow=1&code=123&token=a%2Bb")).ShouldBeOfType<FlowBody.Decoded>().Body.ToJsonString().ShouldBe("""{"flow":"1","code":"123","token":"a\u002Bb"}""");

    [Fact]
    public async Task What_cannot_be_read_says_why()
    {
        (await ReadAsync("", "application/json")).ShouldBeOfType<FlowBody.Empty>();
        (await ReadAsync("", null)).ShouldBeOfType<FlowBody.Empty>();
        (await ReadAsync("hello", "text/plain")).ShouldBeOfType<FlowBody.UnsupportedType>().ContentType.ShouldBe("text/plain");
        (await ReadAsync("<login/>", "application/xml")).ShouldBeOfType<FlowBody.UnsupportedType>();
        (await ReadAsync("{}", null)).ShouldBeOfType<FlowBody.UnsupportedType>().ContentType.ShouldBe("");
        (await ReadAsync("{\"method\":\"password\"", "application/json")).ShouldBeOfType<FlowBody.Malformed>().Fault.Kind.ShouldBe(JsonFaultKind.Truncated);
        (await ReadAsync("[]", "application/json")).ShouldBeOfType<FlowBody.Malformed>();
        (await ReadAsync("null", "application/json")).ShouldBeOfType<FlowBody.Malformed>();
        (await ReadAsync("""{"a":"\u0000"}""", "application/json")).ShouldBeOfType<FlowBody.Malformed>().Fault.Kind.ShouldBe(JsonFaultKind.Text);
        (await ReadAsync("a=%00", Form)).ShouldBeOfType<FlowBody.Malformed>().Fault.Kind.ShouldBe(JsonFaultKind.Text);
        (await ReadAsync("a=%zz", Form)).ShouldBeOfType<FlowBody.Malformed>();
        (await ReadAsync(string.Join('&', Enumerable.Range(0, FlowBody.MostNames + 1).Select(i => $"f{i}=1")), Form)).ShouldBeOfType<FlowBody.Malformed>();
        (await ReadAsync(string.Join('.', Enumerable.Repeat("a", 40)) + "=1", Form)).ShouldBeOfType<FlowBody.Malformed>();
        await Should.ThrowAsync<ApiException>(() => ReadAsync(new byte[FlowBody.Limit + 1], Form));
    }

    [Fact]
    public async Task As_many_names_as_may_be_are_read_and_one_more_is_refused_wherever_it_stands()
    {
        string[] Bodies(int names) =>
        [
            Json(names, i => $"\"f{i}\":1"), Json(names, i => $"\"f.g{i}\":1"), $"{{\"traits\":{Json(names - 1, i => $"\"f{i}\":1")}}}",
            $"{{\"traits\":[{string.Join(',', Enumerable.Repeat("{\"a\":1}", names - 1))}]}}",
        ];
        foreach (var body in Bodies(FlowBody.MostNames)) (await ReadAsync(body, "application/json")).ShouldBeOfType<FlowBody.Decoded>();
        foreach (var body in Bodies(FlowBody.MostNames + 1)) (await ReadAsync(body, "application/json")).ShouldBeOfType<FlowBody.Malformed>().Fault.Text.ShouldContain("512 names");
        static string Json(int names, Func<int, string> one) => $"{{{string.Join(',', Enumerable.Range(0, names).Select(one))}}}";
    }

    [Theory]
    [InlineData("{\"transient_payload\":{\"a\":\"*\"}}", "application/json")]
    [InlineData("{\"transient_payload.a\":\"*\"}", "application/json")]
    [InlineData("transient_payload.a=*", Form)]
    public async Task What_is_sent_along_for_hooks_is_limited_however_it_is_written(string body, string type)
    {
        (await ReadAsync(body.Replace("*", new string('x', FlowBody.TransientLimit - 8)), type)).ShouldBeOfType<FlowBody.Decoded>();
        (await ReadAsync(body.Replace("*", new string('x', FlowBody.TransientLimit)), type)).ShouldBeOfType<FlowBody.Malformed>().Fault.Text.ShouldContain("/transient_payload may have at most 16384 bytes");
    }

    [Fact]
    public async Task Names_with_dots_and_nested_ones_come_to_the_same()
    {
        var body = (await ReadAsync("""{"a.b":1,"x":null,"a":{"c":2},"a.c":3,"a.d.e":[{"y.z":4}],"..":5,"x.q":6}""", "application/json")).ShouldBeOfType<FlowBody.Decoded>().Body;
        body.ToJsonString().ShouldBe("""{"x":null,"a":{"c":2,"b":1,"d":{"e":[{"y.z":4}]}},"a.c":3,"..":5,"x.q":6}""");
    }

    [Fact]
    public async Task Bytes_of_a_form_that_are_no_utf8_stay_a_value_that_matches_nothing() =>
        (await ReadAsync("identifier=%ff%fe", Form)).ShouldBeOfType<FlowBody.Decoded>().Form!.First("identifier").ShouldBe("\ufffd\ufffd");
}
