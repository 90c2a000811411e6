using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Ascent.Schemas.Validation;

/// <summary>
/// Walks a value along a compiled schema. It stops for good when the walk gets too deep or takes too many steps
/// (schemas like anyOf over themselves would take 2^depth): the value is then refused as too complex.
/// </summary>
internal sealed class Evaluator
{
    private const int MaxDepth = 400;
    private const int MaxSteps = 500_000;
    private const int MaxErrors = 500;

    private static readonly SchemaError Unsaid = new("", "", "", new SchemaFault.Forbidden());

    private readonly List<SchemaAnnotation>? annotations;
    private readonly List<(object Step, string? Pointer)> path = [];
    private int depth;
    private int quiet;
    private int steps;
    private bool exhausted;

    private Evaluator(List<SchemaAnnotation>? annotations) => this.annotations = annotations;

    public static IReadOnlyList<SchemaError> Run(SchemaNode root, JsonElement value, List<SchemaAnnotation>? annotations)
    {
        var evaluator = new Evaluator(annotations);
        List<SchemaError> errors = [];
        evaluator.Check(root, value, errors);
        if (!evaluator.exhausted) return errors;
        annotations?.Clear();
        return [new SchemaError("", JsonPointer.Root, root.Pointer, new SchemaFault.TooComplex())];
    }

    /// <summary>Where in the value the walk is; each step's pointer is made once, and only for a walk that found a fault.</summary>
    public string Here
    {
        get
        {
            var made = path.Count;
            while (made > 0 && path[made - 1].Pointer is null) made--;
            var pointer = made == 0 ? JsonPointer.Root : path[made - 1].Pointer!;
            for (; made < path.Count; made++)
            {
                var step = path[made].Step;
                pointer = step is string name ? JsonPointer.Append(pointer, name) : JsonPointer.Append(pointer, (int)step);
                path[made] = (step, pointer);
            }
            return pointer;
        }
    }

    public bool CheckChild(SchemaNode node, JsonElement value, object step, List<SchemaError> errors)
    {
        path.Add((step, null));
        var good = Check(node, value, errors);
        path.RemoveAt(path.Count - 1);
        return good;
    }

    /// <summary>Adds what is wrong to <paramref name="errors"/>; true if nothing is.</summary>
    public bool Check(SchemaNode node, JsonElement value, List<SchemaError> errors)
    {
        if (exhausted) return true;
        if (errors.Count >= MaxErrors) return false;
        if (++steps > MaxSteps || depth >= MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            exhausted = true;
            return true;
        }
        depth++;
        var before = errors.Count;
        if (node.Always is { } answer)
        {
            if (!answer) errors.Add(quiet > 0 ? Unsaid : new SchemaError("false", Here, node.Pointer, new SchemaFault.Forbidden()));
        }
        else if (node.Ref is not null)
        {
            Check(node.Ref, value, errors);
        }
        else
        {
            Keywords(node, value, errors);
        }
        depth--;
        return errors.Count == before;
    }

    public void Fail(SchemaNode node, string keyword, SchemaFault fault, List<SchemaError> errors, IReadOnlyList<SchemaError>? children = null) =>
        errors.Add(quiet > 0 ? Unsaid : new SchemaError(keyword, Here, JsonPointer.Append(node.Pointer, keyword), fault, children ?? []));

    private void Keywords(SchemaNode node, JsonElement value, List<SchemaError> errors)
    {
        if (node.Type is not null && !HasType(value, node.Type.Allowed))
        {
            // What is of another type altogether needs no further word.
            Fail(node, "type", new SchemaFault.WrongType(node.Type.Names, NameOf(value.ValueKind)), errors);
            return;
        }
        if (node.Const is not null && !JsonEquality.Instance.Equals(node.Const.Value, value))
            Fail(node, "const", new SchemaFault.NotConstant(node.Const.Value.GetRawText(), node.Const.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)), errors);
        if (node.Enum is not null && !node.Enum.Set.Contains(value))
            Fail(node, "enum", new SchemaFault.NotListed([.. node.Enum.Values.Select(v => v.GetRawText())]), errors);

