using System.Runtime.InteropServices;
using System.Text;

namespace Ascent.Jsonnet;

/// <summary>
/// libjsonnet's formatter, with its own defaults. For the command line alone: it reads an operator's file in a process that
/// ends with it, and evaluates nothing.
/// </summary>
internal sealed unsafe class JsonnetFormatter
{
    private static readonly Lazy<JsonnetFormatter?> Loaded = new(Load);

    private delegate* unmanaged<nint> make;
    private delegate* unmanaged<nint, void> destroy;
    private delegate* unmanaged<nint, byte*, byte*, int*, byte*> format;
    private delegate* unmanaged<nint, byte*, nuint, byte*> realloc;

    private JsonnetFormatter() { }

    /// <summary>Null where libjsonnet is not installed.</summary>
    public static JsonnetFormatter? Installed => Loaded.Value;

    /// <summary>The formatted text, or what is wrong with the snippet.</summary>
    public bool TryFormat(string name, string snippet, out string result)
    {
        var vm = make();
        try
        {
            var error = 0;
            byte* output;
            fixed (byte* file = JsonnetLibrary.Terminated(name))
            fixed (byte* text = JsonnetLibrary.Terminated(snippet))
                output = format(vm, file, text, &error);
            result = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(output));
            realloc(vm, output, 0);
            if (error != 0) result = result.TrimEnd();
            return error == 0;
        }
        finally
        {
            destroy(vm);
        }
    }

    private static JsonnetFormatter? Load()
    {
        nint library = 0;
        foreach (var name in (ReadOnlySpan<string>)["libjsonnet.so.0", "libjsonnet.so", "libjsonnet.0.dylib"])
            if (NativeLibrary.TryLoad(name, out library)) break;
        return library == 0 ? null : new JsonnetFormatter
        {
            make = (delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "jsonnet_make"),
            destroy = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "jsonnet_destroy"),
            format = (delegate* unmanaged<nint, byte*, byte*, int*, byte*>)NativeLibrary.GetExport(library, "jsonnet_fmt_snippet"),
            realloc = (delegate* unmanaged<nint, byte*, nuint, byte*>)NativeLibrary.GetExport(library, "jsonnet_realloc"),
        };
    }
}
