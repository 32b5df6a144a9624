"""A small server that plays the gateway's key feed, on a port of its own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class FeedServer:
    """Answers as the contract says; `fail` makes it answer otherwise."""

    def __init__(self, keys, grace_seconds=60, token="token"):
        self.changed = threading.Condition()
        self.token, self.revision, self.grace_seconds = token, 1, grace_seconds
        self.keys = keys
        self.fail = None
        self.hold_polls = False
        self.asked = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def change(self, keys):
        with self.changed:
            self.revision += 1
            self.keys = keys
            self.changed.notify_all()

    def wake(self):
        with self.changed:
            self.changed.notify_all()

    def count(self, wait):
        with self.changed:
            return sum(1 for asked, _ in self.asked if asked == wait)

    def answer(self, handler):
        parts = urlsplit(handler.path)
        wait = float(parse_qs(parts.query)["wait"][0])
        with self.changed:
            self.asked.append((wait, handler.headers.get("If-None-Match")))
            self.changed.notify_all()
            status, body, headers = self.decide(handler, parts.path, wait)
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def decide(self, handler, path, wait):
        def same():
            return handler.headers.get("If-None-Match") == f'"{self.revision}-x"'

        if self.fail is not None:
            return self.fail, b"{}", []
        if path != "/api/v1/verifier/keys":
            return 404, b"", []
        if handler.headers.get("Authorization") != f"Bearer {self.token}":
            return 401, b"", []
        if wait:
            self.changed.wait_for(lambda: (not same() and not self.hold_polls)
                                  or self.fail is not None, wait)
            if self.fail is not None:
                return self.fail, b"", []
        if same() or (wait and self.hold_polls):
            return 304, b"", []
        document = {"revision": self.revision, "grace_seconds": self.grace_seconds,
                    "keys": self.keys}
        return 200, json.dumps(document).encode(), [("ETag", f'"{self.revision}-x"')]

    def close(self):
        with self.changed:
            self.fail = 503
            self.changed.notify_all()
        self.http.shutdown()
        self.http.server_close()
