using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Ascent.Config.Loading;

/// <summary>
/// All keys, read once from the records' <see cref="KeyAttribute"/>s. The one source of what may stand in a kratos.yml:
/// <see cref="Binder"/> parses by it, <see cref="EnvironmentOverrides"/> finds variables by it, <see cref="Reference"/> prints it.
/// </summary>
internal sealed class KeyTree
{
    public static KeyTree Instance { get; } = new();

    private KeyTree() => Root = KeyNode.Section(typeof(AscentConfig), "");

    public KeyNode Root { get; }

    /// <summary>Every key below the root, depth first; list items as name[], map entries as name.*.</summary>
    public IEnumerable<KeyNode> All => Root.Descendants;
}

internal enum KeyKind { Section, List, Map, Text, Secret, Number, Decimal, Flag, Duration, Size, Choice, Any }

internal sealed class KeyNode
{
    private KeyNode(string path, string name, KeyKind kind, Type type, KeyAttribute key)
    {
        (Path, Name, Kind, Type, Key) = (path, name, kind, type, key);
        if (kind == KeyKind.Choice) Choices = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToFrozenDictionary(f => f.GetCustomAttribute<KeyAttribute>()?.Name ?? SnakeCase(f.Name), f => f.GetValue(null)!, StringComparer.Ordinal);
    }

    public string Path { get; }
    public string Name { get; }
    public KeyKind Kind { get; }

    /// <summary>The record, enum or scalar; for lists and maps that of the items.</summary>
    public Type Type { get; }
    public KeyAttribute Key { get; }

    /// <summary>Not a key of Kratos, by its own mark or a parent's.</summary>
    public bool Ours { get; private init; }
    public PropertyInfo? Property { get; private init; }

    /// <summary>The value without configuration; of sections, their record of defaults.</summary>
    public object? Default { get; private init; }

    public IReadOnlyList<KeyNode> Children { get; private init; } = [];
    public KeyNode? Item { get; private init; }
    public FrozenDictionary<string, object> Choices { get; } = FrozenDictionary<string, object>.Empty;

    public string EnvironmentName => Name.ToUpperInvariant().Replace('-', '_');

    public KeyNode? Child(string name) => Children.FirstOrDefault(c => c.Name == name);

    public IEnumerable<KeyNode> Descendants =>
        Children.SelectMany(c => c.Descendants.Prepend(c)).Concat(Item is { Kind: KeyKind.Section } item ? item.Descendants : []);

    public static KeyNode Section(Type record, string path, KeyAttribute? key = null, PropertyInfo? property = null, object? value = null, bool ours = false)
    {
        var defaults = Activator.CreateInstance(record);
        return new KeyNode(path, path[(path.LastIndexOf('.') + 1)..], KeyKind.Section, record, key ?? new KeyAttribute(""))
        {
            Property = property,
            Default = value,
            Ours = ours,
            // What a base record declares comes first; within a record, the order of the file.
            Children = [.. record.GetProperties().OrderBy(p => Depth(p.DeclaringType)).ThenBy(p => p.MetadataToken)
                .Select(p => Of(p, path, defaults!, ours)).OfType<KeyNode>()],
        };

        static int Depth(Type? type) => type is null ? 0 : 1 + Depth(type.BaseType);
    }

    private static KeyNode? Of(PropertyInfo property, string parent, object defaults, bool parentIsOurs)
    {
        if (property.GetCustomAttribute<KeyAttribute>() is not { } key) return null;
        var name = key.Name ?? SnakeCase(property.Name);
        var path = parent.Length == 0 ? name : $"{parent}.{name}";
        var value = property.GetValue(defaults);
        var type = property.PropertyType;
        var ours = parentIsOurs || key.Ours;
        if (type.IsGenericType && type.GetGenericTypeDefinition() is var g && (g == typeof(IReadOnlyList<>) || g == typeof(IReadOnlyDictionary<,>)))
        {
            var list = g == typeof(IReadOnlyList<>);
            var item = type.GetGenericArguments()[^1];
            return new KeyNode(path, name, list ? KeyKind.List : KeyKind.Map, item, key)
            {
                Property = property,
                Default = value,
                Ours = ours,
                Item = Leaf(item, path + (list ? "[]" : ".*"), key, ours),
            };
        }
        type = Nullable.GetUnderlyingType(type) ?? type;
        return KindOf(type) == KeyKind.Section
            ? Section(type, path, key, property, value, ours)
            : new KeyNode(path, name, KindOf(type), type, key) { Property = property, Default = value, Ours = ours };
    }

    private static KeyNode Leaf(Type type, string path, KeyAttribute key, bool ours) =>
        KindOf(type) == KeyKind.Section ? Section(type, path, key, ours: ours) : new KeyNode(path, path, KindOf(type), type, key);

    private static KeyKind KindOf(Type type) => type switch
    {
        _ when type == typeof(string) => KeyKind.Text,
        _ when type == typeof(Secret) => KeyKind.Secret,
        _ when type == typeof(int) => KeyKind.Number,
        _ when type == typeof(double) => KeyKind.Decimal,
        _ when type == typeof(bool) => KeyKind.Flag,
        _ when type == typeof(TimeSpan) => KeyKind.Duration,
        _ when type == typeof(ByteSize) => KeyKind.Size,
        _ when type == typeof(JsonElement) => KeyKind.Any,
        { IsEnum: true } => KeyKind.Choice,
        _ => KeyKind.Section,
    };

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
