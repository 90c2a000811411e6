namespace Ascent.Config.Loading;

/// <summary>Keys that a running server cannot change.</summary>
internal static class RestartKeys
{
    /// <summary>The paths of those that differ.</summary>
    public static IReadOnlyList<string> Changed(AscentConfig before, AscentConfig after)
    {
        var changed = new List<string>();
        Compare(KeyTree.Instance.Root, before, after, changed);
        return changed;
    }

    private static void Compare(KeyNode node, object before, object after, List<string> changed)
    {
        foreach (var child in node.Children)
        {
            var (was, now) = (child.Property!.GetValue(before), child.Property.GetValue(after));
            if (child.Key.Restart)
            {
                if (!Equals(was, now)) changed.Add(child.Path);
            }
            else if (child.Kind == KeyKind.Section && was is not null && now is not null)
            {
                Compare(child, was, now, changed);
            }
        }
    }
}
