"""Child processes: started on one core, watched, and ended by their own id."""

import contextlib
import os
import signal
import socket
import subprocess
import time

from bench import BenchError

CONTENDER_CORE = 0
LOAD_CORE = 1
STOP_SECONDS = 10
START_SECONDS = 30


def pinned(core, argv):
    """The command line that runs `argv`, and all it starts, on one core."""
    return ["taskset", "--cpu-list", str(core), *argv]


@contextlib.contextmanager
def child(name, argv, *, core, stdout, stderr):
    """Runs `argv` on `core` for the length of the block.

    `taskset` replaces itself with the program, so the process id is the program's own.
    A session of its own keeps Ctrl-C from reaching the child before this block ends it.
    """
    process = subprocess.Popen(
        pinned(core, argv), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
    )
    process.name = name
    try:
        yield process
    finally:
        stop(process)


def stop(process):
    """Asks the child to end, and ends it if it does not."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        # nginx workers outlive a killed master, so take the process group: it is ours alone.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def free_port():
    """A loopback port that was free a moment ago, for programs that cannot report one of their own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(process, port):
    """Returns when the child accepts connections on the port."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchError(f"{process.name} ended with status {process.returncode} instead of starting")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise BenchError(f"{process.name} does not listen after {START_SECONDS} s")
