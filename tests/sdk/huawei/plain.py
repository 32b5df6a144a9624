"""Plain HTTP to the management plane, for what no SDK does: v1.0, tokens, and requests that are wrong on purpose."""

import contextlib
import dataclasses
import http.client
import json
import re
import urllib.parse

import sdk_signer

CALL_SECONDS = 10
REQUEST_ID = re.compile(r"[0-9a-f]{32}")
JSON = {"Content-Type": "application/json"}


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self):
        assert self.headers["content-type"].partition(";")[0] == "application/json"
        return json.loads(self.body)

    def error(self):
        """Status and code of a refusal, which has the two fields that every client wants to see."""
        refusal = self.json()
        assert isinstance(refusal["error_code"], str) and refusal["error_msg"]
        return self.status, refusal["error_code"]


def send(port, method, target, headers=(), body=b""):
    """One request, with nothing in it that is not said here but the length of its body."""
    given = dict(headers)
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_SECONDS)) as connection:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": f"127.0.0.1:{port}", **given}.items():
            connection.putheader(name, value)
        if body or method in ("POST", "PUT"):
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        pairs = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, pairs, response.read())
    assert REQUEST_ID.fullmatch(answer.headers["x-request-id"]), "every answer has a request id"
    return answer


class Nobody:
    """Sends no credentials."""

    def prepare(self, host, method, path, query, headers, body):
        encoded = urllib.parse.urlencode(query, quote_via=urllib.parse.quote, safe="")
        return (f"{path}?{encoded}" if encoded else path), {"Host": host, **headers}


class Signed(Nobody):
    """Signs as the vendor's SDK does, with its own signer class."""

    def __init__(self, access):
        self._access = access

    def prepare(self, host, method, path, query, headers, body):
        return sdk_signer.sign(self._access.key_id, self._access.secret, host, method, path, query, headers, body)


class Token(Nobody):
    """Shows a token of the identity service."""

    def __init__(self, token):
        self._token = token

    def prepare(self, host, method, path, query, headers, body):
        return super().prepare(host, method, path, query, {**headers, "X-Auth-Token": self._token}, body)


class Rest:
    """One version of the management API as one caller, with the statuses that the vendor documents."""

    def __init__(self, gateway, credentials, base):
        self._port = gateway.management_port
        self._credentials = credentials
        self._base = base

    def call(self, method, path, body=None, query=(), headers=()):
        """One call and whatever it is answered; `body` is sent as JSON unless it is bytes already."""
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        pairs = list(query.items()) if isinstance(query, dict) else list(query)
        target, prepared = self._credentials.prepare(
            f"127.0.0.1:{self._port}", method, self._base + path, pairs, {**JSON, **dict(headers)}, data
        )
        return send(self._port, method, target, prepared, data)

    def create(self, path, body):
        return self._expect(201, self.call("POST", path, body))

    def change(self, path, body):
        return self._expect(200, self.call("PUT", path, body))

    def read(self, path, **query):
        return self._expect(200, self.call("GET", path, query=query))

    def delete(self, path, **query):
        answer = self.call("DELETE", path, query=query)
        assert (answer.status, answer.body) == (204, b""), answer

    def items(self, path, field, **query):
        """The entries of a list whose first page has all of them."""
        listed = self.read(path, **query)
        assert listed["size"] == len(listed[field]) == listed["total"]
        return listed[field]

    def refused(self, status, code, method, path, body=None, query=()):
        """The text of a refusal with this status and code."""
        answer = self.call(method, path, body, query)
        assert answer.error() == (status, code), answer
        return answer.json()["error_msg"]

    @staticmethod
    def _expect(status, answer):
        assert answer.status == status, answer
        return answer.json()
