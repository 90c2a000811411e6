using System.Net;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Registration;
using Shouldly;

namespace Ascent.Tests.Hardening;

public sealed class RegistrationRaceTests
{
    private const int Many = 20;
    private const string Ada = "ada@example.org";
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task One_form_sent_many_times_at_once_makes_one_account(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        var action = await SignIn.BeginAsync(server, "registration");
        // Each as another person: it is the form that is good once.
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(n => SignIn.SubmitAsync(server, action, Registering.Body($"n{n}@example.org")))).WaitAsync(Enough);
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.BadRequest);
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
        (await Registering.CountAsync(server, "sessions")).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task One_address_in_many_forms_at_once_makes_one_account(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        var actions = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => SignIn.BeginAsync(server, "registration")));
        var answers = await Task.WhenAll(actions.Select((a, n) => SignIn.SubmitAsync(server, a, Registering.Body(Ada, $"{SignIn.Password}-{n}")))).WaitAsync(Enough);
        var winner = answers.Index().Where(a => a.Item.Status == HttpStatusCode.OK).ShouldHaveSingleItem();
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Status == HttpStatusCode.BadRequest && SignIn.Messages(a.Body).SequenceEqual(new[] { 4000007 }));
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
        await SignIn.NativelyAsync(server, Ada, $"{SignIn.Password}-{winner.Index}");
    }
}
