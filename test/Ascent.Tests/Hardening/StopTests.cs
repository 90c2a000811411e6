using System.Net;
using System.Net.Sockets;
using System.Text;
using Ascent.Http.Serving;
using Ascent.Server.Commands;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>An operator's stop: what is under way is finished, nothing new is taken, and the program ends well.</summary>
public sealed class StopTests
{
    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Requests_under_way_are_finished_and_the_exit_code_is_0(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine);
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop);
        await using var running = program;
        using var clients = new Clients(open, admin);
        const string GoOn = "HTTP/1.1 100 Continue\r\n\r\n", Body = """{"schema_id":"default","traits":{"email":"late@example.org"}}""";
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, admin.BaseAddress!.Port);
        var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /admin/identities HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: {Body.Length}\r\n\r\n"));
        var goOn = new byte[GoOn.Length];
        await stream.ReadExactlyAsync(goOn); // the server has it, and reads
        Encoding.ASCII.GetString(goOn).ShouldBe(GoOn);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Body[..10]));

        program.Terminate();
        await Poll.UntilAsync("nothing new is taken", TimeSpan.FromSeconds(10), () => RefusesAsync(open.BaseAddress!.Port));
        program.HasExited.ShouldBeFalse();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Body[10..]));
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 201");
        var end = await program.EndAsync();
        end.ExitCode.ShouldBe(0, end.All);
        end.All.ShouldNotContain("   at ");
        var kept = await workshop.Database.Db.ReadValueAsync(new Ascent.Storage.Sql("select count(*) from credential_identifier where identifier = 'late@example.org'"), r => r.Long(0), CancellationToken.None);
        kept.GetValueOrDefault().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_command_is_not_cut_off_before_the_server_has_had_its_time_to_end() =>
        CommandLine.Invocation.ProcessTerminationTimeout.ShouldNotBeNull().ShouldBeGreaterThan(ServerLimits.Shutdown);

    [Fact]
    public async Task An_idle_program_ends_without_waiting_for_its_limit()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, config => config.Replace("level: error", "level: trace", StringComparison.Ordinal), "--watch-courier");
        await using var running = program;
        using var clients = new Clients(open, admin);
        program.Terminate();
        await Poll.UntilAsync("it ended", ServerLimits.Shutdown, () => Task.FromResult(program.HasExited));
        var end = await program.EndAsync();
        end.ExitCode.ShouldBe(0, end.All);
        // Nothing was cut off and nothing complained.
        foreach (var sign in (string[])[" 499 ", " error ", "   at "]) end.All.ShouldNotContain(sign);
    }

    private static async Task<bool> RefusesAsync(int port)
    {
        try
        {
            using var one = new TcpClient();
            await one.ConnectAsync(IPAddress.Loopback, port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
