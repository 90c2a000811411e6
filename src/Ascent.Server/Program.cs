using Ascent.Server.Commands;

return await CommandLine.RunAsync(args);
