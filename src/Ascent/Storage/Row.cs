using System.Data.Common;

namespace Ascent.Storage;

/// <summary>The row under the reader, read by position. Ids, times and booleans come out as our types on both engines.</summary>
internal readonly struct Row(DbDataReader reader, Dialect dialect)
{
    public bool IsNull(int i) => reader.IsDBNull(i);
    public string Text(int i) => reader.GetString(i);
    public string? TextOrNull(int i) => reader.IsDBNull(i) ? null : reader.GetString(i);
    public long Long(int i) => reader.GetInt64(i);
    public int Int(int i) => (int)reader.GetInt64(i);
    public bool Bool(int i) => dialect.ReadBool(reader, i);
    public Guid Guid(int i) => dialect.ReadGuid(reader, i);
    public Guid? GuidOrNull(int i) => reader.IsDBNull(i) ? null : dialect.ReadGuid(reader, i);
    public byte[] Bytes(int i) => (byte[])reader.GetValue(i);
    public DateTimeOffset Time(int i) => Instant.FromMicroseconds(reader.GetInt64(i));
    public DateTimeOffset? TimeOrNull(int i) => reader.IsDBNull(i) ? null : Time(i);
}
