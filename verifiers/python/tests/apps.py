"""Applications that say what they saw."""

import hashlib
import json


def seen(verdict, body, header):
    return json.dumps({
        "verified": verdict.verified,
        "key": verdict.sign_key,
        "body": hashlib.sha256(body).hexdigest(),
        "would": header,
    }).encode()


async def asgi_echo(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = dict(scope["headers"])
    out = seen(scope["state"]["countersign"], body,
               headers.get(b"x-countersign-refusal", b"").decode())
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-length", str(len(out)).encode())]})
    await send({"type": "http.response.body", "body": out})


def wsgi_echo(environ, start_response):
    length = environ.get("CONTENT_LENGTH")
    body = environ["wsgi.input"].read(int(length)) if length else b""
    if not length and environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read()
    out = seen(environ["countersign"], body, environ.get("HTTP_X_COUNTERSIGN_REFUSAL", ""))
    start_response("200 OK", [("Content-Length", str(len(out)))])
    return [out]