        if (node.Format is not null && value.ValueKind == JsonValueKind.String) CheckFormat(node, node.Format, value.GetString()!, errors);
        Combine(node, value, errors);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when node.Object is not null: ObjectChecks.Run(this, node, node.Object, value, errors); break;
            case JsonValueKind.Array when node.Array is not null: ArrayChecks.Run(this, node, node.Array, value, errors); break;
            case JsonValueKind.String when node.String is not null: ScalarChecks.Text(this, node, node.String, value.GetString()!, errors); break;
            case JsonValueKind.Number when node.Number is not null: ScalarChecks.Number(this, node, node.Number, value, errors); break;
        }
        if (node.Extension is not null) annotations?.Add(new SchemaAnnotation(node.Extension, value, Here, node.Pointer));
    }

    private void Combine(SchemaNode node, JsonElement value, List<SchemaError> errors)
    {
        if (node.Not is not null)
        {
            if (Holds(node.Not, value) && !exhausted) Fail(node, "not", new SchemaFault.Forbidden(), errors);
        }
        foreach (var branch in node.AllOf) Check(branch, value, errors);
        if (node.AnyOf.Length > 0) AnyOf(node, value, errors);
        if (node.OneOf.Length > 0) OneOf(node, value, errors);
        if (node.If is null) return;
        var next = Holds(node.If, value) ? node.Then : node.Else;
        if (next is not null) Check(next, value, errors);
    }

    /// <summary>A branch that may fail: what it noted is forgotten if it does.</summary>
    private bool Try(SchemaNode node, JsonElement value, List<SchemaError> errors)
    {
        var noted = annotations?.Count ?? 0;
        if (Check(node, value, errors)) return true;
        annotations?.RemoveRange(noted, annotations.Count - noted);
        return false;
    }

    /// <summary>A branch whose errors nobody will read.</summary>
    public bool Holds(SchemaNode node, JsonElement value)
    {
        quiet++;
        var good = Try(node, value, []);
        quiet--;
        return good;
    }

    private void AnyOf(SchemaNode node, JsonElement value, List<SchemaError> errors)
    {
        List<SchemaError> children = [];
        var any = false;
        foreach (var branch in node.AnyOf) any |= Try(branch, value, children);
        if (!any) Fail(node, "anyOf", new SchemaFault.NoBranch(), errors, children);
    }

    private void OneOf(SchemaNode node, JsonElement value, List<SchemaError> errors)
    {
        List<SchemaError> children = [];
        var first = -1;
        for (var i = 0; i < node.OneOf.Length; i++)
        {
            if (!Try(node.OneOf[i], value, children)) continue;
            if (first >= 0)
            {
                Fail(node, "oneOf", new SchemaFault.SeveralBranches(first, i), errors);
                return;
            }
            first = i;
        }
        if (first < 0) Fail(node, "oneOf", new SchemaFault.NoBranch(), errors, children);
    }

    private void CheckFormat(SchemaNode node, FormatRule format, string value, List<SchemaError> errors)
    {
        if (format.Accepts(value)) return;
        Fail(node, "format", FormatFault(format.Name, value), errors);
    }

    /// <summary>An address that is there but wrong has its own message; an empty one does not.</summary>
    public static SchemaFault FormatFault(string format, string value) => format switch
    {
        "email" when value.Length > 0 => new SchemaFault.BadEmail(value),
        "tel" when value.Length > 0 => new SchemaFault.BadPhone(value),
        _ => new SchemaFault.BadFormat(format, value),
    };

    private static bool HasType(JsonElement value, JsonKinds allowed) => value.ValueKind switch
    {
        JsonValueKind.Null => allowed.HasFlag(JsonKinds.Null),
        JsonValueKind.True or JsonValueKind.False => allowed.HasFlag(JsonKinds.Boolean),
        JsonValueKind.Object => allowed.HasFlag(JsonKinds.Object),
        JsonValueKind.Array => allowed.HasFlag(JsonKinds.Array),
        JsonValueKind.String => allowed.HasFlag(JsonKinds.String),
        JsonValueKind.Number => allowed.HasFlag(JsonKinds.Number)
            || (allowed.HasFlag(JsonKinds.Integer) && JsonNumber.TryRead(value, out var number) && number.IsInteger),
        _ => false,
    };

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => kind.ToString().ToLower(CultureInfo.InvariantCulture),
    };
}
