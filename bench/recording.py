"""A backend that remembers what it received; used to verify, never to measure."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def recording_backend(port):
    """Listens on `port` for the length of the block; gives the list that grows with each request."""
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers every GET with 200 and ends the connection, so that nobody keeps one to a backend that goes away."""

        def do_GET(self):  # noqa: N802, the name is the library's
            received.append((self.command, self.path, list(self.headers.items())))
            self.send_response(200)
            self.send_header("Content-Length", "3")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"ok\n")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
