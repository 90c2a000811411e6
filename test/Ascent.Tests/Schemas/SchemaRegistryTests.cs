using System.Text;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Schemas;

public sealed class SchemaRegistryTests : IDisposable
{
    private const string Good = """{"properties": {"traits": {"type": "object", "properties": {"a": {"type": "string"}}}}}""";

    private readonly string folder = Directory.CreateTempSubdirectory("ascent-schemas").FullName;
    private readonly Dictionary<string, string> web = new(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Schemas_are_read_from_files_from_the_configuration_and_from_the_web()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "a b.json"), Good);
        web["https://example.org/c.json"] = "\uFEFF" + Good;
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Good));
        var (registry, issues) = await LoadAsync(
            "padded",
            new SchemaSource("file", "file://a%20b.json"),
            new SchemaSource("absolute", $"file://{folder}/a b.json", Selectable: false),
            new SchemaSource("padded", $"base64://{base64}"),
            new SchemaSource("bare", $"base64://{base64.TrimEnd('=').Replace('+', '-').Replace('/', '_')}"),
            new SchemaSource("web", "https://example.org/c.json"));

        issues.ShouldBeEmpty();
        registry!.All.Select(s => s.Id).ShouldBe(["file", "absolute", "padded", "bare", "web"]);
        registry.Default.Id.ShouldBe("padded");
        registry.Find("absolute")!.Selectable.ShouldBeFalse();
        registry.Find("Absolute").ShouldBeNull();
    }

    [Fact]
    public async Task References_are_followed_between_documents()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "main.json"), """{"properties": {"traits": {"properties": {"a": {"$ref": "parts.json#/definitions/name"}}}}}""");
        await File.WriteAllTextAsync(Path.Combine(folder, "parts.json"), """{"definitions": {"name": {"$ref": "https://example.org/name.json"}}}""");
        web["https://example.org/name.json"] = """{"type": "string", "title": "Name"}""";
        var (registry, issues) = await LoadAsync("x", new SchemaSource("x", "file://main.json"));

        issues.ShouldBeEmpty();
        registry!.Default.Fields.ShouldHaveSingleItem().Title.ShouldBe("Name");
    }

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        web["https://example.org/leak.json"] = """{"properties": {"traits": {"properties": {"a": {"$ref": "file:///etc/hostname"}}}}}""";
        var (registry, issues) = await LoadAsync(
            "nobody",
            new SchemaSource("missing", "file://missing.json"),
            new SchemaSource("missing", "ftp://example.org/x"),
            new SchemaSource("", "base64://!"),
            new SchemaSource("down", "https://example.org/down.json"),
            new SchemaSource("leak", "https://example.org/leak.json"),
            new SchemaSource("type", $"base64://{Convert.ToBase64String("""{"type": "strin", "properties": {"traits": {}}}"""u8)}"));

        registry.ShouldBeNull();
        issues.Select(i => i.Path).ShouldBe(
        [
            "identity.schemas.0.url", "identity.schemas.2.id", "identity.schemas.2.url",
            "identity.schemas.3.url", "identity.schemas.4.url", "identity.schemas.5.url", "identity.default_schema_id",
        ]);
        issues[5].Message.ShouldStartWith("type #/type: ");
    }

    [Fact]
    public async Task An_id_is_found_plain_or_as_base64url_without_padding()
    {
        var (registry, _) = await LoadAsync("employee", new SchemaSource("employee", $"base64://{Convert.ToBase64String(Encoding.UTF8.GetBytes(Good))}"));
        registry!.FindByPath("employee").ShouldNotBeNull();
        registry.FindByPath("ZW1wbG95ZWU").ShouldNotBeNull();
        registry.FindByPath("ZW1wbG95ZWU=").ShouldBeNull();
        registry.FindByPath("bm9ib2R5").ShouldBeNull();
        registry.FindByPath("a/b").ShouldBeNull();
    }

    private Task<SchemaRegistryResult> LoadAsync(string defaultId, params SchemaSource[] sources) =>
        SchemaRegistry.LoadAsync(sources, defaultId, new SchemaLoadOptions { WorkingDirectory = folder, Fetch = FetchAsync }, TestContext.Current.CancellationToken);

    private Task<byte[]> FetchAsync(string url, CancellationToken ct) => web.TryGetValue(url, out var text)
        ? Task.FromResult(Encoding.UTF8.GetBytes(text))
        : throw new HttpRequestException("404 Not Found");
}
