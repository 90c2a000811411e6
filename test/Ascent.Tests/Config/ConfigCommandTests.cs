using System.Text.Json;
using Ascent.Server.Commands;
using Shouldly;

namespace Ascent.Tests.Config;

public sealed class ConfigCommandTests : IDisposable
{
    /// <summary>The schema says that traits are an object: the start wants no less.</summary>
    private static readonly string Least = Yaml.Least.Replace("base64://e30", "base64://eyJwcm9wZXJ0aWVzIjp7InRyYWl0cyI6eyJ0eXBlIjoib2JqZWN0In19fQ==", StringComparison.Ordinal);

    private readonly string file = Path.Combine(Path.GetTempPath(), $"ascent-{Guid.CreateVersion7():n}.yml");
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    [Fact]
    public async Task A_good_file_is_valid_with_its_warnings_named()
    {
        await File.WriteAllTextAsync(file, Least + "\nsesion: { lifespan: 1h }");
        (await ConfigCommand.ValidateAsync(["-c", file], output, CancellationToken.None)).ShouldBe(1);
        output.ToString().ShouldContain("fault    sesion: unknown key; did you mean session?");
        (await ConfigCommand.ValidateAsync(["-c", file, "--allow-unknown-keys"], output, CancellationToken.None)).ShouldBe(0);
        output.ToString().ShouldContain("warning  sesion: unknown key, not read; did you mean session?");
        output.ToString().ShouldContain("is valid");
    }

    [Fact]
    public async Task A_bad_file_is_refused_with_every_fault()
    {
        await File.WriteAllTextAsync(file, Least + "\nsession: { lifespan: 1d }\nhashers: { bcrypt: { cost: 3 } }");
        (await ConfigCommand.ValidateAsync([$"--config={file}"], output, CancellationToken.None)).ShouldBe(1);
        output.ToString().ShouldContain("fault    session.lifespan: ");
        output.ToString().ShouldContain("fault    hashers.bcrypt.cost: ");
        output.ToString().ShouldContain("2 faults");
    }

    [Fact]
    public async Task The_effective_configuration_is_printed_in_both_forms()
    {
        await File.WriteAllTextAsync(file, Yaml.Least);
        (await ConfigCommand.PrintAsync(["-c", file], output, error, CancellationToken.None)).ShouldBe(0);
        output.ToString().ShouldContain("lifespan: \"24h\"");
        using var json = new StringWriter();
        (await ConfigCommand.PrintAsync(["-c", file, "--format", "json", "--dev"], json, error, CancellationToken.None)).ShouldBe(0);
        JsonDocument.Parse(json.ToString()).RootElement.GetProperty("dev").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_bad_file_is_not_printed()
    {
        await File.WriteAllTextAsync(file, "session: 1");
        (await ConfigCommand.PrintAsync(["-c", file], output, error, CancellationToken.None)).ShouldBe(1);
        output.ToString().ShouldBeEmpty();
        error.ToString().ShouldContain("session: must be a map");
    }

    [Fact]
    public async Task Documents_that_are_not_there_are_named()
    {
        await File.WriteAllTextAsync(file, Yaml.Least.Replace("base64://e30", "file:///nowhere/person.json", StringComparison.Ordinal) + """

            courier: { templates: { recovery: { valid: { email: { subject: file://nowhere.gotmpl } } } } }
            session: { whoami: { tokenizer: { templates: { jwt: { jwks_url: file://keys.json } } } } }
            """);
        (await ConfigCommand.ValidateAsync(["-c", file], output, CancellationToken.None)).ShouldBe(1);
        output.ToString().ShouldContain("fault    identity.schemas.0.url: ");
        output.ToString().ShouldContain("fault    courier.templates.recovery.valid.email.subject: file://nowhere.gotmpl: cannot be read");
        output.ToString().ShouldContain("fault    session.whoami.tokenizer.templates.jwt.jwks_url: ");
    }

    [Theory]
    [InlineData("--frob")]
    [InlineData("-c")]
    [InlineData("--format", "xml")]
    public async Task A_wrong_command_line_is_explained(params string[] args)
    {
        (await ConfigCommand.ValidateAsync(args, output, CancellationToken.None)).ShouldBe(2);
        output.ToString().ShouldContain("usage:");
    }

    public void Dispose()
    {
        File.Delete(file);
        output.Dispose();
        error.Dispose();
    }
}
