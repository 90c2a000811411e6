using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Ascent.Jsonnet;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>The real program with a web hook in Jsonnet that does what the person who registers wants: nobody else may notice.</summary>
public sealed class JsonnetChildrenTests
{
    private const string Body = """
        local endless() = endless() tailstrict;
        function(ctx) local what = ctx.flow.transient_payload.what;
          if what == 'memory' then { a: std.repeat('xxxxxxxxxxxxxxxx', 100000000) }
          else if what == 'recursion' then (local deeper(n) = 1 + deeper(n + 1); { a: deeper(0) })
          else if what == 'endless' then endless()
          else { a: what }
        """;

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    public JsonnetChildrenTests()
    {
        if (JsonnetLibrary.Installed is null) Assert.Skip("libjsonnet is not there: apt-get install libjsonnet0");
    }

    [Fact]
    public async Task What_a_template_does_for_one_hurts_nobody_else()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, c => c + Hook(receiver));
        await using (program)
        using (open)
        using (admin)
        {
            (await RegisterAsync(open, "quick")).ShouldBe(HttpStatusCode.OK);
            (await RegisterAsync(open, "memory")).ShouldBe(HttpStatusCode.InternalServerError);
            (await RegisterAsync(open, "recursion")).ShouldBe(HttpStatusCode.InternalServerError);
            (await RegisterAsync(open, "quick")).ShouldBe(HttpStatusCode.OK);

            var endless = RegisterAsync(open, "endless");
            (await RegisterAsync(open, "quick")).ShouldBe(HttpStatusCode.OK);
            (await endless).ShouldBe(HttpStatusCode.InternalServerError);
            (await RegisterAsync(open, "quick")).ShouldBe(HttpStatusCode.OK);

            var killed = RegisterAsync(open, "endless");
            await Poll.UntilAsync("the one whose process was killed is told", Soon, () =>
            {
                foreach (var child in Children(program).Where(IsBusy)) Kill(child);
                return Task.FromResult(killed.IsCompleted);
            });
            (await killed).ShouldBe(HttpStatusCode.InternalServerError);
            (await RegisterAsync(open, "quick")).ShouldBe(HttpStatusCode.OK);

            receiver.Calls.Count.ShouldBe(5);
            program.Errors.ShouldContain("it needed more than 128 MiB of memory");
            program.Errors.ShouldContain("its process was ended from outside, or crashed");
            program.Errors.ShouldNotContain("FATAL");
            program.Errors.ShouldNotContain("   at ");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Children_have_nothing_of_the_server_s_and_end_with_it(bool killed)
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, c => c + Hook(receiver));
        await using (program)
        using (open)
        using (admin)
        {
            var endless = RegisterAsync(open, "endless");
            await Poll.UntilAsync("a child is at work and another waits", Soon, () => Task.FromResult(Children(program) is { Length: > 1 } all && all.Any(IsBusy)));
            var children = Children(program);
            foreach (var child in children)
            {
                var names = File.ReadAllText($"/proc/{child}/environ").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')[0]);
                names.Where(n => !n.StartsWith("DOTNET_", StringComparison.Ordinal)).ShouldBeSubsetOf(["MALLOC_ARENA_MAX", "LD_LIBRARY_PATH", "TMPDIR"]);
                var handles = Directory.GetFiles($"/proc/{child}/fd").Select(f => File.ResolveLinkTarget(f, returnFinalTarget: false)?.FullName ?? "").ToArray();
                handles.ShouldNotContain(f => f.Contains("socket:", StringComparison.Ordinal) || f.Contains("ascent-run-", StringComparison.Ordinal), string.Join(", ", handles));
            }
            if (killed) await program.KillAsync();
            else program.Terminate();
            await Poll.UntilAsync("no child is left", Soon, () => Task.FromResult(children.All(c => !Directory.Exists($"/proc/{c}") || StateOf(c) == 'Z')));
            if (killed) await Should.ThrowAsync<HttpRequestException>(() => endless);
            else await endless.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static string Hook(HookReceiver receiver) => $$"""


          flows: { registration: { after: { password: { hooks: [ { hook: web_hook, config: { url: "{{receiver.Url}}", method: POST, body: "{{HookHost.Data(Body)}}" } } ] } } } }
        """;

    private static async Task<HttpStatusCode> RegisterAsync(HttpClient client, string what)
    {
        var flow = JsonElement.Parse(await client.GetStringAsync("/self-service/registration/api")).GetProperty("id").GetString();
        var body = $$$"""{"method":"password","password":"a long passphrase nobody has","traits":{"email":"{{{Guid.NewGuid():n}}}@example.org"},"transient_payload":{"what":"{{{what}}}"}}""";
        using var response = await RunningServer.SendAsync(client, "POST", $"/self-service/registration?flow={flow}", body);
        if (response.StatusCode != HttpStatusCode.OK) (await response.Content.ReadAsStringAsync()).ShouldContain("The body of a web hook could not be made");
        return response.StatusCode;
    }

    private static int[] Children(RunningProgram program) =>
        [.. Directory.GetDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0).Where(id => id > 0 && ParentOf(id) == program.Id)];

    private static int ParentOf(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0]);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Whether a thread of it runs: one that waits for work has none.</summary>
    private static bool IsBusy(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task").Any(t => StateIn(File.ReadAllText($"{t}/stat")) == 'R');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static char StateOf(int process)
    {
        try
        {
            return StateIn(File.ReadAllText($"/proc/{process}/stat"));
        }
        catch (IOException)
        {
            return 'Z';
        }
    }

    private static char StateIn(string stat) => stat[stat.LastIndexOf(')') + 2];

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
