"""The run: start everyone, verify everyone, then measure one after another in rounds."""

import argparse
import contextlib
import datetime
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from bench import BenchError, contenders, countersign, load, report, verifiers
from bench.children import LOAD_CORE, free_port
from bench.cpu import cpu_seconds, machine_cpu_seconds
from bench.recording import recording_backend
from bench.signature import PATH, check_received

OURS = ("countersign", "countersign-unsigned")
PEERS = {
    "haproxy": contenders.haproxy,
    "haproxy-quiet": contenders.haproxy_quiet,
    "haproxy-tcp": contenders.haproxy_tcp,
    "nginx": contenders.nginx,
}
NAMES = (*OURS, *PEERS)
# Of one core, by processes outside the run: from here on the figures visibly suffer.
OTHERS_SHARE_QUIET = 0.15
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main():
    if sys.argv[1:2] == ["verifiers"]:
        try:
            verifiers.main(sys.argv[2:])
        except BenchError as error:
            sys.exit(f"bench: {error}")
        return
    options = parse_options()
    for number in ENDING_SIGNALS:
        signal.signal(number, interrupt)
    try:
        if set(options.only) & set(OURS):
            countersign.build()
        with tempfile.TemporaryDirectory(prefix="countersign-bench-") as directory:
            rows, rounds = run(options, pathlib.Path(directory))
    except BenchError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
    about = describe(options)
    print(", ".join(f"{name}: {value}" for name, value in about.items()))
    print(report.table(rows))
    if options.json:
        report.write_json(options.json, about, rows, rounds)


def interrupt(*_):
    """Unwinds the run once; further signals do not disturb the ending of the children."""
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def parse_options():
    def names(text):
        chosen = text.split(",")
        unknown = [name for name in chosen if name not in NAMES]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown contender {unknown[0]!r}; known: {', '.join(NAMES)}")
        return [name for name in NAMES if name in chosen]

    def positive(text):
        number = int(text)
        if number < 1:
            raise argparse.ArgumentTypeError("must be at least 1")
        return number

    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rounds", type=positive, default=3, help="windows for each contender (default 3)")
    parser.add_argument("--seconds", type=positive, default=8, help="length of a window (default 8)")
    parser.add_argument("--connections", type=positive, default=32, help="client connections (default 32)")
    parser.add_argument("--apis", type=positive, default=10, help="signed APIs in Countersign (default 10)")
    parser.add_argument(
        "--only", type=names, default=list(NAMES), metavar="NAMES", help=f"comma-separated, of: {', '.join(NAMES)}"
    )
    parser.add_argument(
        "--retakes", type=int, default=2, help="how often a window disturbed by other work is repeated (default 2)"
    )
    parser.add_argument("--json", metavar="FILE", help="write every figure to FILE as well")
    return parser.parse_args()


def run(options, directory):
    """Starts the chosen contenders, verifies and measures them; gives the rows and all windows."""
    if len(os.sched_getaffinity(0) & {contenders.CONTENDER_CORE, LOAD_CORE}) < 2:
        raise BenchError("cores 0 and 1 are both needed")
    with contextlib.ExitStack() as running:
        backend_port = free_port()
        chosen = start(options, directory, backend_port, running)
        with recording_backend(backend_port) as received:
            for contender in chosen:
                received.clear()
                request_once(contender)
                check_received(contender, received)
                told = "signs as expected" if contender.signs else "sends no signature, as expected"
                say(f"{contender.name} {told}")
        backend_pid = running.enter_context(
            contenders.answering_backend(directory, backend_port, core=LOAD_CORE)
        )
        script = load.write_script(directory)
        rounds = {contender.name: [] for contender in chosen}
        for number in range(options.rounds):
            # Every other round runs backwards, so that nobody always follows the same neighbour.
            for contender in chosen if number % 2 == 0 else reversed(chosen):
                say(f"round {number + 1} of {options.rounds}: {contender.name}")
                rounds[contender.name].append(quietest(contender, backend_pid, script, options))
    return report.summarise([contender.name for contender in chosen], rounds), rounds


def start(options, directory, backend_port, running):
    """The chosen contenders, all idle, to be ended with `running`."""
    chosen = []
    if set(options.only) & set(OURS):
        ours = running.enter_context(countersign.countersign(directory, backend_port, options.apis))
        chosen += [contender for contender in ours if contender.name in options.only]
    for name, start_peer in PEERS.items():
        if name in options.only:
            chosen.append(running.enter_context(start_peer(directory, backend_port)))
    return chosen


def request_once(contender):
    """One request of the kind that wrk sends."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://127.0.0.1:{contender.port}{PATH}", headers={"Host": contender.host})
    try:
        with opener.open(request, timeout=10) as response:
            response.read()
    except urllib.error.URLError as error:
        raise BenchError(f"{contender.name}: the verifying request failed: {error}") from error


def quietest(contender, backend_pid, script, options):
    """One window; taken again, a bounded number of times, while processes outside the run disturb it.

    What decides is the disturbance alone, never the figure.
    """
    windows = []
    for _ in range(1 + options.retakes):
        windows.append(measure(contender, backend_pid, script, options))
        if windows[-1]["others_share"] <= OTHERS_SHARE_QUIET:
            break
        say(f"other work took {windows[-1]['others_share']:.0%} of a core meanwhile")
    return min(windows, key=lambda window: window["others_share"])


def measure(contender, backend_pid, script, options):
    """One window: load, and the CPU time that the contender spent meanwhile."""
    machine, own, known = machine_cpu_seconds(), cpu_seconds(contender.pid), known_cpu_seconds(backend_pid)
    window = load.run(contender, script, connections=options.connections, seconds=options.seconds)
    own = cpu_seconds(contender.pid) - own
    others = machine_cpu_seconds() - machine - own - (known_cpu_seconds(backend_pid) - known)
    return {
        "requests_per_second": window.requests / window.seconds,
        "cpu_us_per_request": own / window.requests * 1e6,
        "cpu_share": own / window.seconds,
        "p50_us": window.p50_us,
        "p99_us": window.p99_us,
        "others_share": max(0.0, others / window.seconds),
    }


def known_cpu_seconds(backend_pid):
    """What the backend, this program and its finished children (wrk is one) have used."""
    used = os.times()
    return cpu_seconds(backend_pid) + used.user + used.system + used.children_user + used.children_system


def describe(options):
    """What was run where, for the head of the report."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        model = next((line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")), "unknown")
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d"),
        "revision": revision.stdout.strip() or "unknown",
        "machine": f"{model}, {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}",
        "peers": f"HAProxy {version('haproxy', '-v')}, nginx {version('nginx', '-v')}",
        "apis": options.apis,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "connections": options.connections,
    }


def version(*argv):
    """The first version number in what the program prints about itself."""
    told = subprocess.run(argv, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", told.stdout + told.stderr)
    return found[0] if found else "unknown"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
