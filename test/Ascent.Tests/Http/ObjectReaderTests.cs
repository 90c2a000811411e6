using Ascent.Http;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class ObjectReaderTests
{
    private static ObjectReader Read(string json) => ObjectReader.Of(JsonBody.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Fields_are_read_by_their_types()
    {
        var r = Read("""{"s":"x","n":7,"f":1.5,"b":true,"u":"2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d","t":"2026-01-02T03:04:05.5+01:00","o":{"in":1},"a":[{"k":"v"}],"w":"active","l":["p","q"],"z":null}""");
        r.RequiredString("s").ShouldBe("x");
        r.Integer("n").ShouldBe(7);
        r.Number("f").ShouldBe(1.5);
        r.Boolean("b").ShouldBe(true);
        r.Uuid("u").ShouldBe(Guid.Parse("2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d"));
        r.Time("t")!.Value.ToUniversalTime().ShouldBe(new DateTimeOffset(2026, 1, 2, 2, 4, 5, 500, TimeSpan.Zero));
        r.RequiredObject("o").Integer("in").ShouldBe(1);
        var item = r.Array("a")!.Single();
        ObjectReader.Of(item.Item, item.Pointer).String("k").ShouldBe("v");
        r.OneOf("w", "active", "inactive").ShouldBe("active");
        r.Strings("l").ShouldBe(["p", "q"]);
        r.String("z").ShouldBeNull();
        r.String("absent").ShouldBeNull();
        r.Any("absent").ShouldBeNull();
        r.Done();
    }

    [Theory]
    [InlineData("""{"name":5}""", "The field /name must be a string, not this number.")]
    [InlineData("""{"count":1.5}""", "The field /count must be a whole number, not this number.")]
    [InlineData("""{"count":11}""", "The field /count must be a whole number from 0 to 10, not this number.")]
    [InlineData("""{"on":"true"}""", "The field /on must be true or false, not this string.")]
    [InlineData("""{"id":"7"}""", "The field /id must be a UUID, not this string.")]
    [InlineData("""{"state":"sleeping"}""", "The field /state must be active or inactive.")]
    [InlineData("""{"in":{"deep":[]}}""", "The field /in/deep must be a string, not an array.")]
    [InlineData("""{"list":["a",5]}""", "The field /list/1 must be a string, not this number.")]
    [InlineData("""{"list":["a","b","c"]}""", "The field /list may hold at most 2 items; it holds 3.")]
    [InlineData("""{"at":"yesterday"}""", "The field /at must be a time as 2026-01-02T15:04:05Z, not this string.")]
    [InlineData("""{"nmae":"x"}""", "The field /nmae is not known here; did you mean name?")]
    [InlineData("""{"in":{"depe":"x"}}""", "The field /in/depe is not known here; did you mean deep?")]
    [InlineData("""{"something_else":1}""", "The field /something_else is not known here.")]
    [InlineData("[]", "The body must be an object, not an array.")]
    public void What_is_wrong_is_named_with_what_is_right(string json, string says) =>
        Should.Throw<ApiException>(() =>
        {
            var r = Read(json);
            r.String("name");
            r.Integer("count", 0, 10);
            r.Boolean("on");
            r.Uuid("id");
            r.OneOf("state", "active", "inactive");
            r.Strings("list", most: 2);
            r.Time("at");
            if (r.Object("in") is { } inner)
            {
                inner.String("deep");
                inner.Done();
            }
            r.Done();
        }).Error.Reason.ShouldBe(says);

    [Fact]
    public void A_missing_field_is_named() =>
        Should.Throw<ApiException>(() => Read("{}").RequiredString("email")).Error.Reason.ShouldBe("The field /email is missing; it must be a string.");
}
