using System.Text.Json;
using Ascent.Config;
using Ascent.Http.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class RequestLogTests
{
    [Fact]
    public async Task A_request_is_one_line_without_secrets()
    {
        await using var server = await TestServer.StartAsync(map: ErrorTests.MapBoom);
        await server.SendAsync("GET", "/schemas/secret-1?token=secret-2&aal=aal2&code=secret-3", false, null, ("X-Request-Id", "r-1"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("Cookie", "s=secret-4"), ("Authorization", "Bearer secret-5"));
        await server.SendAsync("GET", "/wp-login.php/secret-6-and-as-long-as-tokens-are?x=secret-7");
        await server.SendAsync("GET", "/boom");
        var lines = await server.RequestsAsync(3);
        lines.Count.ShouldBe(3);
        lines[0].Fields["route"].ShouldBe("/schemas/{id}");
        lines[0].Fields["status"].ShouldBe(200);
        lines[0].Fields["listener"].ShouldBe("public");
        lines[0].Fields["query"].ShouldBe("token&aal=aal2&code");
        lines[0].Fields["request_id"].ShouldBe("r-1");
        lines[0].Fields["trace_id"].ShouldBe("0af7651916cd43dd8448eb211c80319c");
        lines[0].Fields["ms"].ShouldBeOfType<double>();
        lines[0].Fields["address"].ShouldBe("127.0.0.1");
        lines[0].Fields.ContainsKey("path").ShouldBeFalse();
        lines[1].Fields["route"].ShouldBe("(unmatched)");
        lines[1].Fields["path"].ShouldBe("/wp-login.php/…");
        lines[2].Level.ShouldBe(LogLevel.Warning);
        foreach (var entry in server.Log.Entries)
            (entry.Message + string.Join(' ', entry.Fields.Values)).ShouldNotContain("secret", Case.Insensitive, entry.Category);
    }

    [Fact]
    public async Task Addresses_can_be_left_out()
    {
        await using var server = await TestServer.StartAsync(TestServer.Settings() with { Log = new LogConfig { ClientAddress = false } });
        await server.SendAsync("GET", "/schemas");
        (await server.RequestsAsync(1))[0].Fields.ContainsKey("address").ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, null, 24)]
    [InlineData("mine-1", null, 6)]
    [InlineData("has blank", null, 24)]
    [InlineData(null, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", 32)]
    [InlineData("mine-1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", 6)]
    public async Task Every_request_has_an_id_in_answer_log_and_fault(string? sent, string? parent, int length)
    {
        await using var server = await TestServer.StartAsync(map: ErrorTests.MapBoom);
        var headers = new List<(string, string)>();
        if (sent is not null) headers.Add(("X-Request-Id", sent));
        if (parent is not null) headers.Add(("traceparent", parent));
        using var answer = await server.SendAsync("GET", "/boom", false, null, [.. headers]);
        var id = answer.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem();
        id.Length.ShouldBe(length);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("request").GetString().ShouldBe(id);
        (await server.RequestsAsync(1))[0].Fields["request_id"].ShouldBe(id);
        server.Log.Entries.ShouldContain(e => e.Exception is InvalidOperationException && (string?)e.Fields["request_id"] == id);
        using var next = await server.SendAsync("GET", "/schemas", false, null, [.. headers]);
        next.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem().Length.ShouldBe(length);
    }

    [Fact]
    public async Task Health_checks_can_be_left_out()
    {
        await using var server = await TestServer.StartAsync(TestServer.Settings(p => p with { RequestLog = new RequestLogConfig { DisableForHealth = true } }));
        await server.SendAsync("GET", "/health/alive");
        await server.SendAsync("GET", "/health/ready", admin: true);
        await server.SendAsync("GET", "/schemas");
        var lines = await server.RequestsAsync(2);
        lines.Select(r => r.Fields["route"]).ShouldBe(["/admin/health/ready", "/schemas"], ignoreOrder: true);
    }

    [Theory]
    [InlineData((int)LogFormat.Json)]
    [InlineData((int)LogFormat.JsonPretty)]
    [InlineData((int)LogFormat.Gelf)]
    [InlineData((int)LogFormat.Text)]
    public void A_line_has_the_configured_form(int number)
    {
        var format = (LogFormat)number;
        var config = new ConfigStore(new AscentConfig { Log = new LogConfig { Format = format } });
        var line = new RequestLine { Method = "GET", Route = "/x", Status = 200, Milliseconds = 1.5, Bytes = 7, Listener = "public", RequestId = "r" };
        using var to = new StringWriter();
        new LogLine(config, new ManualTime()).Write(new LogEntry<RequestLine>(LogLevel.Information, "Ascent.Http.Requests", default, line, null, static (l, _) => "message\nof two lines"), null, to);
        var text = to.ToString();
        if (format == LogFormat.Text)
        {
            text.ShouldBe("2026-01-02T03:04:05.000Z info    message of two lines bytes=7 listener=public request_id=r [Ascent.Http.Requests]" + Environment.NewLine);
            return;
        }
        var json = JsonDocument.Parse(text).RootElement;
        var prefix = format == LogFormat.Gelf ? "_" : "";
        json.GetProperty(prefix + "status").GetInt32().ShouldBe(200);
        json.GetProperty(prefix + "request_id").GetString().ShouldBe("r");
        json.TryGetProperty(prefix + "trace_id", out _).ShouldBeFalse();
        if (format == LogFormat.Gelf) json.GetProperty("short_message").GetString().ShouldStartWith("message");
        else json.GetProperty("time").GetString().ShouldBe("2026-01-02T03:04:05.000Z");
        (text.Trim().Contains('\n', StringComparison.Ordinal)).ShouldBe(format == LogFormat.JsonPretty);
    }

    [Theory]
    [InlineData((int)LogVerbosity.Info, "Ascent.Http", LogLevel.Information, true)]
    [InlineData((int)LogVerbosity.Info, "Ascent.Http", LogLevel.Debug, false)]
    [InlineData((int)LogVerbosity.Warning, "Ascent.Http", LogLevel.Information, false)]
    [InlineData((int)LogVerbosity.Info, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information, false)]
    [InlineData((int)LogVerbosity.Info, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, true)]
    [InlineData((int)LogVerbosity.Debug, "Microsoft.AspNetCore.Server.Kestrel", LogLevel.Information, true)]
    [InlineData((int)LogVerbosity.Trace, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical, false)]
    [InlineData((int)LogVerbosity.Fatal, "Ascent.Http", LogLevel.Error, false)]
    public void The_level_of_the_configuration_decides(int verbosity, string category, LogLevel level, bool lets) =>
        LogLevels.Lets(new ConfigStore(new AscentConfig { Log = new LogConfig { Level = (LogVerbosity)verbosity } }), category, level).ShouldBe(lets);
}
