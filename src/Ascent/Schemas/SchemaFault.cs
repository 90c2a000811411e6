namespace Ascent.Schemas;

/// <summary>
/// What is wrong with a value, with what a message needs to say so. Numbers are kept as the text they were written in.
/// </summary>
internal abstract record SchemaFault
{
    private SchemaFault() { }

    /// <summary>The fault in words, without its place.</summary>
    public abstract string Sentence { get; }

    public sealed record WrongType(IReadOnlyList<string> Allowed, string Actual) : SchemaFault
    {
        public override string Sentence => $"expected {string.Join(" or ", Allowed)}, but got {Actual}";
    }

    public sealed record MissingProperties(IReadOnlyList<string> Names) : SchemaFault
    {
        public override string Sentence => $"missing properties: {Quoted(Names)}";
    }

    /// <summary><paramref name="Property"/> is there, so these must be too.</summary>
    public sealed record MissingDependencies(string Property, IReadOnlyList<string> Names) : SchemaFault
    {
        public override string Sentence => $"with \"{Property}\" these must be given too: {Quoted(Names)}";
    }

    public sealed record UnknownProperties(IReadOnlyList<string> Names) : SchemaFault
    {
        public override string Sentence => $"additionalProperties {Quoted(Names)} not allowed";
    }

    public sealed record TooFewProperties(int Minimum, int Actual) : SchemaFault
    {
        public override string Sentence => $"needs at least {Minimum} properties, has {Actual}";
    }

    public sealed record TooManyProperties(int Maximum, int Actual) : SchemaFault
    {
        public override string Sentence => $"may have {Maximum} properties at most, has {Actual}";
    }

    public sealed record TooShort(int Minimum, int Actual) : SchemaFault
    {
        public override string Sentence => $"length must be >= {Minimum}, but got {Actual}";
    }

    public sealed record TooLong(int Maximum, int Actual) : SchemaFault
    {
        public override string Sentence => $"length must be <= {Maximum}, but got {Actual}";
    }

    public sealed record PatternMismatch(string Pattern) : SchemaFault
    {
        public override string Sentence => $"does not match pattern \"{Pattern}\"";
    }

    public sealed record BelowMinimum(string Minimum, string Actual) : SchemaFault
    {
        public override string Sentence => $"must be >= {Minimum} but found {Actual}";
    }

    public sealed record NotAboveMinimum(string Minimum, string Actual) : SchemaFault
    {
        public override string Sentence => $"must be > {Minimum} but found {Actual}";
    }

    public sealed record AboveMaximum(string Maximum, string Actual) : SchemaFault
    {
        public override string Sentence => $"must be <= {Maximum} but found {Actual}";
    }

    public sealed record NotBelowMaximum(string Maximum, string Actual) : SchemaFault
    {
        public override string Sentence => $"must be < {Maximum} but found {Actual}";
    }

    public sealed record NotMultiple(string Base, string Actual) : SchemaFault
    {
        public override string Sentence => $"{Actual} is no multiple of {Base}";
    }

    public sealed record TooFewItems(int Minimum, int Actual) : SchemaFault
    {
        public override string Sentence => $"needs at least {Minimum} items, has {Actual}";
    }

    public sealed record TooManyItems(int Maximum, int Actual) : SchemaFault
    {
        public override string Sentence => $"may have {Maximum} items at most, has {Actual}";
    }

    public sealed record EqualItems(int First, int Second) : SchemaFault
    {
        public override string Sentence => $"items {First} and {Second} are equal";
    }

    public sealed record NoItemMatches : SchemaFault
    {
        public override string Sentence => "no item is as one must be";
    }

    /// <summary><paramref name="Expected"/> is JSON text; <paramref name="Plain"/> says that it is no object or array.</summary>
    public sealed record NotConstant(string Expected, bool Plain) : SchemaFault
    {
        public override string Sentence => $"must be {Expected}";
    }

    /// <summary>The values are JSON texts.</summary>
    public sealed record NotListed(IReadOnlyList<string> Values) : SchemaFault
    {
        public override string Sentence => $"value must be one of {string.Join(", ", Values)}";
    }

    public sealed record BadFormat(string Format, string Value) : SchemaFault
    {
        public override string Sentence => $"\"{Value}\" is not valid \"{Format}\"";
    }

    public sealed record BadEmail(string Value) : SchemaFault
    {
        public override string Sentence => $"\"{Value}\" is not valid \"email\"";
    }

    public sealed record BadPhone(string Value) : SchemaFault
    {
        public override string Sentence => $"\"{Value}\" is not valid \"tel\"";
    }

    public sealed record BadContent(string Kind) : SchemaFault
    {
        public override string Sentence => $"does not hold {Kind}";
    }

    public sealed record NoBranch : SchemaFault
    {
        public override string Sentence => "is like none of the shapes allowed";
    }

    /// <summary>Several shapes fit of which exactly one must; the indices of the first two.</summary>
    public sealed record SeveralBranches(int First, int Second) : SchemaFault
    {
        public override string Sentence => $"is like the shapes {First} and {Second}, but only one may fit";
    }

    public sealed record Forbidden : SchemaFault
    {
        public override string Sentence => "is not allowed here";
    }

    /// <summary>Checking was given up: nested too deep, or too much work.</summary>
    public sealed record TooComplex : SchemaFault
    {
        public override string Sentence => "is too large or nested too deep to be checked";
    }

    private static string Quoted(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));
}
