using System.Net;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

public sealed class ConcurrentPatchTests
{
    private const int Many = 20;

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_many_patches_of_one_identity_none_that_was_acknowledged_is_lost(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await server.CreateAsync("""{"schema_id":"default","traits":{"email":"a@example.org"},"metadata_admin":{"list":[]}}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(n =>
            server.AdminAsync("PATCH", $"/admin/identities/{id}", $$"""[{"op":"add","path":"/metadata_admin/list/-","value":{{n}}},{"op":"add","path":"/metadata_admin/k{{n}}","value":true}]""")));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        var metadata = (await server.GetAsync(id)).GetProperty("metadata_admin");
        metadata.GetProperty("list").EnumerateArray().Select(e => e.GetInt32()).Order().ShouldBe(Enumerable.Range(0, Many));
        for (var n = 0; n < Many; n++) metadata.GetProperty($"k{n}").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_many_that_claim_one_identifier_at_once_one_gets_it_and_the_others_are_told(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ =>
            server.AdminAsync("POST", "/admin/identities", """{"schema_id":"default","traits":{"email":"one@example.org"},"external_id":"one"}""")));
        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.Conflict).ShouldBe(Many - 1);
    }
}
