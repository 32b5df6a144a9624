"""One window of load by wrk, and what wrk counted."""

import dataclasses
import json
import subprocess

from bench import BenchError
from bench.children import LOAD_CORE, STOP_SECONDS, pinned
from bench.signature import PATH

# Runs once, after the window: it costs nothing while requests are sent.
REPORT_LUA = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nwrk-report {"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,' ..
    '"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.status, e.timeout))
end
"""


@dataclasses.dataclass(frozen=True)
class Load:
    """What wrk counted in one window."""

    requests: int
    seconds: float
    p50_us: int
    p99_us: int


def write_script(directory):
    """Puts wrk's reporting script into `directory`; gives its path."""
    script = directory / "report.lua"
    script.write_text(REPORT_LUA, encoding="utf-8")
    return script


def run(contender, script, *, connections, seconds):
    """Loads the contender for a window; fails on any answer that is not 2xx and on any socket error."""
    argv = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    argv += ["--timeout", "5s", "--script", str(script), "--header", f"Host: {contender.host}"]
    argv += [f"http://127.0.0.1:{contender.port}{PATH}"]
    window = subprocess.run(
        pinned(LOAD_CORE, argv), capture_output=True, text=True, timeout=seconds + 2 * STOP_SECONDS, check=False
    )
    report = next((line for line in window.stdout.splitlines() if line.startswith("wrk-report ")), None)
    if window.returncode != 0 or report is None:
        raise BenchError(f"{contender.name}: wrk failed: {window.stdout}{window.stderr}")
    counted = json.loads(report.removeprefix("wrk-report "))
    errors = {kind: counted[kind] for kind in ("connect", "read", "write", "status", "timeout") if counted[kind]}
    if errors or not counted["requests"]:
        raise BenchError(f"{contender.name}: {counted['requests']} requests, errors under load: {errors}")
    return Load(
        requests=counted["requests"],
        seconds=counted["microseconds"] / 1e6,
        p50_us=counted["p50"],
        p99_us=counted["p99"],
    )
