namespace Ascent.Config;

/// <summary>
/// Marks a property as a configuration key. The records are the one list of keys: their properties give path, type and
/// default, this attribute the rest. Parsing, environment overrides, near-miss warnings and the reference page read it.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class KeyAttribute(string doc) : Attribute
{
    public string Doc { get; } = doc;

    /// <summary>The key's name where snake case of the property's name is not it.</summary>
    public string? Name { get; init; }

    /// <summary>The configuration is refused without it.</summary>
    public bool Required { get; init; }

    /// <summary>A running server cannot take a new value; the reload says so.</summary>
    public bool Restart { get; init; }

    /// <summary>Not a key of Kratos.</summary>
    public bool Ours { get; init; }

    /// <summary>Accepted so that a kratos.yml loads without a warning; nothing here acts on it.</summary>
    public bool Ignored { get; init; }

    /// <summary>With <see cref="Ignored"/>: the key that does the work today. Using the old one is a warning.</summary>
    public string? Instead { get; init; }

    /// <summary>Nothing acts on it yet: the reference says so, and giving it a value of its own is a warning. A test finds keys that should have the mark.</summary>
    public bool Planned { get; init; }

    /// <summary>What the reference shows as the default, where it is worked out from other keys.</summary>
    public string? Default { get; init; }

    /// <summary>Least allowed: a number, seconds for a duration, items for a list, characters for a text.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Most allowed, counted as <see cref="Min"/>.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    public TextFormat Format { get; init; }
}

/// <summary>What a text must look like.</summary>
internal enum TextFormat
{
    Any,

    /// <summary>An absolute http or https URL.</summary>
    HttpUrl,

    /// <summary>An absolute URL of any scheme, or a path.</summary>
    UrlReference,

    /// <summary>An absolute URL of any scheme.</summary>
    Url,

    /// <summary>A document by reference: file://, base64://, http:// or https://.</summary>
    Document,

    /// <summary>As <see cref="Document"/>, or a bare path as older versions took it.</summary>
    DocumentOrPath,

    /// <summary>An address range such as 10.0.0.0/8, or one address.</summary>
    AddressRange,

    /// <summary>An e-mail address.</summary>
    Email,
}
