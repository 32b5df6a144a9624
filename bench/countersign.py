"""Countersign as a contender: built, started with one worker, and filled with APIs."""

import contextlib
import pathlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

from bench import BenchError, catalogue
from bench.children import CONTENDER_CORE, START_SECONDS, child
from bench.contenders import Contender
from bench.management import Management

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
BINARY = REPOSITORY / "target" / "release" / "countersign"
READY = re.compile(r"^ready gateway=http://127\.0\.0\.1:(\d+) management=http://127\.0\.0\.1:(\d+)$", re.MULTILINE)
ACCESS_KEY_ID = "benchAccessKeyId"
ACCESS_KEY_SECRET = "benchAccessKeySecret"


def build():
    """Builds the release binary; its own output goes to the terminal."""
    try:
        subprocess.run(["cargo", "build", "--release", "-p", "countersign"], cwd=REPOSITORY, check=True)
    except FileNotFoundError as error:
        raise BenchError("cargo is missing: scripts/run installs the compiler") from error
    except subprocess.CalledProcessError as error:
        raise BenchError("Countersign does not build") from error


@contextlib.contextmanager
def countersign(directory, backend_port, apis):
    """One gateway with its catalogue: gives the signed and the unsigned contender, which are one process."""
    configuration = directory / "countersign.toml"
    configuration.write_text(
        f"""
[gateway]
listen = ["127.0.0.1:0"]
workers = 1
domain_suffix = "gw.localhost"
access_log = "{directory}/countersign-access.log"
[management]
listen = "127.0.0.1:0"
requests_per_second = 0
region = "local"
[store]
kind = "embedded"
path = "{directory}/countersign-data"
[bootstrap]
account_id = "1000000000000001"
access_key_id = "{ACCESS_KEY_ID}"
access_key_secret = "{ACCESS_KEY_SECRET}"
""",
        encoding="utf-8",
    )
    stdout_path, stderr_path = directory / "countersign.out", directory / "countersign.errors"
    argv = [str(BINARY), "serve", "--config", str(configuration)]
    with (
        open(stdout_path, "wb") as stdout,
        open(stderr_path, "wb") as stderr,
        child("countersign", argv, core=CONTENDER_CORE, stdout=stdout, stderr=stderr) as process,
    ):
        gateway_port, management_port = _ready(process, stdout_path, stderr_path)
        print(f"bench: creating {apis} APIs in Countersign", file=sys.stderr, flush=True)
        management = Management(management_port, ACCESS_KEY_ID, ACCESS_KEY_SECRET)
        signed_host, unsigned_host = catalogue.create(management, apis, backend_port)
        yield (
            Contender("countersign", process.pid, gateway_port, signed_host, signs=True),
            Contender("countersign-unsigned", process.pid, gateway_port, unsigned_host, signs=False),
        )


def _ready(process, stdout_path, stderr_path):
    """The ports of the `ready` line, once the management plane says so too."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = READY.search(stdout_path.read_text(encoding="utf-8"))
        if found and _answers_ready(int(found[2])):
            return int(found[1]), int(found[2])
        time.sleep(0.05)
    errors = stderr_path.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise BenchError(f"countersign is not ready (status {process.poll()}): {errors}")


def _answers_ready(management_port):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{management_port}/readyz", timeout=5) as response:
            return response.status == 200
    except urllib.error.URLError:
        return False
