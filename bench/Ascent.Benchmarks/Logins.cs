using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Ascent.Crypto.Hashing;

namespace Ascent.Benchmarks;

/// <summary>People who sign in as a native app does: begin a flow, submit identifier and password, get a session.</summary>
internal static class Logins
{
    public const string Password = "correct-horse-battery-9";

    public static HasherOptions Hashing { get; } = new() { Algorithm = Algorithm.Argon2id, Argon2MemoryKiB = 19 * 1024, Iterations = 2, Parallelism = 1, MaxConcurrent = 1 };

    /// <summary>Makes the people by the admin API, with the hash that the server would have made of their password.</summary>
    public static async Task MakeAsync(string admin, int count)
    {
        using var hasher = new PasswordHasher(() => Hashing, TimeProvider.System);
        var hash = await hasher.HashAsync(Password, CancellationToken.None);
        using var http = new HttpClient { BaseAddress = new Uri(admin) };
        for (var i = 0; i < count; i++)
        {
            var answer = await http.PostAsJsonAsync("admin/identities", new
            {
                schema_id = "default", traits = new { email = Name(i) },
                credentials = new { password = new { config = new { hashed_password = hash } } },
            });
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Signs in for some seconds, so many at once, and prints logins a second, errors and the median and 99th percentile in ms.</summary>
    public static async Task RunAsync(string server, int people, int atOnce, double seconds)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server) };
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        var started = Stopwatch.GetTimestamp();
        int next = -1, errors = 0;
        var times = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            var mine = new List<double>();
            while (Stopwatch.GetTimestamp() < end)
            {
                var from = Stopwatch.GetTimestamp();
                if (!await SignInAsync(http, Name(Interlocked.Increment(ref next) % people))) Interlocked.Increment(ref errors);
                else mine.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }
            return mine;
        }));
        double[] all = [.. times.SelectMany(t => t).Order()];
        if (all.Length == 0) throw new InvalidOperationException("Nobody could sign in.");
        Console.WriteLine($"{all.Length / Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} {errors} {all[all.Length / 2]:0.0} {all[all.Length * 99 / 100]:0.0}");
    }

    private static async Task<bool> SignInAsync(HttpClient http, string name)
    {
        using var begun = await http.GetAsync("self-service/login/api");
        if (!begun.IsSuccessStatusCode) return false;
        using var flow = await JsonDocument.ParseAsync(await begun.Content.ReadAsStreamAsync());
        using var body = new StringContent($$"""{"method":"password","identifier":"{{name}}","password":"{{Password}}"}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync($"self-service/login?flow={flow.RootElement.GetProperty("id").GetString()}", body);
        return answer.IsSuccessStatusCode;
    }

    public static string Name(int i) => $"login{i}@example.org";
}
