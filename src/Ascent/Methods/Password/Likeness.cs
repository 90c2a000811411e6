namespace Ascent.Methods.Password;

/// <summary>
/// Whether a password says what its owner signs in with: fewer than five letters to change make one of the other, or more than
/// half of the password is one piece of it. Capitals do not matter.
/// </summary>
internal static class Likeness
{
    private const int FewestChanges = 5;
    private const double LargestPart = 0.5;

    /// <summary>No identity can have a longer identifier.</summary>
    private const int LongestIdentifier = 512;

    public static bool IsLike(string password, string identifier)
    {
        if (identifier.Length is 0 or > LongestIdentifier) return false;
        // Of so long a password no identifier is half, and it differs by more letters than that.
        if (password.Length > (2 * identifier.Length) + FewestChanges) return false;
        var (a, b) = (password.ToLowerInvariant(), identifier.ToLowerInvariant());
        return Changes(a, b) < FewestChanges || LongestPiece(a, b) > LargestPart * a.Length;
    }

    /// <summary>The fewest letters to insert, delete or replace.</summary>
    internal static int Changes(string a, string b)
    {
        var (above, row) = (new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            (above, row) = (row, above);
        }
        return above[b.Length];
    }

    /// <summary>The length of the longest text that stands in both.</summary>
    internal static int LongestPiece(string a, string b)
    {
        var longest = 0;
        var (above, row) = (new int[b.Length + 1], new int[b.Length + 1]);
        foreach (var letter in a)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = letter == b[j - 1] ? above[j - 1] + 1 : 0;
                longest = Math.Max(longest, row[j]);
            }
            (above, row) = (row, above);
        }
        return longest;
    }
}
