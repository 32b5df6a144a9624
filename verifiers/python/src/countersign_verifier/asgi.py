"""ASGI middleware: FastAPI, Starlette, Django and others."""

from __future__ import annotations

from collections.abc import Awaitable, MutableMapping
from typing import Any, Callable, Optional
from urllib.parse import quote

from .events import LOG
from .guard import REFUSAL_HEADER, Guard, answer_body
from .refusal import Refusal
from .request import Request
from .verifier import Verdict

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

STATE = "countersign"
_REFUSAL = REFUSAL_HEADER.lower().encode()


class CountersignMiddleware:
    """Refuses requests that the gateway did not sign.

    The verdict is `request.state.countersign` (Starlette, FastAPI) and
    `scope["countersign"]`. The body is held to be checked and handed on as it came.
    A WebSocket is checked by its handshake.
    """

    def __init__(self, app: App, guard: Guard) -> None:
        self._app = app
        self._guard = guard
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        is_http = scope["type"] == "http"
        method = scope["method"] if is_http else "GET"
        request = Request(method, self._target(scope), scope["headers"])
        held = _Held(receive)
        if is_http and self._guard.needs_body(request):
            request.body = await held.body(self._guard.verifier.body_max, request)
        verdict = await self._guard.verify_async(request)
        if verdict.refusal and not self._guard.observe:
            await _refuse(verdict.refusal, is_http, receive, send)
            return
        await self._app(_told(scope, verdict), held.replay, send)

    def _target(self, scope: Scope) -> bytes:
        path: Optional[bytes] = scope.get("raw_path")
        if path is None:
            # Signed escapes are lost; what had any is refused, as it has to be.
            if not self._warned:
                self._warned = True
                LOG.warning("the server gives no raw_path: paths with escapes are refused")
            path = quote(scope["path"], safe="/!$&'()*+,;=:@-._~").encode()
        query: bytes = scope.get("query_string", b"")
        return path.partition(b"?")[0] + (b"?" + query if query else b"")


class _Held:
    """The messages of a body, to be received once more."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Message] = []
        self._next = 0

    async def body(self, bytes_max: int, request: Request) -> Optional[bytes]:
        """`None` if the body is longer; the rest is then left where it is."""
        length = request.values(b"content-length")
        if length and length[0].isdigit() and int(length[0][:20]) > bytes_max:
            return None
        pieces, size = [], 0
        while True:
            message = await self._receive()
            self._messages.append(message)
            if message["type"] != "http.request":
                break
            piece = message.get("body", b"")
            pieces.append(piece)
            size += len(piece)
            if size > bytes_max:
                return None
            if not message.get("more_body", False):
                break
        return b"".join(pieces)

    async def replay(self) -> Message:
        if self._next < len(self._messages):
            self._next += 1
            return self._messages[self._next - 1]
        return await self._receive()


def _told(scope: Scope, verdict: Verdict) -> Scope:
    """The scope with the verdict, without what a client says of one."""
    headers = [pair for pair in scope["headers"] if pair[0].lower() != _REFUSAL]
    if verdict.refusal:
        headers.append((_REFUSAL, str(verdict.refusal).encode()))
    state = {**(scope.get("state") or {}), STATE: verdict}
    return {**scope, "headers": headers, "state": state, STATE: verdict}


async def _refuse(refusal: Refusal, is_http: bool, receive: Receive, send: Send) -> None:
    if not is_http:
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": str(refusal)})
        return
    body = answer_body(refusal)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (_REFUSAL, str(refusal).encode()),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
