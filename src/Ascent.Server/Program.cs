using Ascent.Jsonnet;
using Ascent.Server.Commands;

// A child process of ours, before anything else is made ready.
if (args is [JsonnetWorker.Word, var memory]) return JsonnetWorker.Run(memory);
return await CommandLine.RunAsync(args);
