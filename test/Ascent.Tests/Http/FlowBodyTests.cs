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
        (await ReadAsync(string.Join('&', Enumerable.Range(0, 1001).Select(i => $"f{i}=1")), Form)).ShouldBeOfType<FlowBody.Malformed>();
        (await ReadAsync(string.Join('.', Enumerable.Repeat("a", 40)) + "=1", Form)).ShouldBeOfType<FlowBody.Malformed>();
        await Should.ThrowAsync<ApiException>(() => ReadAsync(new byte[JsonBody.DefaultLimit + 1], Form));
    }

    [Fact]
    public async Task Bytes_of_a_form_that_are_no_utf8_stay_a_value_that_matches_nothing() =>
        (await ReadAsync("identifier=%ff%fe", Form)).ShouldBeOfType<FlowBody.Decoded>().Form!.First("identifier").ShouldBe("\ufffd\ufffd");
}
