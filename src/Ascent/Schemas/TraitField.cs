namespace Ascent.Schemas;

/// <summary>One property of the traits as a form shows it. <see cref="Name"/> is the dotted path (<c>traits.name.first</c>).</summary>
internal sealed record TraitField
{
    public required string Name { get; init; }

    /// <summary>string, number, integer, boolean, array or null where the schema leaves it open.</summary>
    public string? JsonType { get; init; }

    /// <summary>The type of an array's items.</summary>
    public string? ItemType { get; init; }

    public string? Format { get; init; }
    public string? Title { get; init; }
    public string? Pattern { get; init; }
    public bool Required { get; init; }

    /// <summary>The allowed values as JSON texts; null if there is no list.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    public bool DisableFormField { get; init; }

    /// <summary>What the ory.sh/kratos keyword says of it (of its items, for an array).</summary>
    public TraitRole Role { get; init; } = TraitRole.None;

    /// <summary>The type of the input element: text, number, checkbox, password, email, tel, url, date or datetime-local.</summary>
    public string InputType => JsonType switch
    {
        "number" or "integer" => "number",
        "boolean" => "checkbox",
        _ when Name.EndsWith(".password", StringComparison.Ordinal) => "password",
        _ => Format switch
        {
            "date-time" => "datetime-local",
            "email" => "email",
            "tel" => "tel",
            "date" => "date",
            "uri" => "url",
            _ => "text",
        },
    };

    public string? Autocomplete => InputType switch { "email" => "email", "tel" => "tel", "url" => "url", _ => null };
}

/// <summary>The ory.sh/kratos keyword of a property.</summary>
internal sealed record TraitRole
{
    public static TraitRole None { get; } = new();

    public bool PasswordIdentifier { get; init; }
    public bool WebAuthnIdentifier { get; init; }
    public bool PasskeyDisplayName { get; init; }
    public bool TotpAccountName { get; init; }

    /// <summary>Sign-in codes go to it by this way.</summary>
    public AddressVia? Code { get; init; }
    public AddressVia? Verification { get; init; }
    public AddressVia? Recovery { get; init; }

    public bool IsIdentifier => PasswordIdentifier || WebAuthnIdentifier || Code is not null;

    /// <summary>Some use of the property takes a telephone number.</summary>
    public bool IsPhone => Code == AddressVia.Sms || Verification == AddressVia.Sms || Recovery == AddressVia.Sms;

    /// <summary>What either of them declares; where both name a way, the first one's.</summary>
    public TraitRole And(TraitRole other) => new()
    {
        PasswordIdentifier = PasswordIdentifier || other.PasswordIdentifier,
        WebAuthnIdentifier = WebAuthnIdentifier || other.WebAuthnIdentifier,
        PasskeyDisplayName = PasskeyDisplayName || other.PasskeyDisplayName,
        TotpAccountName = TotpAccountName || other.TotpAccountName,
        Code = Code ?? other.Code,
        Verification = Verification ?? other.Verification,
        Recovery = Recovery ?? other.Recovery,
    };
}
