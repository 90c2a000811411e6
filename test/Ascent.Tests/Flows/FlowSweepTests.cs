using System.Net;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Flows;

public sealed class FlowSweepTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Who_comes_back_to_an_expired_form_hears_so_for_a_day(string engine)
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(engine, time: time);
        await SignIn.PersonAsync(server, "ada@example.org");
        var action = await SignIn.BeginAsync(server);
        var proof = $$"""{"method":"password","identifier":"ada@example.org","password":"{{SignIn.Password}}"}""";
        var cleanup = server.Services.GetRequiredService<Cleanup>();

        time.Advance(TimeSpan.FromHours(23));
        await cleanup.RunRoundAsync(CancellationToken.None);
        (await SubmitAsync()).ShouldBe(HttpStatusCode.Gone);

        time.Advance(TimeSpan.FromHours(3));
        await cleanup.RunRoundAsync(CancellationToken.None);
        (await SubmitAsync()).ShouldBe(HttpStatusCode.NotFound);

        async Task<HttpStatusCode> SubmitAsync()
        {
            using var response = await RunningServer.SendAsync(server.Public, "POST", action, proof, ("Accept", "application/json"));
            return response.StatusCode;
        }
    }
}
