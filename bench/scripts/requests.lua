-- wrk's part: sends the lines of BENCH_LINES (path, tab, body) in turn and prints what it saw.
local requests, position = {}, 0

local function headers()
  local found = {}
  for line in os.getenv("BENCH_HEADERS"):gmatch("[^\n]+") do
    local name, value = line:match("^([^:]+): (.*)$")
    found[name] = value
  end
  return found
end

function init(args)
  local method, common = os.getenv("BENCH_METHOD"), headers()
  for line in io.lines(os.getenv("BENCH_LINES")) do
    local path, body = line:match("^([^\t]*)\t(.*)$")
    if body == "" then body = nil end
    requests[#requests + 1] = wrk.format(method, path, common, body)
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

-- `status` counts answers above 399; no answer of ours to these requests is a redirect.
function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'BENCH {"answered": %d, "microseconds": %d, "p50": %d, "p99": %d, "errors": ' ..
    '{"connect": %d, "read": %d, "write": %d, "timeout": %d, "status": %d}}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
