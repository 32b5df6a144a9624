"""What stands before a backend, set up as its page says, with a gateway before it.

The steps of the page are taken up to where a reader tries it; the backend is one that
records. Of Traefik and Envoy, which Debian does not have, only the question is made here,
as they make it: the test is then the proxy, and nothing is behind it.
"""

import contextlib
import dataclasses
import os
import subprocess

import page
from backend import RecordingBackend
from program import REPOSITORY, binary
from reader import Reader, environment
from wire import Message, send

MANAGEMENT_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Kind:
    """One page."""

    name: str
    page: str
    sees_bodies: bool = False
    is_asker: bool = False
    # Flags that the tests need besides those of the page.
    more_flags: str = ""

    def question(self, message):
        """What the proxy asks about a request."""
        if self.name == "envoy":
            return message
        described = {
            "X-Forwarded-Method": message.method,
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": message.header("Host"),
            "X-Forwarded-Uri": message.target,
        }
        question = Message("GET", "/", message.headers).with_header("Host", "127.0.0.1")
        for name, value in described.items():
            question = question.with_header(name, value)
        return question


NGINX = Kind("nginx", "nginx.md")
CADDY = Kind("caddy", "caddy.md")
# Kept, so that the backend can tell the tests what was signed.
REVERSE_PROXY = Kind("reverse proxy", "reverse-proxy.md", sees_bodies=True, more_flags=" --signature-headers keep")
TRAEFIK = Kind("traefik", "traefik.md", is_asker=True)
ENVOY = Kind("envoy", "envoy.md", sees_bodies=True, is_asker=True)
ALL = (NGINX, CADDY, REVERSE_PROXY, TRAEFIK, ENVOY)


class Front:
    """A running front, the backend behind it and the gateway before it."""

    def __init__(self, kind, reader, backend):
        self.kind = kind
        self.backend = backend
        self._reader = reader
        self._host = reader.variable("API_HOST")
        self._gateway_port = int(reader.with_ports("8000"))
        self.port = int(reader.with_ports("9001" if kind.is_asker else "9000"))
        # Where the gateway believes that the backend is: what it signs as the host.
        self.authority = f"127.0.0.1:{reader.with_ports('9000')}"

    def set_key(self, scheme):
        """Makes the gateway sign with the known key of the scheme."""
        (self._reader.directory / "secret").write_text(scheme.secret)
        command = [binary(), "key", "modify", "quickstart", "--scheme", scheme.name, f"--sign-key={scheme.sign_key}"]
        subprocess.run(
            [*command, "--sign-secret-file", "secret"], cwd=self._reader.directory, check=True,
            env=os.environ | {"COUNTERSIGN_CREDENTIALS": self._reader.variable("COUNTERSIGN_CREDENTIALS")},
            stdout=subprocess.DEVNULL, timeout=MANAGEMENT_SECONDS,
        )  # fmt: skip

    def _call(self, method, target, headers, body):
        return send(self._gateway_port, Message(method, target, (("Host", self._host), *headers), body))

    def through_gateway(self, method, target, headers=(), body=b""):
        """What a client's request is answered, by the front."""
        if self.kind.is_asker:
            return self.send(self.captured(method, target, headers, body))
        return self._call(method, target, headers, body)

    def captured(self, method, target, headers=(), body=b""):
        """The request that the gateway signs for a client's, as the backend receives it. A front that only asks has
        not verified it yet, any other has once.
        """
        self._call(method, target, headers, body)
        return Message.captured(self.backend.take())

    def send(self, message):
        """Sends a request past the gateway."""
        return send(self.port, self.kind.question(message) if self.kind.is_asker else message)

    def passed(self, answer):
        """Takes what arrived at the backend; of one that only asks, what the backend would get."""
        assert (answer.status, answer.refusal) == (200, None), answer
        if self.kind.is_asker:
            return tuple(answer.headers.items())
        return self.backend.take().headers

    def refused(self, answer, name):
        """Nothing arrived, and the answer says why."""
        assert (answer.status, answer.refusal) == (401, name), answer
        assert answer.body == f'{{"error":"{name}"}}'.encode()
        assert self.kind.is_asker or self.backend.is_empty()

    def end_verifier(self):
        """Ends `countersign verify`."""
        self._reader.end("countersign verify")


@contextlib.contextmanager
def running(kind, directory):
    """A front for the length of the block."""
    terminal = directory / "terminal"
    terminal.mkdir()
    with RecordingBackend() as backend:
        ports = {"9000" if kind.is_asker else "9002": backend.address.rpartition(":")[2]}
        with Reader(terminal, environment(REPOSITORY, binary(), directory), ports) as reader:
            for step in page.steps((REPOSITORY / "docs/verify" / kind.page).read_text(encoding="utf-8")):
                if "curl" in step.text:
                    break
                if "www" not in step.text:
                    flags = f"countersign verify{kind.more_flags} "
                    reader.take(dataclasses.replace(step, text=step.text.replace("countersign verify ", flags)))
            yield Front(kind, reader, backend)
