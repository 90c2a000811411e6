using System.Text;
using Ascent.Config;
using Ascent.Http;
using Ascent.Tests.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Ascent.Tests.Config;

public sealed class ConfigReferencesTests : IAsyncLifetime
{
    private readonly OutboundClient http = new();
    private readonly ManualTime time = new();
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication server = null!;
    private ConfigReferences References => new(http.SendAsync, time);
    private string Base => server.Urls.First();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.MapGet("/doc", () => "local claims = {}; claims");
        server.MapGet("/moved", () => Results.Redirect("/doc"));
        server.MapGet("/gone", () => Results.NotFound());
        server.MapGet("/huge", () => Results.Bytes(new byte[ConfigReferences.MaxBytes + 1]));
        server.MapGet("/never", async (HttpContext context) =>
        {
            asked.SetResult();
            await Poll.NeverAsync(context.RequestAborted);
        });
        await server.StartAsync();
    }

    [Fact]
    public async Task A_document_is_fetched_by_http() => Encoding.UTF8.GetString(await Fetch($"{Base}/doc")).ShouldBe("local claims = {}; claims");

    [Theory]
    [InlineData("base64://aGVsbG8=")]
    [InlineData("base64://aGVsbG8")]
    public async Task A_document_stands_in_the_reference_itself(string reference) => Encoding.UTF8.GetString(await Fetch(reference)).ShouldBe("hello");

    [Theory]
    [InlineData("base64://_-8", "base64:///+8=")]
    public async Task Both_alphabets_are_read(string url, string standard) => (await Fetch(url)).ShouldBe(await Fetch(standard));

    [Fact]
    public async Task A_file_is_read_by_absolute_path_and_relative_to_the_working_directory()
    {
        var name = $"ascent-{Guid.CreateVersion7():n}.jsonnet";
        var path = Path.Combine(Environment.CurrentDirectory, name);
        await File.WriteAllTextAsync(path, "x");
        try
        {
            foreach (var reference in (string[])[$"file://{path}", $"file://./{name}", $"file://{name}", path])
                (await Fetch(reference)).ShouldBe("x"u8.ToArray());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_redirect_is_followed() => Encoding.UTF8.GetString(await Fetch($"{Base}/moved")).ShouldBe("local claims = {}; claims");

    [Theory]
    [InlineData("/doc")]
    [InlineData("/moved")]
    public async Task Private_addresses_are_reached_only_where_that_is_allowed(string path)
    {
        var limits = new HttpClientConfig { DisallowPrivateIpRanges = true };
        (await Should.ThrowAsync<ConfigReferenceException>(() => References.FetchAsync(Base + path, limits, CancellationToken.None))).Message.ShouldContain("cannot be reached");
        // A door that was opened leads no further than to what stands behind it.
        limits = limits with { PrivateIpExceptionUrls = [Base + "/moved"] };
        (await Should.ThrowAsync<ConfigReferenceException>(() => References.FetchAsync(Base + path, limits, CancellationToken.None))).Message.ShouldContain("cannot be reached");
    }

    [Theory]
    [InlineData("/gone", "answered 404")]
    [InlineData("/huge", "larger than 5 MiB")]
    public async Task What_cannot_be_had_is_said(string path, string reason) => (await Refusal($"{Base}{path}?token=sesame")).ShouldSatisfyAllConditions(
        m => m.ShouldContain(reason),
        m => m.ShouldNotContain("sesame"));

    [Theory]
    [InlineData("file:///nowhere/at/all.json", "cannot be read")]
    [InlineData("base64://*!", "not base64")]
    [InlineData("ftp://example.org/x", "must begin with")]
    [InlineData("http://127.0.0.1:1/x", "cannot be reached")]
    public async Task A_bad_reference_is_said(string reference, string reason) => (await Refusal(reference)).ShouldContain(reason);

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        var fetch = References.FetchAsync($"{Base}/never", new HttpClientConfig(), CancellationToken.None);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(11));
        (await Should.ThrowAsync<ConfigReferenceException>(fetch)).Message.ShouldContain("did not answer within 10s");
    }

    private Task<byte[]> Fetch(string reference) => References.FetchAsync(reference, new HttpClientConfig(), CancellationToken.None);

    private async Task<string> Refusal(string reference) => (await Should.ThrowAsync<ConfigReferenceException>(() => Fetch(reference))).Message;

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }
}
