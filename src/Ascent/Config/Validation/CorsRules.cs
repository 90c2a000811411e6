namespace Ascent.Config.Validation;

/// <summary>Cross-origin calls with the visitor's cookies are for origins that somebody has named.</summary>
internal static class CorsRules
{
    private const string Public = "serve.public.cors.allowed_origins", Admin = "serve.admin.cors.allowed_origins";

    public static void Check(AscentConfig config, Findings findings)
    {
        if (IsForAll(config.Serve.Admin.Cors))
            findings.Fault(Admin, "must name the origins that may administrate, such as https://console.example.org: * would be every page that an operator opens");
        if (!IsForAll(config.Serve.Public.Cors) || !config.Serve.Public.Cors.AllowCredentials) return;
        if (config.SessionCookie.SameSite != SameSiteMode.None)
        {
            findings.Warn(Public, "* with allow_credentials lets scripts of every site that shares our domain act as whoever is signed in: read the session, change the password. Name the origins of your applications");
            return;
        }
        var path = config.Session.Cookie.SameSite is null ? "cookies.same_site" : "session.cookie.same_site";
        var message = $"* with allow_credentials and {path}: None lets every page on the internet act as whoever is signed in. Name the origins of your applications, or set {path} to Lax";
        if (config.Dev) findings.Warn(Public, $"{message}; this stands in development only");
        else findings.Fault(Public, message);
    }

    private static bool IsForAll(CorsConfig cors) => cors.Enabled && cors.AllowedOrigins.Contains("*", StringComparer.Ordinal);
}
