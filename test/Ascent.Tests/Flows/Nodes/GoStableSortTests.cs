using Ascent.Flows.Nodes;
using Shouldly;

namespace Ascent.Tests.Flows.Nodes;

public sealed class GoStableSortTests
{
    /// <summary>A fixed sequence that looks like chance.</summary>
    private static IEnumerable<int> Numbers(int count, int seed, int below)
    {
        var x = (uint)seed * 2654435761u;
        for (var i = 0; i < count; i++)
        {
            x = (x * 1664525u) + 1013904223u;
            yield return (int)((x >> 8) % (uint)below);
        }
    }

    [Fact]
    public void It_sorts_stably_whatever_the_length()
    {
        for (var n = 0; n < 260; n++)
        {
            var items = Numbers(n, n + 1, 9).Select((key, i) => (key, i)).ToArray();
            var wanted = items.OrderBy(x => x.key).ToArray();
            GoStableSort.Sort(items.AsSpan(), (a, b) => a.key < b.key);
            items.ShouldBe(wanted);
        }
    }

    /// <summary>Counted by hand from the algorithm: a comparator that always says less reverses a block by insertion.</summary>
    [Fact]
    public void Up_to_twenty_items_are_sorted_by_insertion_even_where_the_order_is_none()
    {
        int[] items = [1, 2, 3, 4, 5];
        GoStableSort.Sort<int>(items, (_, _) => true);
        items.ShouldBe([5, 4, 3, 2, 1]);

        // Scissors beat paper beat stone beat scissors.
        string[] circle = ["stone", "scissors", "paper"];
        GoStableSort.Sort<string>(circle, (a, b) => (a, b) is ("scissors", "paper") or ("paper", "stone") or ("stone", "scissors"));
        circle.ShouldBe(["stone", "scissors", "paper"]);
        string[] turned = ["paper", "stone", "scissors"];
        GoStableSort.Sort<string>(turned, (a, b) => (a, b) is ("scissors", "paper") or ("paper", "stone") or ("stone", "scissors"));
        turned.ShouldBe(["paper", "stone", "scissors"]);
    }

    /// <summary>Equal but for one pair of classes: what a group between two that are compared does to them.</summary>
    [Fact]
    public void Items_that_are_never_compared_keep_others_apart()
    {
        string[] items = ["b", "-", "a"];
        GoStableSort.Sort<string>(items, (x, y) => x != "-" && y != "-" && string.CompareOrdinal(x, y) < 0);
        items.ShouldBe(["b", "-", "a"]);
    }
}
