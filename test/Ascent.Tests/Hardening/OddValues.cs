namespace Ascent.Tests.Hardening;

/// <summary>What nobody in their right mind sends.</summary>
internal static class OddValues
{
    /// <summary>JSON texts of every kind.</summary>
    public static IReadOnlyList<string> Json { get; } =
    [
        "null", "true", "false", "0", "-0", "1.0", "1.5", "-1", "1e2", "1e400", "-1e400", "1e-400", "1e99999", "123456789012345678901234567890", "0.1000000000000000055511151231257827",
        "\"\"", "\" \"", "\"x\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\ufffe\\uffff\"", "\"\\u202e\\u200b\"", "\"\\n\\t\\u0001\\u007f\"",
        "\"'; drop table identity; --\"", "\"\\\" or 1=1 --\"", "\"\\\\'; select pg_sleep(9)\"", "\"$1 @id {for update} {uuid}\"", "\"%_!%\"", "\"../../etc/passwd\"", "\"<script>alert(1)</script>\"", "\"Ünïcödé İıſK ß\"",
        "[]", "[null]", "[1,[2]]", "{}", "{\"a\":{\"b\":[]}}", "{\"\":0}", "{\"__proto__\":{}}", "[{}]", "\"00000000-0000-0000-0000-000000000000\"", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00Z\"", "\"2026-13-45T99:99:99Z\"",
        $"\"{new string('x', 70_000)}\"", $"\"{string.Concat(Enumerable.Repeat("😀", 5_000))}\"",
    ];

    /// <summary>For paths and queries, percent-encoded as they go over the wire.</summary>
    public static IReadOnlyList<string> Escaped { get; } =
    [
        "x", "0", "-1", "%00", "a%00b", "%ff", "%c0%80", "%ed%a0%80", "%", "%zz", "%u0041", "%2e%2e%2f", "%2F", "%252F", "%27;drop%20table%20identity;--", "%22%20or%201=1", "%25_!", "1e400", "99999999999999999999", "2147483647", "2147483648", "-9223372036854775808",
        "%F0%9F%98%80", "%C3%9C%C4%B0", "true", "null", "*", "+", "%0d%0aX-Injected:1", "%09", new string('a', 3000), "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "00000000000000000000000000000000",
    ];
}
