"""A tiny client of Countersign's Alibaba management dialect, with the standard library alone.

It signs with scheme v1 (HMAC-SHA1) and sends every parameter in a form body.
"""

import base64
import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
import urllib.parse
import uuid

from bench import BenchError

CONNECTIONS = 8
CALL_SECONDS = 30
THROTTLED_RETRIES = 200
THROTTLED_PAUSE_SECONDS = 0.25


class Management:
    """One caller with one access key. Each thread keeps a connection of its own."""

    def __init__(self, port, access_key_id, access_key_secret):
        self._port = port
        self._access_key_id = access_key_id
        self._hmac_key = f"{access_key_secret}&".encode()
        self._local = threading.local()

    def call(self, action, **parameters):
        """The decoded answer of one operation; a refusal that is not about the rate is an error."""
        for _ in range(THROTTLED_RETRIES):
            status, answer = self._send(action, parameters)
            if status == 200:
                return answer
            if not str(answer.get("Code", "")).startswith("Throttling"):
                raise BenchError(f"{action} answered {status}: {answer.get('Code')}: {answer.get('Message')}")
            time.sleep(THROTTLED_PAUSE_SECONDS)
        raise BenchError(f"{action} is still throttled after {THROTTLED_RETRIES} attempts")

    def call_all(self, calls):
        """Runs (action, parameters) pairs over several connections at once; the answers, in the same order."""
        pending = queue.SimpleQueue()
        for numbered in enumerate(calls):
            pending.put(numbered)
        answers, failures = [None] * pending.qsize(), []

        def work():
            try:
                while not failures:
                    number, (action, parameters) = pending.get_nowait()
                    answers[number] = self.call(action, **parameters)
            except queue.Empty:
                pass
            except (BenchError, OSError, http.client.HTTPException) as error:
                failures.append(error)
            finally:
                self._close()

        workers = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if failures:
            raise BenchError(f"setting up failed: {failures[0]!r}")
        return answers

    def _send(self, action, parameters):
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=CALL_SECONDS)
            self._local.connection = connection
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/", self._signed_form(action, parameters), headers)
        response = connection.getresponse()
        body = response.read()
        try:
            return response.status, json.loads(body)
        except ValueError as error:
            raise BenchError(f"{action} answered {response.status} without JSON: {body[:200]!r}") from error

    def _close(self):
        connection = self._local.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def _signed_form(self, action, parameters):
        named = {
            **{name: str(value) for name, value in parameters.items()},
            "Action": action,
            "Version": "2016-07-14",
            "Format": "JSON",
            "AccessKeyId": self._access_key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid.uuid4().hex,
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        sorted_form = "&".join(f"{_escape(name)}={_escape(named[name])}" for name in sorted(named))
        string_to_sign = f"POST&%2F&{_escape(sorted_form)}"
        digest = hmac.new(self._hmac_key, string_to_sign.encode(), hashlib.sha1).digest()
        return f"{sorted_form}&Signature={_escape(base64.b64encode(digest).decode())}"


def _escape(text):
    return urllib.parse.quote(text, safe="-_.~")
