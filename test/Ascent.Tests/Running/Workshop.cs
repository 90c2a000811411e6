using System.Net;
using System.Net.Sockets;

namespace Ascent.Tests.Running;

/// <summary>What a server needs to run: a directory with configuration and schema, and a database of one engine.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    public const string Schema = """
        {
          "$id": "https://ascent.example/test.schema.json",
          "$schema": "http://json-schema.org/draft-07/schema#",
          "title": "Person",
          "type": "object",
          "properties": {
            "traits": {
              "type": "object",
              "properties": {
                "email": {
                  "type": "string", "format": "email",
                  "ory.sh/kratos": {
                    "credentials": { "password": { "identifier": true }, "webauthn": { "identifier": true }, "code": { "identifier": true, "via": "email" } },
                    "verification": { "via": "email" }, "recovery": { "via": "email" }
                  }
                },
                "username": { "type": "string", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } } } },
                "contact": { "type": "string", "ory.sh/kratos": { "verification": { "via": "email" }, "recovery": { "via": "email" } } },
                "note": { "type": "string" },
                "age": { "type": "number", "minimum": -1e300, "multipleOf": 0.5 }
              }
            }
          }
        }
        """;

    private readonly DirectoryInfo directory;

    private Workshop(TestDatabase database, DirectoryInfo directory) => (Database, this.directory) = (database, directory);

    public TestDatabase Database { get; }
    public string ConfigFile => PathOf("kratos.yml");
    public string SchemaFile => PathOf("person.schema.json");

    public static async Task<Workshop> CreateAsync(string engine, bool migrate = true)
    {
        var database = await TestDatabase.CreateAsync(engine, migrate);
        var workshop = new Workshop(database, Directory.CreateTempSubdirectory("ascent-run-"));
        await File.WriteAllTextAsync(workshop.SchemaFile, Schema);
        return workshop;
    }

    public string PathOf(string name) => Path.Combine(directory.FullName, name);

    /// <summary>A good configuration; port 0 lets the system choose.</summary>
    public string Config(int publicPort = 0, int adminPort = 0) => $$"""
        version: v26.2.0
        dsn: {{Database.Dsn}}
        log: { level: error, format: text }
        secrets:
          default: [ a-secret-of-the-test-suite ]
          cipher: [ 0123456789abcdef0123456789abcdef ]
        serve:
          public: { base_url: "http://127.0.0.1:4433/", host: 127.0.0.1, port: {{publicPort}} }
          admin: { base_url: "http://127.0.0.1:4434/", host: 127.0.0.1, port: {{adminPort}} }
        identity:
          default_schema_id: default
          schemas: [ { id: default, url: "file://{{SchemaFile}}" } ]
        hashers: { algorithm: argon2, argon2: { memory: 1MB, iterations: 1, parallelism: 1 } }
        session: { lifespan: 24h }
        selfservice:
          default_browser_return_url: http://127.0.0.1:4455/
          methods: { password: { enabled: true, config: { haveibeenpwned_enabled: false } } }
        """;

    /// <summary>Replaces a file as careful people do, by renaming.</summary>
    public static void Replace(string file, string content)
    {
        File.WriteAllText(file + ".new", content);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static HttpClient Client(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { BaseAddress = address };

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        directory.Delete(recursive: true);
    }
}
