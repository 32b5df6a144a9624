"""A backend that records exactly what arrives, and answers 200."""

import http.server
import queue
import threading

from verifier import Request

ARRIVAL_SECONDS = 10


class RecordingBackend:
    """Listens on a loopback port of its own for the length of a `with` block."""

    def __enter__(self):
        self._received = queue.SimpleQueue()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._received))
        # The gateway keeps connections to the backend open; nobody waits for them at the end.
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def take(self):
        """The next recorded request."""
        return self._received.get(timeout=ARRIVAL_SECONDS)

    def is_empty(self):
        """Whether every recorded request was taken."""
        return self._received.empty()


def _handler(received):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body are written apart; without this the second waits for an acknowledgement.
        disable_nagle_algorithm = True

        def _record(self):
            # `path` is not used: the library shortens a leading `//`.
            method, target, _ = self.raw_requestline.decode("latin-1").split()
            headers = tuple(self.headers.items())
            received.put(Request(method, target, headers, self._body()))
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"ok\n")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _record

        def _body(self):
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                return self._chunked_body()
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))

        def _chunked_body(self):
            body = b""
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return body

        def log_message(self, *_):
            pass

    return Handler
