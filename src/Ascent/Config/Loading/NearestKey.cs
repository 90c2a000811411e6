namespace Ascent.Config.Loading;

/// <summary>The known key a misspelt one most likely meant.</summary>
internal static class NearestKey
{
    /// <summary>Where a key of this name belongs: beside it if it is spelt alike, otherwise anywhere under that very name.</summary>
    public static string? Find(KeyNode parent, string parentPath, string unknown)
    {
        var near = parent.Children
            .Select(c => (c.Name, Distance: Distance(c.Name, unknown)))
            .Where(c => c.Distance <= Math.Max(1, Math.Min(c.Name.Length, unknown.Length) / 3))
            .OrderBy(c => c.Distance)
            .FirstOrDefault();
        if (near.Name is not null) return Join(parentPath, near.Name);
        var elsewhere = KeyTree.Instance.All.Where(k => k.Name == unknown && unknown is not ("config" or "enabled" or "id")).Take(2).ToList();
        return elsewhere is [var only] ? only.Path : null;
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>Levenshtein's distance.</summary>
    public static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = a[i - 1] == b[j - 1] ? diagonal : 1 + Math.Min(diagonal, Math.Min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
