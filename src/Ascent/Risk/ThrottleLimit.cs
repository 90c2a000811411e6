using Ascent.Config;

namespace Ascent.Risk;

/// <summary>The limits in force for one kind of subject.</summary>
internal readonly record struct ThrottleLimit(int MaxFailures, TimeSpan Window, TimeSpan Lockout)
{
    public static ThrottleLimit Of(AscentConfig config, ThrottleSubject subject)
    {
        var limit = Of(config, subject.Kind);
        return limit with { MaxFailures = limit.MaxFailures * subject.Times };
    }

    public static ThrottleLimit Of(AscentConfig config, ThrottleKind kind)
    {
        var (throttle, messages) = (config.Security.Throttle, config.Security.MessageLimits);
        return kind switch
        {
            ThrottleKind.Address or ThrottleKind.Neighbour => Of(throttle.Address, ThrottleConfig.Default(address: true, config.Dev)),
            ThrottleKind.Registration => Of(throttle.Registration, ThrottleConfig.Default(address: true, config.Dev)),
            ThrottleKind.Factor => Of(throttle.Factor, ThrottleConfig.Default(address: false, config.Dev)),
            ThrottleKind.Recipient => Of(messages.Recipient, MessageLimitsConfig.Default(client: false, config.Dev)),
            ThrottleKind.Sender => Of(messages.Client, MessageLimitsConfig.Default(client: true, config.Dev)),
            _ => Of(throttle.Identifier, ThrottleConfig.Default(address: false, config.Dev)),
        };
    }

    private static ThrottleLimit Of(ThrottleLimitConfig limit, int usual) => new(limit.MaxFailures ?? usual, limit.Window, limit.Lockout);

    // A pause as long as the window.
    private static ThrottleLimit Of(MessageLimitConfig limit, int usual) => new(limit.MaxMessages ?? usual, limit.Window, limit.Window);
}
