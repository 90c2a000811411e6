namespace Ascent.Storage;

/// <summary>
/// One statement for both engines with its parameters by name (<c>@id</c>). What the engines disagree about is written as a
/// token that the <see cref="Dialect"/> resolves: <c>{for update}</c>, <c>{uuid}</c>, <c>{bytes}</c>, and <c>= any(@list)</c> for lists.
/// </summary>
internal readonly struct Sql(string text, params (string Name, SqlValue Value)[] parameters)
{
    public string Text { get; } = text;
    public (string Name, SqlValue Value)[] Parameters { get; } = parameters;
}
