using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Config;

/// <summary>Loads texts as the server loads files.</summary>
internal static class Yaml
{
    /// <summary>The least configuration that is good and gives no warning.</summary>
    public const string Least = """
        dsn: sqlite:///var/lib/ascent/db.sqlite
        secrets: { default: [ "a-secret-long-enough" ] }
        serve: { admin: { host: 127.0.0.1 } }
        identity: { schemas: [ { id: default, url: "base64://e30" } ] }
        selfservice: { default_browser_return_url: "https://app.example.org/" }
        """;

    public static ConfigResult Load(IReadOnlyList<string> texts, IReadOnlyDictionary<string, string>? environment = null, bool dev = false) =>
        new ConfigLoader(new ConfigSource { Environment = environment ?? new Dictionary<string, string>(), Dev = dev })
            .Load([.. texts.Select((t, i) => ($"{i}.yml", t))]);

    /// <summary>The least configuration with <paramref name="more"/> over it.</summary>
    public static ConfigResult With(string more, bool dev = false) => Load([Least, more], dev: dev);

    public static AscentConfig Good(string more, bool dev = false)
    {
        var result = With(more, dev);
        result.Faults.ShouldBeEmpty();
        return result.Required;
    }
}
