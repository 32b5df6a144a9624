"""WSGI middleware: Flask, Django and others."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO, Any, Callable, Optional
from urllib.parse import quote

from .events import LOG
from .guard import REFUSAL_HEADER, Guard, answer_body
from .refusal import Refusal
from .request import Request
from .verifier import Verdict

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]

STATE = "countersign"
_REFUSAL = "HTTP_" + REFUSAL_HEADER.upper().replace("-", "_")
_CHUNK_BYTES = 64 * 1024


class CountersignMiddleware:
    """Refuses requests that the gateway did not sign.

    The verdict is `environ["countersign"]`. The raw target is taken from `RAW_URI`
    (gunicorn, werkzeug) or `REQUEST_URI` (uwsgi, mod_wsgi, waitress); a server
    without either has lost the escapes of the path, and paths with any are refused.
    """

    def __init__(self, app: App, guard: Guard) -> None:
        self._app = app
        self._guard = guard
        self._warned = False

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ["REQUEST_METHOD"], self._target(environ), _headers(environ))
        if self._guard.needs_body(request):
            request.body = _hold_body(environ, self._guard.verifier.body_max)
        verdict = self._guard.verify(request)
        if verdict.refusal and not self._guard.observe:
            return _refuse(verdict.refusal, environ, start_response)
        _tell(environ, verdict)
        return self._app(environ, start_response)

    def _target(self, environ: Environ) -> str:
        target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if isinstance(target, str):
            return _origin_form(target)
        if not self._warned:
            self._warned = True
            LOG.warning("the server gives no RAW_URI: paths with escapes are refused")
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        query = environ.get("QUERY_STRING", "")
        # WSGI's text is Latin-1, one character a byte.
        raw = quote(path.encode("latin-1", "replace"), safe="/!$&'()*+,;=:@-._~")
        return raw + (f"?{query}" if query else "")


def _origin_form(target: str) -> str:
    """Without scheme and authority, which a proxy's request has."""
    for scheme in ("http://", "https://"):
        if target[: len(scheme)].lower() == scheme:
            rest = target[len(scheme) :]
            at = min((rest.find(mark) for mark in "/?" if mark in rest), default=len(rest))
            return rest[at:] if rest[at:].startswith("/") else "/" + rest[at:]
    return target


def _headers(environ: Environ) -> list[tuple[str, str]]:
    headers = []
    for name, value in environ.items():
        if not isinstance(value, str):
            continue
        if name.startswith("HTTP_"):
            headers.append((name[len("HTTP_") :].replace("_", "-"), value))
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            headers.append((name.replace("_", "-"), value))
    return headers


def _hold_body(environ: Environ, bytes_max: int) -> Optional[bytes]:
    """Reads the body and puts one in its place that can be read again. `None` if it
    is longer than `bytes_max`; the rest is then left where it is."""
    stream: IO[bytes] = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    left: Optional[int] = int(length) if length.isascii() and length.isdigit() else None
    if left is not None and left > bytes_max:
        return None
    if left is None:
        if not environ.get("wsgi.input_terminated"):
            return b""
        left = bytes_max + 1
    held = bytearray()
    while left > 0:
        piece = stream.read(min(left, _CHUNK_BYTES))
        if not piece:
            break
        held += piece
        left -= len(piece)
    body = bytes(held)
    if len(body) > bytes_max:
        environ["wsgi.input"] = io.BufferedReader(_Chain(body, stream))
        return None
    environ["wsgi.input"] = io.BytesIO(body)
    return body


class _Chain(io.RawIOBase):
    """What was read, then the rest."""

    def __init__(self, held: bytes, rest: IO[bytes]) -> None:
        self._held = io.BytesIO(held)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._held.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _tell(environ: Environ, verdict: Verdict) -> None:
    """Puts the verdict in, and takes out what a client says of one."""
    environ[STATE] = verdict
    environ.pop(_REFUSAL, None)
    if verdict.refusal:
        environ[_REFUSAL] = str(verdict.refusal)


def _refuse(
    refusal: Refusal, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    body = answer_body(refusal)
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        (REFUSAL_HEADER, str(refusal)),
    ]
    start_response("401 Unauthorized", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
