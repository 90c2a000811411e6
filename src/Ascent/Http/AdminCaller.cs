using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>
/// Who calls an admin route, as the audit log names them: <c>admin:</c> and the name of the token, or <c>admin</c> alone where the
/// configuration asks for no token.
/// </summary>
internal static class AdminCaller
{
    private const string Nameless = "admin";
    private static readonly object Key = new();

    public static string Of(HttpContext http) => http.Items[Key] as string ?? Nameless;

    public static void Name(HttpContext http, string name) => http.Items[Key] = $"{Nameless}:{name}";
}
