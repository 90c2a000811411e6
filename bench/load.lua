-- Random tokens for wrk: every request asks with another one. TOKENS names a file with one token a line.
local tokens = {}
for line in io.lines(os.getenv("TOKENS")) do tokens[#tokens + 1] = line end
math.randomseed(tonumber(os.getenv("SEED") or "1"))
local head = "GET /sessions/whoami HTTP/1.1\r\nHost: localhost\r\nX-Session-Token: "
request = function() return head .. tokens[math.random(#tokens)] .. "\r\n\r\n" end
done = function(summary, latency, requests)
  local errors = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %.0f %d %.0f %.0f\n", summary.requests / (summary.duration / 1e6), errors, latency:percentile(50), latency:percentile(99)))
end
