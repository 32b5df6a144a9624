"""Requests as they go over the wire, and what answers them."""

import base64
import contextlib
import dataclasses
import http.client

CALL_SECONDS = 15
# Of a connection, or set by whoever forwards; none of them is signed by the gateway.
HOP = {"connection", "content-length", "transfer-encoding", "accept-encoding", "via", "user-agent"}
FORWARDERS = ("x-forwarded-", "x-countersign-")


@dataclasses.dataclass(frozen=True)
class Message:
    """One request: the target and every header as they are sent, `Host` among them."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @classmethod
    def of_signer(cls, made):
        """From what the signers of the shared vectors make."""
        headers = tuple((name, value) for name, value in made["headers"])
        return cls(made["method"], made["target"], headers, base64.b64decode(made["body"]))

    @classmethod
    def captured(cls, received):
        """From what a backend received, as it was before it was forwarded."""
        headers = (pair for pair in received.headers if _is_end_to_end(pair[0].lower()))
        return cls(received.method, received.target, tuple(headers), received.body)

    def but(self, **changes):
        """The same with other fields."""
        return dataclasses.replace(self, **changes)

    def with_header(self, name, value):
        """The same with one value of a header instead of those it has."""
        others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return self.but(headers=(*others, (name, value)))

    def header(self, name):
        """The only value of a header."""
        (value,) = (value for other, value in self.headers if other.lower() == name.lower())
        return value


def _is_end_to_end(name):
    return name not in HOP and not name.startswith(FORWARDERS)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def refusal(self):
        """The name of a refusal in the header, or None."""
        return self.headers.get("x-countersign-refusal")


def send(port, message):
    """Sends the message and nothing besides but its length."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=CALL_SECONDS)) as connection:
        connection.putrequest(message.method, message.target, skip_host=True, skip_accept_encoding=True)
        for name, value in message.headers:
            connection.putheader(name, value)
        if message.body or message.method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(message.body)))
        connection.endheaders(message.body or None)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())
