using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ascent.Server.Commands;

/// <summary>What an admin API answered.</summary>
internal sealed record AdminAnswer(HttpStatusCode Status, JsonElement? Body, string? Link)
{
    public bool IsGood => (int)Status is >= 200 and < 300;

    /// <summary>The body of a good answer.</summary>
    public JsonElement Required => Body ?? throw new CommandFailedException("The answer has no JSON; is the endpoint the admin API?");

    /// <summary>Why not, in the server's words.</summary>
    public string Reason
    {
        get
        {
            var error = Body is { ValueKind: JsonValueKind.Object } body && body.TryGetProperty("error", out var e) && e.ValueKind == JsonValueKind.Object ? e : default;
            if (error.ValueKind != JsonValueKind.Object) return Body is null ? $"answered {(int)Status} without JSON; is the endpoint the admin API?" : $"answered {(int)Status}";
            return TextOf(error, "reason") ?? TextOf(error, "message") ?? $"answered {(int)Status}";
        }
    }

    private static string? TextOf(JsonElement error, string member) => error.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>
/// Talks to an admin API, ours or Kratos's. The token is read from a file or the environment: an option would show it to
/// everybody who may list the machine's processes.
/// </summary>
internal sealed partial class AdminClient : IDisposable
{
    private const string EndpointVariable = "KRATOS_ADMIN_URL", OryVariable = "ORY_SDK_URL", TokenVariable = "ASCENT_ADMIN_TOKEN";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Option<string?> Endpoint = new("--endpoint", "-e") { Description = $"The URL of the admin API; else the environment's {EndpointVariable} or {OryVariable}.", Recursive = true };
    private static readonly Option<string?> TokenFile = new("--token-file") { Description = $"A file with the admin token; else the environment's {TokenVariable}.", Recursive = true };

    private readonly HttpClient http;
    private readonly string root;

    private AdminClient(string root, string? token)
    {
        this.root = root.TrimEnd('/');
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };
        if (token is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
    }

    public static void AddOptions(Command command)
    {
        command.Add(Endpoint);
        command.Add(TokenFile);
    }

    public static AdminClient Of(ParseResult parsed)
    {
        var given = Given(parsed.GetValue(Endpoint)) ?? Given(Environment.GetEnvironmentVariable(EndpointVariable)) ?? Given(Environment.GetEnvironmentVariable(OryVariable))
            ?? throw new CommandFailedException($"No endpoint: give the admin API's URL by --endpoint, such as http://127.0.0.1:4434, or by the environment variable {EndpointVariable}.");
        if (!Uri.TryCreate(given, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) throw new CommandFailedException($"--endpoint is '{given}'; a URL such as http://127.0.0.1:4434 is right.");
        return new AdminClient(given, Token(parsed.GetValue(TokenFile)));
    }

    public async Task<AdminAnswer> SendAsync(HttpMethod method, string path, string? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, root + path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var first = await http.SendAsync(request, ct);
            using var response = method == HttpMethod.Get && first is { StatusCode: HttpStatusCode.TemporaryRedirect, Headers.Location: { IsAbsoluteUri: true } elsewhere } ? await WithoutTokenAsync(elsewhere, ct) : first;
            var text = await response.Content.ReadAsByteArrayAsync(ct);
            return new AdminAnswer(response.StatusCode, Json(text), response.Headers.TryGetValues("Link", out var links) ? string.Join(',', links) : null);
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailedException($"{root} cannot be reached: {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new CommandFailedException($"{root} did not answer within {Patience.TotalSeconds} seconds.");
        }
    }

    /// <summary>What is public the admin side leads away from; the token stays here.</summary>
    private static async Task<HttpResponseMessage> WithoutTokenAsync(Uri elsewhere, CancellationToken ct)
    {
        using var open = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };
        try
        {
            return await open.GetAsync(elsewhere, ct);
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailedException($"{elsewhere.GetLeftPart(UriPartial.Authority)}, where the admin API leads to for this (serve.public.base_url), cannot be reached: {e.Message}");
        }
    }

    /// <summary>The token of the page that a list's Link header calls the next; empty for the last page.</summary>
    public static string NextToken(string? link) => NextPage().Match(link ?? "") is { Success: true } match ? Uri.UnescapeDataString(match.Groups["token"].Value) : "";

    public void Dispose() => http.Dispose();

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string? Token(string? file)
    {
        if (file is null) return Given(Environment.GetEnvironmentVariable(TokenVariable));
        try
        {
            return Given(File.ReadAllText(file)) ?? throw new CommandFailedException($"{file}: holds no token.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"{file}: cannot be read: {e.Message}");
        }
    }

    private static JsonElement? Json(byte[] text)
    {
        try
        {
            return text.Length == 0 ? null : JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("""[?&]page_token=(?<token>[^&>]*)[^>]*>; *rel="next"(,|$)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NextPage();
}
