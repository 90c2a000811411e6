using System.Globalization;
using System.Text;

namespace Ascent.Http.Telemetry;

/// <summary>Writes the text format that Prometheus reads.</summary>
internal sealed class Figures
{
    public const string RequestDuration = "http.server.request.duration";

    private readonly StringBuilder text = new(16 * 1024);

    public void Head(string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(help, quotes: false)).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    public void Value(string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    public void Single(string name, string type, string help, double value)
    {
        Head(name, type, help);
        Value(name, "", value);
    }

    /// <summary>A histogram's lines; <paramref name="counts"/> holds one more than there are bounds.</summary>
    public void Histogram(string name, string labels, double[] bounds, long[] counts, double sum)
    {
        var comma = labels.Length > 0 ? "," : "";
        long total = 0;
        for (var i = 0; i < bounds.Length; i++)
        {
            total += counts[i];
            Value(name + "_bucket", $"{labels}{comma}le=\"{Number(bounds[i])}\"", total);
        }
        total += counts[bounds.Length];
        Value(name + "_bucket", $"{labels}{comma}le=\"+Inf\"", total);
        Value(name + "_sum", labels, sum);
        Value(name + "_count", labels, total);
    }

    public static string Label(string name, string? value) => $"{Name(name)}=\"{Escape(value ?? "", quotes: true)}\"";

    /// <summary>Dots and dashes are no part of a Prometheus name.</summary>
    public static string Name(string name)
    {
        var clean = string.Create(name.Length, name, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        });
        return clean.Length > 0 && char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }

    public override string ToString() => text.ToString();

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : double.IsNaN(value) ? "NaN" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string value, bool quotes)
    {
        value = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? value.Replace("\"", "\\\"", StringComparison.Ordinal) : value;
    }
}
