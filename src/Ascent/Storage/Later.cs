namespace Ascent.Storage;

/// <summary>What a statement will have answered once the next one that is awaited has, or the commit; see <see cref="Tx.ReadLaterAsync"/>.</summary>
internal sealed class Later<T>
{
    private T? value;
    private bool isThere;

    public T Value => isThere ? value! : throw new InvalidOperationException("The statement has not been sent yet: nothing after it was awaited.");

    public void Set(T answer) => (value, isThere) = (answer, true);
}
