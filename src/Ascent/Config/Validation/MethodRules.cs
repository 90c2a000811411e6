namespace Ascent.Config.Validation;

/// <summary>Social sign-in: what each kind of provider needs.</summary>
internal static class MethodRules
{
    public static void Check(AscentConfig config, Findings findings)
    {
        Organizations(config, findings);
        var providers = config.SelfService.Methods.Oidc.Config.Providers;
        for (var i = 0; i < providers.Count; i++)
        {
            var (provider, path) = (providers[i], $"selfservice.methods.oidc.config.providers.{i}");
            if (findings.HasFaultBelow(path)) continue;
            if (providers.Take(i).Any(p => p.Id == provider.Id)) findings.Fault($"{path}.id", $"is taken; another provider is called {provider.Id}");
            if (provider.Id.Contains(':', StringComparison.Ordinal)) findings.Fault($"{path}.id", "must not contain a colon: accounts are kept as id:subject, which two providers must never spell alike");
            if (provider.OrganizationId is not null)
                findings.Warn($"{path}.organization_id", "keeps the provider out of every form: organizations, whose members alone would see it, are not there. Without the key everybody may use the provider");
            One(provider, path, findings);
        }
    }

    private static void Organizations(AscentConfig config, Findings findings)
    {
        const string missing = "does nothing: organizations are not there, so nobody is led to a provider by the domain of their address, and no member is kept to one";
        if (config.Organizations is not null) findings.Warn("organizations", missing);
        if (config.SelfService.Methods.B2b is not null) findings.Warn("selfservice.methods.b2b", missing);
    }

    private static void One(OidcProvider provider, string path, Findings findings)
    {
        switch (provider.Provider)
        {
            case OidcProviderKind.Microsoft:
                Need(provider.MicrosoftTenant, "microsoft_tenant", "the tenant's id, or common, organizations, consumers");
                break;
            case OidcProviderKind.Apple:
                Need(provider.AppleTeamId, "apple_team_id", "the developer team's id");
                Need(provider.ApplePrivateKeyId, "apple_private_key_id", "the key's id");
                Need(provider.ApplePrivateKey?.Value, "apple_private_key", "the key, PEM");
                break;
            case OidcProviderKind.Generic or OidcProviderKind.Auth0 or OidcProviderKind.Salesforce when provider.AuthUrl is null || provider.TokenUrl is null:
                Need(provider.IssuerUrl, "issuer_url", "its issuer, or auth_url and token_url");
                break;
        }
        if (provider.Provider != OidcProviderKind.Microsoft && provider.MicrosoftTenant is not null)
            findings.Fault($"{path}.microsoft_tenant", "belongs to provider: microsoft");

        void Need(string? value, string key, string what)
        {
            if (string.IsNullOrEmpty(value)) findings.Fault($"{path}.{key}", $"is required by this provider: {what}");
        }
    }
}

/// <summary>Mail and text messages.</summary>
internal static class CourierRules
{
    public static void Check(AscentConfig config, Findings findings)
    {
        var courier = config.Courier;
        if (courier.Smtp.ConnectionUri is { } uri && !uri.Value.StartsWith("smtp://", StringComparison.Ordinal) && !uri.Value.StartsWith("smtps://", StringComparison.Ordinal))
            findings.Fault("courier.smtp.connection_uri", "must begin with smtp:// or smtps://");
        if (courier is { DeliveryStrategy: DeliveryStrategy.Http, Http.RequestConfig: null })
            findings.Fault("courier.http.request_config", "is needed by courier.delivery_strategy: http");
        if (courier.Http.RequestConfig is { } request) Request(request, "courier.http.request_config");
        for (var i = 0; i < courier.Channels.Count; i++)
        {
            var (channel, path) = (courier.Channels[i], $"courier.channels.{i}");
            if (findings.HasFaultBelow(path)) continue;
            if (channel.Id is not ("sms" or "email")) findings.Fault($"{path}.id", "must be sms or email");
            if (courier.Channels.Take(i).Any(c => c.Id == channel.Id)) findings.Fault($"{path}.id", $"is taken; another channel is called {channel.Id}");
            if (channel.Type != ChannelType.Http) findings.Fault($"{path}.type", "must be http; mail by SMTP is configured in courier.smtp");
            Request(channel.RequestConfig, $"{path}.request_config");
            if (channel.RequestConfig.Body is null) findings.Fault($"{path}.request_config.body", "is required: without it a channel sends nothing; give a Jsonnet document by file:// or base64://");
        }

        void Request(CourierRequest given, string path)
        {
            HookRules.HttpMethod(given.Method, $"{path}.method", findings);
            HookRules.Auth(given.Auth, $"{path}.auth", findings);
        }
    }
}
