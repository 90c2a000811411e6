using System.Runtime.InteropServices;

namespace Ascent.Crypto.Hashing;

/// <summary>
/// The memory that hashes fill: native, aligned, in large pages where the system has them, kept for the next hash because touching fresh
/// pages costs as much as hashing, and wiped after each. All of it together stays within one limit; who would pass it waits for another to
/// give back.
/// </summary>
internal sealed class HashingMemory(Func<long> limit) : IDisposable
{
    private readonly object gate = new();
    private readonly List<NativeBlock> free = [];
    private long held;
    private int rented;
    private bool disposed;

    /// <summary>Bytes held at the moment, in use or kept.</summary>
    public long Held { get { lock (gate) return held; } }

    /// <summary>A buffer of at least so many bytes with any content; waits while others hold too much.</summary>
    public NativeBlock Rent(long bytes)
    {
        lock (gate)
        {
            while (true)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                if (Smallest(bytes) is { } kept)
                {
                    free.Remove(kept);
                    rented++;
                    return kept;
                }
                while (free.Count > 0 && held + bytes > limit()) Drop(free[^1]);
                if (rented == 0 || held + bytes <= limit()) break;
                Monitor.Wait(gate);
            }
            var made = NativeBlock.Allocate(bytes);
            held += made.Capacity;
            rented++;
            return made;
        }
    }

    /// <summary>Takes a buffer back and wipes the first bytes of it, as many as were used.</summary>
    public void Return(NativeBlock block, long used)
    {
        block.Wipe(used);
        lock (gate)
        {
            rented--;
            block.Idle = false;
            free.Add(block);
            if (disposed || held > limit()) Drop(block);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Gives back to the system what was not used since the last call.</summary>
    public void Trim()
    {
        lock (gate)
        {
            foreach (var idle in free.FindAll(b => b.Idle)) Drop(idle);
            foreach (var block in free) block.Idle = true;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            while (free.Count > 0) Drop(free[^1]);
            Monitor.PulseAll(gate);
        }
    }

    private NativeBlock? Smallest(long bytes)
    {
        NativeBlock? best = null;
        foreach (var block in free)
            if (block.Capacity >= bytes && (best is null || block.Capacity < best.Capacity))
                best = block;
        return best;
    }

    private void Drop(NativeBlock block)
    {
        free.Remove(block);
        held -= block.Capacity;
        block.Release();
    }
}

/// <summary>One piece of native memory, aligned to 64 bytes at least.</summary>
internal sealed unsafe partial class NativeBlock
{
    private const long HugePage = 2 * 1024 * 1024;
    private const int ReadWrite = 3, PrivateAnonymous = 0x22, HugePages = 14, KeepOutOfDumps = 16;

    private void* start;
    private readonly nuint length;
    private readonly bool mapped;

    private NativeBlock(void* start, nuint length, bool mapped, byte* pointer, long capacity)
    {
        this.start = start;
        this.length = length;
        this.mapped = mapped;
        Pointer = pointer;
        Capacity = capacity;
    }

    public byte* Pointer { get; private set; }
    public long Capacity { get; }
    public bool Idle { get; set; }

    public static NativeBlock Allocate(long bytes)
    {
        var large = bytes >= HugePage;
        var unit = large ? HugePage : 64 * 1024;
        var capacity = (bytes + unit - 1) / unit * unit;
        if (!OperatingSystem.IsLinux())
        {
            var memory = NativeMemory.AlignedAlloc((nuint)capacity, 4096);
            return new NativeBlock(memory, (nuint)capacity, mapped: false, (byte*)memory, capacity);
        }
        var all = (nuint)(capacity + (large ? HugePage : 0));
        var map = Map(null, all, ReadWrite, PrivateAnonymous, -1, 0);
        if (map == (void*)-1) throw new InvalidOperationException($"The system gave no {capacity} bytes for hashing.");
        var pointer = large ? (byte*)(((nuint)map + HugePage - 1) & ~((nuint)HugePage - 1)) : (byte*)map;
        // Both are wishes: a system that cannot fulfil them still hashes.
        _ = Advise(map, all, KeepOutOfDumps);
        if (large) _ = Advise(pointer, (nuint)capacity, HugePages);
        return new NativeBlock(map, all, mapped: true, pointer, capacity);
    }

    public void Wipe(long bytes) => NativeMemory.Clear(Pointer, (nuint)bytes);

    public void Release()
    {
        if (start is null) return;
        if (mapped) _ = Unmap(start, length);
        else NativeMemory.AlignedFree(start);
        start = null;
        Pointer = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(void* address, nuint length, int advice);
}
