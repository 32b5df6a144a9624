"""A gateway process for the tests, the official SDK pointed at it, and a plain client."""

import contextlib
import dataclasses
import http.client
import os
import pathlib
import re
import signal
import subprocess
import time

from alibabacloud_cloudapi20160714.client import Client
from alibabacloud_tea_openapi.models import Config

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
READY = re.compile(r"^ready gateway=http://127\.0\.0\.1:(\d+) management=http://127\.0\.0\.1:(\d+)$", re.MULTILINE)
START_SECONDS = 30
STOP_SECONDS = 20
CALL_SECONDS = 10
REGION = "local"
ACCESS_KEY_ID = "sdkTestAccessKeyId"
ACCESS_KEY_SECRET = "sdkTestAccessKeySecret"


@dataclasses.dataclass(frozen=True)
class Access:
    """Where the management plane is, and as whom to call it."""

    endpoint: str
    region: str
    key_id: str
    secret: str


@dataclasses.dataclass(frozen=True)
class Gateway:
    """A running gateway."""

    gateway_port: int
    management_port: int

    def access(self, key_id=ACCESS_KEY_ID, secret=ACCESS_KEY_SECRET):
        """What a client needs to reach the management plane."""
        return Access(f"127.0.0.1:{self.management_port}", REGION, key_id, secret)

    def sdk(self, access_key_id=ACCESS_KEY_ID, access_key_secret=ACCESS_KEY_SECRET):
        """The unmodified official client, set to plain HTTP."""
        return Client(
            Config(
                access_key_id=access_key_id,
                access_key_secret=access_key_secret,
                endpoint=f"127.0.0.1:{self.management_port}",
                protocol="HTTP",
                connect_timeout=CALL_SECONDS * 1000,
                read_timeout=CALL_SECONDS * 1000,
            )
        )

    def call(self, host, method, target, headers=(), body=b""):
        """What a client gets for one request: status, header pairs, body. Nothing is sent that is not said here."""
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self.gateway_port, timeout=CALL_SECONDS)
        ) as connection:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host)
            for name, value in headers:
                connection.putheader(name, value)
            if body or method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()


def binary():
    """The program under test."""
    path = pathlib.Path(os.environ.get("COUNTERSIGN_BINARY") or REPOSITORY / "target/debug/countersign")
    assert path.exists(), f"{path} is missing: build it, or set COUNTERSIGN_BINARY"
    return path


@contextlib.contextmanager
def running_gateway(directory, requests_per_second=0, gateway_lines="", last_lines=""):
    """Starts the binary with a memory store and all its files in `directory`; ends it when the block ends.

    Unless the test is about it, nothing limits how often the management plane may be called; None is the product's
    own limit. `gateway_lines` go into that table; `last_lines` go to the end, into `bootstrap` or tables of their own.
    """
    limit = "" if requests_per_second is None else f"requests_per_second = {requests_per_second}"
    configuration = directory / "countersign.toml"
    configuration.write_text(
        f"""
[gateway]
listen = ["127.0.0.1:0"]
workers = 1
domain_suffix = "gw.localhost"
access_log = "off"
{gateway_lines}
[management]
listen = "127.0.0.1:0"
region = "{REGION}"
{limit}
[store]
kind = "memory"
[bootstrap]
account_id = "1000000000000001"
access_key_id = "{ACCESS_KEY_ID}"
access_key_secret = "{ACCESS_KEY_SECRET}"
{last_lines}
""",
        encoding="utf-8",
    )
    stdout_path, stderr_path = directory / "stdout", directory / "stderr"
    with open(stdout_path, "wb") as stdout, open(stderr_path, "wb") as stderr:
        process = subprocess.Popen(
            [binary(), "serve", "--config", configuration], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )
        try:
            yield _when_ready(process, stdout_path, stderr_path)
        finally:
            status = _end(process)
    assert status == 0, f"the gateway ended with status {status}: {_tail(stderr_path)}"


def _when_ready(process, stdout_path, stderr_path):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if found := READY.search(stdout_path.read_text(encoding="utf-8")):
            return Gateway(int(found[1]), int(found[2]))
        time.sleep(0.02)
    raise AssertionError(f"the gateway is not ready (status {process.poll()}): {_tail(stderr_path)}")


def _end(process):
    process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _tail(path):
    return path.read_text(encoding="utf-8", errors="replace")[-2000:]
