"""The examples as a user runs them: a process of its own, keys from a file or the feed."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from feed_server import FeedServer
from servers import send
from signing import alibaba

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
BODY = b'{"id":1}'
COMMANDS = {
    "fastapi": [sys.executable, "-m", "uvicorn", "fastapi_app:app", "--port", "0"],
    "flask": [sys.executable, "-m", "flask", "--app", "flask_app", "run", "--port", "0"],
}


@contextlib.contextmanager
def running(name, settings):
    """Runs an example; gives its port, which it tells on standard error."""
    process = subprocess.Popen(
        COMMANDS[name], cwd=EXAMPLES, env={**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": "1"},
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    # A server that never tells is ended, and the loop with it.
    watch = threading.Timer(30, process.kill)
    watch.start()
    try:
        lines = []
        for line in process.stderr:
            lines.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                break
        else:
            raise AssertionError("".join(lines))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield int(found[1])
    finally:
        watch.cancel()
        process.terminate()
        process.wait(10)


def check(port):
    headers = [("Content-Type", "application/json")]
    record = alibaba.signed("POST", "/v1/orders?b=%2F", headers, BODY)
    answer = send(port, "POST", record["target"], record["headers"], BODY)
    assert answer.status == 200
    assert answer.json() == {"order": {"id": 1}, "signed_by": alibaba.KEY}
    answer = send(port, "POST", record["target"], record["headers"], b'{"id":2}')
    assert (answer.status, answer.json()) == (401, {"error": "signature_differs"})
    answer = send(port, "GET", "/", [])
    assert (answer.status, answer.headers["x-countersign-refusal"]) == (401, "no_signature")


@pytest.mark.parametrize("name", COMMANDS)
def test_keys_of_a_file(name, tmp_path):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": alibaba.KEYS}))
    with running(name, {"COUNTERSIGN_KEYS": str(path)}) as port:
        check(port)


@pytest.mark.parametrize("name", COMMANDS)
def test_keys_of_the_feed(name):
    server = FeedServer(alibaba.KEYS)
    try:
        settings = {"COUNTERSIGN_FEED": server.address, "COUNTERSIGN_TOKEN": "token"}
        with running(name, settings) as port:
            check(port)
    finally:
        server.close()
