namespace Ascent.Courier.Channels;

/// <summary>A URL with stars: <c>*</c> stands for what has no slash and no dot, <c>**</c> for anything.</summary>
internal static class UrlPattern
{
    public static bool Fits(string url, string pattern) => Fits(url.AsSpan(), pattern.AsSpan());

    private static bool Fits(ReadOnlySpan<char> url, ReadOnlySpan<char> pattern)
    {
        while (pattern.Length > 0)
        {
            if (pattern[0] != '*')
            {
                if (url.Length == 0 || url[0] != pattern[0]) return false;
                url = url[1..];
                pattern = pattern[1..];
                continue;
            }
            var any = pattern.StartsWith("**");
            var rest = pattern[(any ? 2 : 1)..];
            for (var i = 0; ; i++)
            {
                if (Fits(url[i..], rest)) return true;
                if (i == url.Length || (!any && url[i] is '/' or '.')) return false;
            }
        }
        return url.Length == 0;
    }
}
