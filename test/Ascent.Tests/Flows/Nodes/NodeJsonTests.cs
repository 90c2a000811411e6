using System.Text;
using System.Text.Json;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Shouldly;

namespace Ascent.Tests.Flows.Nodes;

public sealed class NodeJsonTests
{
    private static string Written(UiContainer form) => Encoding.UTF8.GetString(JsonOut.ToBytes(form, static (w, f) => f.Write(w)));

    private static UiContainer ReadBack(string json) => UiContainer.Read(JsonDocument.Parse(json).RootElement);

    [Fact]
    public void Every_recorded_form_is_read_and_written_unchanged_to_the_byte()
    {
        var forms = Goldens.Steps().Where(s => s.Ui is not null).ToList();
        forms.Count.ShouldBeGreaterThan(500);
        foreach (var step in forms)
        {
            var form = Goldens.Form(step.Ui!);
            var wanted = Encoding.UTF8.GetString(JsonOut.ToBytes(form, static (w, f) => f.WriteTo(w)));
            Written(UiContainer.Read(form)).ShouldBe(wanted, step.ToString());
        }
    }

    [Fact]
    public void All_kinds_of_nodes_survive_storage_with_their_members_in_order()
    {
        var form = new UiContainer { Action = "https://id.example.org/self-service/login?flow=1&x=<2>" };
        form.SetCsrf("");
        form.Append(new UiNode
        {
            Group = "code",
            Attributes = new UiAttributes.Input
            {
                Name = "code", Type = "text", Value = "", Required = true, Autocomplete = "one-time-code", Label = UiMessages.Of(MessageIds.NodeLoginCode),
                Pattern = "[0-9]+", Disabled = true, OnClick = "a()", OnClickTrigger = "a", OnLoad = "b()", OnLoadTrigger = "b", MaxLength = 6, Options = ["x", 1, null],
            },
            Messages = [UiMessages.Required("code")],
        });
        form.Append(UiNode.Image("totp", "totp_qr", "data:image/png;base64,AA==", 256, 256, UiMessages.Of(MessageIds.SettingsTotpQr)));
        form.Append(UiNode.Anchor("code", "continue", "/done", UiMessages.Of(MessageIds.NodeContinue)));
        form.Append(UiNode.Text("totp", "totp_secret_key", UiMessages.SettingsTotpSecret("ABC")));
        form.Append(UiNode.Script("webauthn", "webauthn_script", "/webauthn.js", "sha512-x", "n"));
        form.Append(new UiNode { Group = "captcha", Attributes = new UiAttributes.Division { Id = "box", Class = "c", Data = new Dictionary<string, string> { ["k"] = "v" } } });
        form.Messages.Add(UiMessages.Of(MessageIds.SettingsSaved));

        var json = Written(form);
        Written(ReadBack(json)).ShouldBe(json);
        json.ShouldContain("""{"name":"csrf_token","type":"hidden","value":"","required":true,"disabled":false,"node_type":"input"},"messages":[],"meta":{}}""");
        json.ShouldContain("\"pattern\":\"[0-9]\\u002B\",\"disabled\":true,\"onclick\":\"a()\",\"onclickTrigger\":\"a\",\"onload\":\"b()\",\"onloadTrigger\":\"b\",\"maxlength\":6,\"options\":[{\"value\":\"x\"},{\"value\":1},{\"value\":null}],\"node_type\":\"input\"}");
        json.ShouldContain("""{"class":"c","id":"box","data":{"k":"v"},"node_type":"div"}""");
        json.ShouldContain("""{"src":"/webauthn.js","async":true,"referrerpolicy":"no-referrer","crossorigin":"anonymous","integrity":"sha512-x","type":"text/javascript","id":"webauthn_script","nonce":"n","node_type":"script"}""");
        json.ShouldContain("flow=1\\u0026x=\\u003C2\\u003E");
    }

    [Fact]
    public void A_value_is_left_out_only_when_there_is_none()
    {
        var form = new UiContainer { Action = "/" };
        form.Append(UiNode.Input("default", "none", "text"));
        form.Append(UiNode.Input("default", "empty", "text", ""));
        form.Append(UiNode.Input("default", "no", "checkbox", false));
        form.Append(UiNode.Input("default", "zero", "number", 0));
        var json = Written(form);
        json.ShouldContain("""{"name":"none","type":"text","disabled":false""");
        json.ShouldContain("""{"name":"empty","type":"text","value":"","disabled":false""");
        json.ShouldContain("""{"name":"no","type":"checkbox","value":false,"disabled":false""");
        json.ShouldContain("""{"name":"zero","type":"number","value":0,"disabled":false""");
        var back = ReadBack(json);
        back.Find("none")!.Value.ShouldBeNull();
        back.Find("empty")!.Value!.GetValue<string>().ShouldBe("");
    }

    [Fact]
    public void A_form_without_nodes_has_null_and_comes_back_empty()
    {
        var json = Written(new UiContainer { Action = "/", Method = "GET" });
        json.ShouldBe("""{"action":"/","method":"GET","nodes":null}""");
        ReadBack(json).Nodes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"action":"/","method":"POST","nodes":[{"type":"frame","group":"default","attributes":{},"messages":[],"meta":{}}]}""")]
    [InlineData("""{"action":"/","method":"POST","nodes":[{"type":"input","group":"default","attributes":{"name":"x"},"messages":[],"meta":{}}]}""")]
    [InlineData("""{"action":"/","method":"POST","nodes":[],"messages":[{"id":1,"text":"x","type":"loud"}]}""")]
    [InlineData("""{"method":"POST"}""")]
    public void What_is_no_form_is_refused(string json) => Should.Throw<JsonException>(() => ReadBack(json));
}
