using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Ascent.Config;
using Ascent.Config.Loading;
using Shouldly;

namespace Ascent.Tests.Config;

/// <summary>
/// A key that nothing reads is a promise that is not kept. The program's own code is asked who calls each key's getter: somebody
/// outside the configuration, or a property of the records that in turn is called from outside.
/// </summary>
public class KeysInForceTests
{
    /// <summary>Keys whose whole effect is on how the rest is loaded or sent to the log at the start, with the code that acts on them.</summary>
    private static readonly Dictionary<string, string> AtLoading = new(StringComparer.Ordinal)
    {
        ["feature_flags.legacy_allow_insecure_origins"] = "ReturnUrls keeps wildcards",
        ["ciphers.algorithm"] = "ConfigRules asks for secrets.cipher",
        ["feature_flags.password_profile_registration_node_group"] = "ConfigRules warns that it has no effect",
        ["courier.channels[].type"] = "CourierRules refuses what is no http",
    };

    [Fact]
    public void Every_key_is_read_outside_the_configuration_or_marked_as_not_in_force()
    {
        var read = Read();
        var idle = KeyTree.Instance.All.Where(k => k.Kind != KeyKind.Section && k.Property is { } p && !Marked(k) && !AtLoading.ContainsKey(k.Path) && !read.Contains(Id(p.GetMethod!)));
        idle.Select(k => k.Path).ShouldBeEmpty();
    }

    [Fact]
    public void No_key_that_is_read_is_marked_as_planned()
    {
        var read = Read();
        KeyTree.Instance.All.Where(k => k.Key.Planned && k.Kind != KeyKind.Section && read.Contains(Id(k.Property!.GetMethod!))).Select(k => k.Path).ShouldBeEmpty();
        KeyTree.Instance.All.ShouldContain(k => k.Key.Planned);
    }

    [Fact]
    public void Who_sets_a_planned_key_is_told()
    {
        var result = Yaml.With("assurance: { profile: kratos }\nlog: { redaction_text: \"***\" }");
        result.Faults.ShouldBeEmpty();
        result.Warnings.Select(w => w.ToString()).ShouldBe(["log.redaction_text: planned, not in force: nothing acts on it yet", "assurance: planned, not in force: nothing acts on it yet"], ignoreOrder: true);
        ConfigPrinter.ReferencePage().ShouldContain("| `assurance.profile` | `nist` \\| `kratos` | `nist` | **+** (planned, not in force)");
    }

    private static bool Marked(KeyNode key) => KeyTree.Instance.All.Any(k => (k.Key.Planned || k.Key.Ignored)
        && (k.Path == key.Path || key.Path.StartsWith(k.Path + ".", StringComparison.Ordinal) || key.Path.StartsWith(k.Path + "[", StringComparison.Ordinal)));

    /// <summary>The getters of the records that code outside the configuration calls, and what those call in turn.</summary>
    private static HashSet<string> Read()
    {
        var all = typeof(AscentConfig).Assembly.GetTypes();
        var records = KeyTree.Instance.All.Select(k => k.Kind == KeyKind.Section ? k.Type : k.Item?.Type).OfType<Type>().Append(typeof(AscentConfig))
            .SelectMany(t => new[] { t, t.BaseType! }).ToHashSet();
        var calls = all.SelectMany(Methods).Select(m => (Method: m, Calls: Calls(m).ToArray())).ToArray();
        var known = calls.Where(c => !IsConfig(c.Method.DeclaringType!)).SelectMany(c => c.Calls).ToHashSet(StringComparer.Ordinal);
        // A property that is worked out from keys passes its reader on to them.
        var passing = calls.Where(c => records.Contains(c.Method.DeclaringType!) && c.Method.GetCustomAttribute<CompilerGeneratedAttribute>() is null).ToArray();
        for (var before = -1; before != known.Count;)
        {
            before = known.Count;
            foreach (var (method, inner) in passing)
                if (known.Contains(Id(method)) || method is MethodInfo m && known.Contains(Id(m.GetBaseDefinition())))
                    known.UnionWith(inner);
        }
        return known;
    }

    private static bool IsConfig(Type type) => type.Namespace?.StartsWith("Ascent.Config", StringComparison.Ordinal) ?? (type.DeclaringType is { } outer && IsConfig(outer));

    private static IEnumerable<MethodBase> Methods(Type type)
    {
        const BindingFlags Own = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        return type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own));
    }

    private static string Id(MethodBase method) => $"{method.Module.ModuleVersionId:n}{method.MetadataToken:x}";

    private static IEnumerable<string> Calls(MethodBase method)
    {
        var il = method.GetMethodBody()?.GetILAsByteArray();
        if (il is null) yield break;
        for (var i = 0; i < il.Length;)
        {
            var code = il[i] == 0xFE ? Codes[0xFE00 | il[i + 1]] : Codes[il[i]];
            i += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineTok && Resolve(method, BitConverter.ToInt32(il, i)) is { } called && called.Module == method.Module) yield return Id(called);
            i += Size(code.OperandType, il, i);
        }
    }

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        if (token >> 24 is not (0x06 or 0x0A or 0x2B)) return null;
        var type = method.DeclaringType!;
        try
        {
            return method.Module.ResolveMethod(token, type.IsGenericType ? type.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (ArgumentException)
        {
            return null; // a field of another module
        }
    }

    private static int Size(OperandType type, byte[] il, int at) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
        _ => 4,
    };

    private static Dictionary<int, OpCode> Codes { get; } = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => (ushort)o.Value is var v && v > 0xFF ? v : (int)v);
}
