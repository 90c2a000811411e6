using Ascent.Config;

namespace Ascent.Risk;

/// <summary>The limits in force for one kind of subject.</summary>
internal readonly record struct ThrottleLimit(int MaxFailures, TimeSpan Window, TimeSpan Lockout)
{
    public static ThrottleLimit Of(AscentConfig config, ThrottleKind kind)
    {
        var throttle = config.Security.Throttle;
        var limit = kind switch
        {
            ThrottleKind.Address => throttle.Address,
            ThrottleKind.Factor => throttle.Factor,
            _ => throttle.Identifier,
        };
        return new ThrottleLimit(limit.MaxFailures ?? ThrottleConfig.Default(kind == ThrottleKind.Address, config.Dev), limit.Window, limit.Lockout);
    }
}
