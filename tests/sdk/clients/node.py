"""npm @alicloud/cloudapi20160714 (V3, POST) and @alicloud/pop-core (v1, GET or POST), through node/driver.mjs."""

import json
import pathlib
import queue
import subprocess
import threading

from clients.refusal import Refusal

DRIVER = pathlib.Path(__file__).resolve().parents[1] / "node" / "driver.mjs"
ANSWER_SECONDS = 30


class NodeDriver:
    """The Node process, for the length of a `with` block."""

    def __enter__(self):
        self._process = subprocess.Popen(
            ["node", str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._lines = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            self._process.wait(ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def ask(self, call):
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        line = self._lines.get(timeout=ANSWER_SECONDS)
        assert line is not None, "the driver ended; its standard error says why"
        return json.loads(line)


class NodeClient:
    def __init__(self, driver, access, client, method):
        self._driver = driver
        self._fixed = {
            "client": client,
            "method": method,
            "endpoint": access.endpoint,
            "key": access.key_id,
            "secret": access.secret,
        }

    def call(self, operation, parameters=(), nonce=None, clock_offset=0):
        answer = self._driver.ask(
            {
                **self._fixed,
                "operation": operation,
                "parameters": dict(parameters),
                "nonce": nonce,
                "clockOffset": clock_offset,
            }
        )
        if "body" in answer:
            return answer["body"]
        error = answer["error"]
        # An error of the driver or of the transport has no code of this product.
        assert error.get("code"), error
        raise Refusal(error["type"], error["code"], error["message"], error.get("retryAfter"))
