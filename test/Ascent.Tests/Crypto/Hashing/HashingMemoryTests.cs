using Ascent.Crypto.Hashing;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing;

public sealed class HashingMemoryTests
{
    private const long MiB = 1024 * 1024;

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(4 * MiB)]
    public void A_buffer_is_used_again_and_wiped_between(long bytes)
    {
        using var memory = new HashingMemory(() => 16 * MiB);
        var first = memory.Rent(bytes);
        Fill(first, bytes);
        memory.Return(first, bytes);
        var second = memory.Rent(bytes);
        second.ShouldBeSameAs(first);
        IsZero(second, bytes).ShouldBeTrue();
        IsAligned(second).ShouldBeTrue();
        memory.Return(second, bytes);
    }

    [Fact]
    public void Who_would_pass_the_limit_waits_until_another_gives_back()
    {
        using var memory = new HashingMemory(() => 8 * MiB);
        var first = memory.Rent(6 * MiB);
        NativeBlock? second = null;
        var thread = new Thread(() => second = memory.Rent(4 * MiB)) { IsBackground = true };
        thread.Start();
        SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), TimeSpan.FromSeconds(20)).ShouldBeTrue();
        memory.Held.ShouldBe(6 * MiB);
        memory.Return(first, 0);
        thread.Join(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        second!.Capacity.ShouldBe(6 * MiB);
        memory.Return(second, 0);
    }

    [Fact]
    public void What_is_kept_makes_room_for_something_larger()
    {
        using var memory = new HashingMemory(() => 8 * MiB);
        memory.Return(memory.Rent(2 * MiB), 0);
        memory.Return(memory.Rent(8 * MiB), 0);
        memory.Held.ShouldBe(8 * MiB);
    }

    [Fact]
    public void One_that_needs_more_than_the_limit_runs_alone_and_nothing_of_it_is_kept()
    {
        using var memory = new HashingMemory(() => 2 * MiB);
        var large = memory.Rent(32 * MiB);
        large.Capacity.ShouldBe(32 * MiB);
        memory.Return(large, 0);
        memory.Held.ShouldBe(0);
    }

    [Fact]
    public void What_was_not_used_for_a_while_goes_back_to_the_system()
    {
        using var memory = new HashingMemory(() => 16 * MiB);
        memory.Return(memory.Rent(2 * MiB), 0);
        memory.Trim();
        memory.Held.ShouldBe(2 * MiB);
        memory.Return(memory.Rent(2 * MiB), 0);
        memory.Trim();
        memory.Held.ShouldBe(2 * MiB);
        memory.Trim();
        memory.Held.ShouldBe(0);
    }

    [Fact]
    public void After_the_end_nothing_is_given_and_what_comes_back_is_freed()
    {
        var memory = new HashingMemory(() => 16 * MiB);
        var late = memory.Rent(2 * MiB);
        memory.Dispose();
        Should.Throw<ObjectDisposedException>(() => memory.Rent(1));
        memory.Return(late, 2 * MiB);
        memory.Held.ShouldBe(0);
    }

    private static unsafe void Fill(NativeBlock block, long bytes) => new Span<byte>(block.Pointer, (int)bytes).Fill(0xa5);

    private static unsafe bool IsZero(NativeBlock block, long bytes) => !new Span<byte>(block.Pointer, (int)bytes).ContainsAnyExcept((byte)0);

    private static unsafe bool IsAligned(NativeBlock block) => (nuint)block.Pointer % 64 == 0;
}
