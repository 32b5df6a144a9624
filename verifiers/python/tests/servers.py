"""Real servers on ports of their own, and a client that sends what it is told."""

import contextlib
import json
import socket
import threading
import wsgiref.simple_server

import uvicorn
from werkzeug.serving import make_server


@contextlib.contextmanager
def asgi_server(app):
    """Serves an ASGI application with uvicorn; gives the port."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off",
                            http="h11", h11_max_incomplete_event_size=1 << 20)
    server = uvicorn.Server(config)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextlib.contextmanager
def werkzeug_server(app):
    """Serves a WSGI application with werkzeug, which gives `RAW_URI`."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    yield from serving(server, server.port)


@contextlib.contextmanager
def wsgiref_server(app):
    """Serves a WSGI application with wsgiref, which gives the decoded path only."""

    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *args):
            pass

    server = wsgiref.simple_server.make_server("127.0.0.1", 0, app, handler_class=Quiet)
    yield from serving(server, server.server_port)


def serving(server, port):
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


class Answer:
    """An answer: status, headers by lower-case name, body."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {name.lower(): value.strip() for name, _, value in
                        (line.partition(":") for line in lines[1:])}

    def json(self):
        return json.loads(self.body)


def send(port, method, target, headers, body=b"", chunks=None):
    """Sends exactly this, with a framing header, and reads to the end."""
    lines = [f"{method} {target} HTTP/1.1"]
    names = [name.lower() for name, _ in headers]
    lines += [f"{name}: {value}" for name, value in headers]
    if "host" not in names:
        lines.append("Host: a")
    if chunks is not None:
        lines.append("Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    elif body or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body)}")
    lines.append("Connection: close")
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        raw = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
        with contextlib.suppress(ConnectionError):
            connection.sendall(raw)
        answer = b""
        while piece := receive(connection):
            answer += piece
    return Answer(answer)


def receive(connection):
    # A server that does not read a body it refuses may reset the connection after its answer.
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""
