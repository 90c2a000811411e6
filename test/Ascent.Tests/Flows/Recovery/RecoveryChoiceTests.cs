using System.Net;
using System.Security.Cryptography;
using System.Text;
using Shouldly;

namespace Ascent.Tests.Flows.Recovery;

/// <summary>Recovery with feature_flags.choose_recovery_address.</summary>
public sealed class RecoveryChoiceTests
{
    private const string Choose = "{ feature_flags: { choose_recovery_address: true, use_continue_with_transitions: true } }";
    private const string Phone = "+4917612345678";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task The_other_address_has_to_be_given_in_full(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, Choose);
        var id = await host.AddAsync(moreTraits: $$""", "work": "{{RecoveryHost.Work}}" """);
        var native = host.Native();
        var flow = await native.BeginAsync();
        ((string)flow["state"]!).ShouldBe("recovery_awaiting_address");
        (await native.SubmitAsync(flow)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000002]);
        var choice = (await native.SubmitAsync(flow, Named())).ShouldBe(HttpStatusCode.OK);
        choice.State().ShouldBe("recovery_awaiting_address_choice");
        choice.Text.ShouldContain("ad****@example.org");
        choice.Text.ShouldContain("wo****@example.com");
        choice.Text.ShouldNotContain(RecoveryHost.Work);
        (await native.SubmitAsync(flow, Named(), ("recovery_select_address", "bm90aGluZw=="))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldContain(4000001);
        (await native.SubmitAsync(flow, Named())).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldContain(4000002);
        (await native.SubmitAsync(flow, Named(), ("recovery_select_address", NameOf(RecoveryHost.Work)))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("recovery_confirming_address");
        (await native.SubmitAsync(flow, Named(), ("screen", "previous"))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("recovery_awaiting_address_choice");
        await native.SubmitAsync(flow, Named(), ("recovery_select_address", NameOf(RecoveryHost.Work)));
        (await native.SubmitAsync(flow, Named(), ("recovery_confirm_address", "guess@example.com"))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("recovery_awaiting_code");
        (await host.MessagesAsync("guess@example.com")).ShouldBeEmpty();
        (await native.SubmitAsync(flow, Named(), ("recovery_confirm_address", RecoveryHost.Work))).ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([1060004]);
        (await native.SubmitAsync(flow, Named(), ("code", "00000x"))).ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([4060006]);
        (await native.SubmitAsync(flow, Named(), ("code", await host.CodeAsync(RecoveryHost.Work)))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("passed_challenge");
        (await host.IsVerifiedAsync(id, RecoveryHost.Work)).ShouldBeTrue();
        (await host.IsVerifiedAsync(id)).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_s_own_choice_gets_its_code_at_once(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, Choose);
        await host.AddAsync(moreTraits: $$""", "phone": "{{Phone}}" """);
        var native = host.Native();
        var flow = await native.BeginAsync();
        (await native.SubmitAsync(flow, ("method", "code"), ("recovery_address", "+49 176 1234-5678"))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("recovery_awaiting_address_choice");
        var sent = (await native.SubmitAsync(flow, ("recovery_address", "+49 176 1234-5678"), ("recovery_select_address", NameOf(Phone)))).ShouldBe(HttpStatusCode.OK);
        sent.State().ShouldBe("recovery_awaiting_code");
        var message = (await host.MessagesAsync(Phone)).Single();
        message.GetProperty("type").GetString().ShouldBe("phone");
        (await native.SubmitAsync(flow, ("recovery_address", Phone), ("screen", "previous"))).State().ShouldBe("recovery_awaiting_address_choice");
        await native.SubmitAsync(flow, ("recovery_address", Phone), ("recovery_select_address", NameOf(Phone)));
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await native.SubmitAsync(flow, ("recovery_address", Phone), ("recovery_confirm_address", Phone));
        (await native.SubmitAsync(flow, ("recovery_address", Phone), ("code", await host.CodeAsync(Phone)))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("passed_challenge");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task An_only_address_and_an_unknown_one_look_alike(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, Choose);
        await host.AddAsync();
        var native = host.Native();
        var known = await AskAsync(native, RecoveryHost.Ada);
        var unknown = await AskAsync(native, "stranger@example.org");
        known.ShouldBe(unknown.Replace("stranger@example.org", RecoveryHost.Ada, StringComparison.Ordinal).Replace("st****@", "ad****@", StringComparison.Ordinal));
        (await host.MessagesAsync(RecoveryHost.Ada)).Length.ShouldBe(1);
        (await host.MessagesAsync("stranger@example.org")).ShouldBeEmpty();
        foreach (var odd in (string[])["nobody", "@", "a@", "+49", "a@b@c", "ä@example.org"])
        {
            var flow = await native.BeginAsync();
            (await native.SubmitAsync(flow, ("recovery_address", odd))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("recovery_awaiting_code");
            (await native.SubmitAsync(flow, ("recovery_address", odd), ("screen", "previous"))).ShouldBe(HttpStatusCode.OK).State().ShouldBe("recovery_awaiting_address");
        }
        (await native.SubmitAsync(await native.BeginAsync(), ("recovery_address", new string('a', 400) + "@example.org"))).ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<string> AskAsync(Visitor native, string address)
    {
        var flow = await native.BeginAsync();
        var answer = (await native.SubmitAsync(flow, ("method", "code"), ("recovery_address", address))).ShouldBe(HttpStatusCode.OK);
        return answer.Text.Replace((string)flow["id"]!, "ID", StringComparison.Ordinal);
    }

    private static (string, string) Named() => ("recovery_address", RecoveryHost.Ada);

    private static string NameOf(string address) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(address)));
}
