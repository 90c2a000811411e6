using System.Text.Json.Nodes;
using Ascent.Flows.Nodes;
using Ascent.Schemas;

namespace Ascent.Flows.Registration;

/// <summary>Builds a registration's form: every method adds its part, and the parts are brought into their order.</summary>
internal sealed class RegistrationForms(RegistrationMethods methods, SchemaStore schemas)
{
    /// <summary>The schema that a flow is for; null where the configuration has it no longer.</summary>
    public IdentitySchema? SchemaOf(Flow flow) => flow.IdentitySchema is { } id ? schemas.Current.Find(id) : schemas.Current.Default;

    /// <summary>Builds the form from nothing.</summary>
    public async Task BuildAsync(FlowContext c, Flow flow, IdentitySchema schema, RegistrationStage stage, JsonObject traits)
    {
        flow.State = FlowState.ChooseMethod;
        var shown = flow.Ui.Nodes.Where(n => n.Value is not null && TraitNodes.IsTrait(n)).ToList();
        flow.Ui.Nodes.Clear();
        flow.Ui.Messages.Clear();
        if (!flow.IsApi) flow.Ui.SetCsrf(Csrf.Token(c.Http, c.Config));
        var form = new RegistrationForm(c, flow, stage, schema, traits);
        foreach (var method in methods.Enabled(c.Config)) await method.PopulateAsync(form, c.Ct);
        // What was typed into an earlier form and not sent again is still there.
        foreach (var node in shown) flow.Ui.Update(n => n.Group == node.Group && n.Id == node.Id && n.Value is null, n => n.WithValue(node.Value!.DeepClone()));
        Sort(flow, schema);
    }

    public static void Sort(Flow flow, IdentitySchema schema) => NodeOrder.Registration(TraitNodes.Keys(schema.Fields)).Sort(flow.Ui.Nodes);
}
