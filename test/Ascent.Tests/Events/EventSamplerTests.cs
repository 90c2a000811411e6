using Ascent.Events;
using Shouldly;

namespace Ascent.Tests.Events;

public sealed class EventSamplerTests
{
    private readonly ManualTime time = new();

    private static int?[] Take(EventSampler sampler, int count, Func<int, string?> client, Func<int, string?> about) =>
        [.. Enumerable.Range(0, count).Select(i => sampler.Take("login.failed", client(i), about(i)))];

    [Fact]
    public void The_first_are_written_then_one_of_a_hundred_with_the_number_of_those_between()
    {
        var sampler = new EventSampler(time);
        var all = Take(sampler, 310, _ => "192.0.2.1", i => $"name {i}");
        all.Count(t => t is not null).ShouldBe(EventSampler.FirstOfOne + 3);
        all[..10].ShouldAllBe(t => t == 0);
        all[10..].Where(t => t is not null).ShouldBe([99, 99, 99]);
        sampler.Take("login.failed", "192.0.2.2", "another").ShouldBe(0);
        sampler.Take("recovery.failed", "192.0.2.1", "name 1").ShouldBe(0);
        time.Advance(TimeSpan.FromMinutes(10));
        sampler.Take("login.failed", "192.0.2.1", "name 1").ShouldBe(0);
    }

    [Fact]
    public void Many_clients_at_one_account_are_one_attack()
    {
        var sampler = new EventSampler(time);
        Take(sampler, 1000, i => $"192.0.2.{i}", _ => "ada").Count(t => t is not null).ShouldBeLessThanOrEqualTo(EventSampler.FirstOfOne + 10);
    }

    [Fact]
    public void Many_clients_at_many_accounts_cannot_fill_the_disk_nor_the_memory()
    {
        var sampler = new EventSampler(time);
        var written = 0;
        for (var i = 0; i < 100_000; i++)
            if (sampler.Take("login.failed", $"client {i}", $"name {i}") is not null)
                written++;
        written.ShouldBeLessThanOrEqualTo(EventSampler.FirstOfAll + (100_000 / EventSampler.Every));
        sampler.Kept.ShouldBeLessThanOrEqualTo(EventSampler.MostKept + 2);
    }
}
