using System.Text;
using System.Text.Json;
using Ascent.Crypto.Hashing;
using Ascent.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ascent.Benchmarks;

/// <summary>
/// The yardstick of a login: what it costs where nothing is done but what no server can leave out. Two routes, three round trips to PostgreSQL, two
/// commits: keep a flow; find it and the password's hash; verify; mark the flow as used and keep a session. No throttle, no events, no schema,
/// no reloading of configuration, no foreign keys.
/// </summary>
internal static class BareLogin
{
    private const string Tables = """
        create table if not exists bare_flow (id uuid primary key, ui text not null, used boolean not null, expires_at bigint not null);
        create table if not exists bare_password (identifier text primary key, identity_id uuid not null, hash text not null);
        create table if not exists bare_session (id uuid primary key, token_key uuid not null unique, identity_id uuid not null, methods text not null, devices text not null, expires_at bigint not null);
        """;

    public static async Task RunAsync(int port, string dsn, int people)
    {
        using var hasher = new PasswordHasher(() => Logins.Hashing, TimeProvider.System);
        await using var source = NpgsqlDataSource.Create(((Dsn.Postgres)Dsn.Parse(dsn)).Connection);
        await PrepareAsync(source, hasher, people);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var form = new string('x', 1100);
        var app = builder.Build();
        app.MapGet("/self-service/login/api", (RequestDelegate)(async http =>
        {
            var id = Guid.CreateVersion7();
            await using var connection = await source.OpenConnectionAsync();
            await using var insert = new NpgsqlCommand("insert into bare_flow values ($1, $2, false, $3)", connection)
            {
                Parameters = { new() { Value = id }, new() { Value = form }, new() { Value = 1L } },
            };
            await insert.ExecuteNonQueryAsync();
            await AnswerAsync(http, $$"""{"id":"{{id}}","ui":"{{form}}"}""");
        }));
        app.MapPost("/self-service/login", (RequestDelegate)(http => SubmitAsync(http, source, hasher)));
        await app.RunAsync();
    }

    private static async Task PrepareAsync(NpgsqlDataSource source, PasswordHasher hasher, int people)
    {
        await using (var tables = source.CreateCommand(Tables)) await tables.ExecuteNonQueryAsync();
        var hash = await hasher.HashAsync(Logins.Password, CancellationToken.None);
        for (var i = 0; i < people; i++)
        {
            await using var insert = source.CreateCommand("insert into bare_password values ($1, $2, $3) on conflict do nothing");
            insert.Parameters.Add(new() { Value = Logins.Name(i) });
            insert.Parameters.Add(new() { Value = Guid.CreateVersion7() });
            insert.Parameters.Add(new() { Value = hash });
            await insert.ExecuteNonQueryAsync();
        }
    }

    private static async Task SubmitAsync(HttpContext http, NpgsqlDataSource source, PasswordHasher hasher)
    {
        var flow = Guid.Parse(http.Request.Query["flow"]!);
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        Guid identity;
        string hash;
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var find = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand("select ui, used, expires_at from bare_flow where id = $1") { Parameters = { new() { Value = flow } } },
                    new NpgsqlBatchCommand("select identity_id, hash from bare_password where identifier = $1") { Parameters = { new() { Value = body.RootElement.GetProperty("identifier").GetString()! } } },
                },
            };
            await using var rows = await find.ExecuteReaderAsync();
            await rows.ReadAsync();
            _ = rows.GetString(0);
            await rows.NextResultAsync();
            await rows.ReadAsync();
            (identity, hash) = (rows.GetGuid(0), rows.GetString(1));
        }
        if (!await hasher.VerifyAsync(body.RootElement.GetProperty("password").GetString()!, hash, CancellationToken.None)) throw new InvalidOperationException("The password is wrong.");
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var keep = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand("update bare_flow set used = true where id = $1 and not used") { Parameters = { new() { Value = flow } } },
                    new NpgsqlBatchCommand("insert into bare_session values ($1, $2, $3, $4, $5, $6)")
                    {
                        Parameters = { new() { Value = Guid.CreateVersion7() }, new() { Value = Guid.NewGuid() }, new() { Value = identity }, new() { Value = "[]" }, new() { Value = "[]" }, new() { Value = 1L } },
                    },
                },
            };
            await keep.ExecuteNonQueryAsync();
        }
        await AnswerAsync(http, $$"""{"session":"{{new string('x', 880)}}"}""");
    }

    private static Task AnswerAsync(HttpContext http, string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        return http.Response.BodyWriter.WriteAsync(bytes).AsTask();
    }
}
