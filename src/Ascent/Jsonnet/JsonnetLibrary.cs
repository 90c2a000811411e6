using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Ascent.Jsonnet;

/// <summary>
/// Debian's libjsonnet (package libjsonnet0), by its C interface, loaded when first asked for. Each evaluation has a virtual
/// machine of its own: no state passes from one to the next. Imports are refused, so a template reads nothing but its input.
/// Only a child process evaluates (<see cref="JsonnetWorker"/>); the server loads it to see that it is there.
/// </summary>
internal sealed unsafe class JsonnetLibrary
{
    private static readonly Lazy<JsonnetLibrary?> Loaded = new(Load);

    private delegate* unmanaged<nint> make;
    private delegate* unmanaged<nint, void> destroy;
    private delegate* unmanaged<nint, uint, void> maxStack, maxTrace;
    private delegate* unmanaged<nint, byte*, byte*, void> extCode, tlaCode;
    private delegate* unmanaged<nint, nint, nint, void> importCallback;
    private delegate* unmanaged<nint, byte*, byte*, int*, byte*> evaluate;
    private delegate* unmanaged<nint, byte*, nuint, byte*> realloc;

    // The refusal has no other way to the allocator that the library wants its text from.
    private static delegate* unmanaged<nint, byte*, nuint, byte*> allocate;
    private nint refuseImport;

    private JsonnetLibrary() { }

    /// <summary>Null where it is not installed.</summary>
    public static JsonnetLibrary? Installed => Loaded.Value;

    public string Version { get; private init; } = "";

    /// <summary>
    /// The output, or where <paramref name="failed"/> is set, the error with its trace; of either the first
    /// <see cref="JsonnetRequest.MaxOutputBytes"/> and one more. Texts end in a NUL.
    /// </summary>
    public byte[] Evaluate(JsonnetRequest request, out bool failed)
    {
        var vm = make();
        try
        {
            maxStack(vm, (uint)request.MaxStack);
            maxTrace(vm, 2);
            importCallback(vm, refuseImport, vm);
            Bind(vm, extCode, request.Variables);
            Bind(vm, tlaCode, request.Arguments);
            var error = 0;
            byte* output;
            fixed (byte* name = "template\0"u8)
            fixed (byte* text = request.Snippet)
                output = evaluate(vm, name, text, &error);
            failed = error != 0;
            var whole = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(output);
            var bytes = whole[..Math.Min(whole.Length, request.MaxOutputBytes + 1)].ToArray();
            realloc(vm, output, 0);
            return bytes;
        }
        finally
        {
            destroy(vm);
        }
    }

    private static void Bind(nint vm, delegate* unmanaged<nint, byte*, byte*, void> bind, IReadOnlyList<(byte[] Name, byte[] Code)> values)
    {
        foreach (var (name, code) in values)
            fixed (byte* n = name)
            fixed (byte* c = code)
                bind(vm, n, c);
    }

    private static JsonnetLibrary? Load()
    {
        nint library = 0;
        foreach (var name in (ReadOnlySpan<string>)["libjsonnet.so.0", "libjsonnet.so", "libjsonnet.0.dylib"])
            if (NativeLibrary.TryLoad(name, out library)) break;
        if (library == 0) return null;
        nint At(string export) => NativeLibrary.GetExport(library, export);
        var version = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)At("jsonnet_version"))()) ?? "";
        allocate = (delegate* unmanaged<nint, byte*, nuint, byte*>)At("jsonnet_realloc");
        return new JsonnetLibrary
        {
            Version = version,
            make = (delegate* unmanaged<nint>)At("jsonnet_make"),
            destroy = (delegate* unmanaged<nint, void>)At("jsonnet_destroy"),
            maxStack = (delegate* unmanaged<nint, uint, void>)At("jsonnet_max_stack"),
            maxTrace = (delegate* unmanaged<nint, uint, void>)At("jsonnet_max_trace"),
            extCode = (delegate* unmanaged<nint, byte*, byte*, void>)At("jsonnet_ext_code"),
            tlaCode = (delegate* unmanaged<nint, byte*, byte*, void>)At("jsonnet_tla_code"),
            importCallback = (delegate* unmanaged<nint, nint, nint, void>)At("jsonnet_import_callback"),
            evaluate = (delegate* unmanaged<nint, byte*, byte*, int*, byte*>)At("jsonnet_evaluate_snippet"),
            realloc = allocate,
            refuseImport = HasBinaryImports(version)
                ? (nint)(delegate* unmanaged<nint, byte*, byte*, byte**, byte**, nuint*, int>)&RefuseBinary
                : (nint)(delegate* unmanaged<nint, byte*, byte*, byte**, int*, byte*>)&RefuseText,
        };
    }

    /// <summary>importbin came with 0.19 and changed the callback's signature, not the library's name.</summary>
    internal static bool HasBinaryImports(string version)
    {
        var numbers = version.TrimStart('v').Split('.');
        return numbers.Length < 2
            || !int.TryParse(numbers[0], CultureInfo.InvariantCulture, out var major)
            || !int.TryParse(numbers[1], CultureInfo.InvariantCulture, out var minor)
            || major > 0 || minor >= 19;
    }

    [UnmanagedCallersOnly]
    private static byte* RefuseText(nint vm, byte* folder, byte* path, byte** found, int* success)
    {
        *success = 0;
        return Refusal(vm, out _);
    }

    [UnmanagedCallersOnly]
    private static int RefuseBinary(nint vm, byte* folder, byte* path, byte** found, byte** text, nuint* length)
    {
        *text = Refusal(vm, out *length);
        return 1;
    }

    private static byte* Refusal(nint vm, out nuint length)
    {
        var words = "a template may not import\0"u8;
        var text = allocate(vm, null, (nuint)words.Length);
        words.CopyTo(new Span<byte>(text, words.Length));
        length = (nuint)(words.Length - 1);
        return text;
    }

    public static byte[] Terminated(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    public static byte[] Terminated(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length + 1];
        text.CopyTo(bytes);
        return bytes;
    }
}
