namespace Ascent.Sessions;

/// <summary>The level that clients are shown, counted from the methods as Kratos counts it. The levels sort as texts.</summary>
internal static class SessionAal
{
    public const string Aal0 = "aal0", Aal1 = "aal1", Aal2 = "aal2", Aal3 = "aal3";

    /// <summary>
    /// aal2 needs a proof of aal1 and one of aal2, where a social sign-in that vouches for aal2 counts as both. Anything less is
    /// aal1: a second factor alone proves one factor.
    /// </summary>
    public static string Of(IReadOnlyList<AuthenticationMethod> methods)
    {
        if (methods.Count == 0) return Aal0;
        bool first = false, second = false;
        foreach (var m in methods)
        {
            if (m.Aal == Aal1) first = true;
            if (m.Aal != Aal2) continue;
            second = true;
            first |= m.Method is "oidc" or "saml";
        }
        return first && second ? Aal2 : Aal1;
    }

    public static bool Reaches(string aal, string required) => string.CompareOrdinal(aal, required) >= 0;
}
