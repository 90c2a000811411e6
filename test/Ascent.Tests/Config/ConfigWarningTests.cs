using Shouldly;

namespace Ascent.Tests.Config;

/// <summary>What stands although it is likely not what was meant.</summary>
public class ConfigWarningTests
{
    [Theory]
    [InlineData("identity: { schemas: [ { id: default, url: \"base64://e30\" }, { id: default, url: \"base64://e30\" } ] }", "identity.schemas.1.id", "not used")]
    [InlineData("organizations: []", "organizations", "does nothing")]
    [InlineData("selfservice: { methods: { b2b: { config: {} } } }", "selfservice.methods.b2b", "does nothing")]
    [InlineData("selfservice: { methods: { oidc: { config: { providers: [ { id: a, provider: google, client_id: b, mapper_url: \"base64://e30\", organization_id: x } ] } } } }", "selfservice.methods.oidc.config.providers.0.organization_id", "organizations")]
    public void Is_told(string yaml, string path, string says)
    {
        var result = Yaml.With(yaml);
        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldContain(w => w.Path == path && w.Message.Contains(says, StringComparison.Ordinal));
    }
}
