namespace Ascent.Flows.Nodes;

/// <summary>
/// A stable sort that makes the very comparisons of Go's <c>sort.SliceStable</c>: insertion sort of blocks of twenty, then
/// in-place merging (SymMerge: Kim and Kutzner, "Stable minimum storage merging by symmetric comparisons", 2004). For an
/// order that is transitive any stable sort gives the same answer; the order of nodes is not, and pages rely on what comes out.
/// </summary>
internal static class GoStableSort
{
    private const int Block = 20;

    public static void Sort<T>(Span<T> items, Func<T, T, bool> less)
    {
        var n = items.Length;
        for (var a = 0; a < n; a += Block) Insert(items, a, Math.Min(a + Block, n), less);
        for (var width = Block; width < n; width *= 2)
            for (var a = 0; a + width < n; a += 2 * width)
                Merge(items, a, a + width, Math.Min(a + (2 * width), n), less);
    }

    private static void Insert<T>(Span<T> items, int from, int to, Func<T, T, bool> less)
    {
        for (var i = from + 1; i < to; i++)
            for (var j = i; j > from && less(items[j], items[j - 1]); j--)
                Swap(items, j, j - 1);
    }

    /// <summary>Merges the sorted runs [a, m) and [m, b).</summary>
    private static void Merge<T>(Span<T> items, int a, int m, int b, Func<T, T, bool> less)
    {
        if (m - a == 1)
        {
            InsertFirst(items, a, m, b, less);
            return;
        }
        if (b - m == 1)
        {
            InsertLast(items, a, m, less);
            return;
        }
        var mid = (int)((uint)(a + b) >> 1);
        var n = mid + m;
        // The split point by symmetric binary search: what lies left of it stays left of what lies right.
        var (start, r) = m > mid ? (n - b, mid) : (a, m);
        var p = n - 1;
        while (start < r)
        {
            var c = (int)((uint)(start + r) >> 1);
            if (!less(items[p - c], items[c])) start = c + 1;
            else r = c;
        }
        var end = n - start;
        if (start < m && m < end) Rotate(items, start, m, end);
        if (a < start && start < mid) Merge(items, a, start, mid, less);
        if (mid < end && end < b) Merge(items, mid, end, b, less);
    }

    /// <summary>The left run is one item: it moves right past everything that is less.</summary>
    private static void InsertFirst<T>(Span<T> items, int a, int m, int b, Func<T, T, bool> less)
    {
        var (lo, hi) = (m, b);
        while (lo < hi)
        {
            var c = (int)((uint)(lo + hi) >> 1);
            if (less(items[c], items[a])) lo = c + 1;
            else hi = c;
        }
        for (var k = a; k < lo - 1; k++) Swap(items, k, k + 1);
    }

    /// <summary>The right run is one item: it moves left before everything that is greater.</summary>
    private static void InsertLast<T>(Span<T> items, int a, int m, Func<T, T, bool> less)
    {
        var (lo, hi) = (a, m);
        while (lo < hi)
        {
            var c = (int)((uint)(lo + hi) >> 1);
            if (!less(items[m], items[c])) lo = c + 1;
            else hi = c;
        }
        for (var k = m; k > lo; k--) Swap(items, k, k - 1);
    }

    /// <summary>Exchanges the neighbours [a, m) and [m, b). It compares nothing, so how it moves them is free.</summary>
    private static void Rotate<T>(Span<T> items, int a, int m, int b)
    {
        items[a..m].Reverse();
        items[m..b].Reverse();
        items[a..b].Reverse();
    }

    private static void Swap<T>(Span<T> items, int i, int j) => (items[i], items[j]) = (items[j], items[i]);
}
