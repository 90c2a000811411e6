namespace Ascent.Config;

/// <summary>A text that must never be shown: printing the configuration, a record or a log line gives a placeholder.</summary>
internal sealed record Secret(string Value)
{
    public const string Shown = "[redacted]";

    public override string ToString() => Shown;
}

/// <summary>An amount of memory.</summary>
internal readonly record struct ByteSize(long Bytes)
{
    public long KiB => Bytes / 1024;

    public override string ToString() => ByteSizes.Format(Bytes);
}
