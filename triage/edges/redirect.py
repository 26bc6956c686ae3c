"""Listens on loopback for the owner's browser, which the provider sends back with a code."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

LONGEST = 8192  # characters of an address


class Redirect:
    """A web page on this machine, for one visit. It knows its visitor by `state`."""

    def __init__(self, state: str, thanks: str) -> None:
        """Begin to listen on a free port of 127.0.0.1 (RFC 8252, 7.3)."""
        self._came = threading.Event()
        self._address = ""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _page(self._take, thanks))
        server.daemon_threads = True
        self._server, self._state = server, state
        self._thread = threading.Thread(target=server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def came(self, seconds: float = 0) -> str:
        """Return the address the browser was sent back to, "" when it did not come."""
        return self._address if self._came.wait(seconds) else ""

    def _take(self, path: str) -> bool:
        fields = parse_qs(urlsplit(path).query)
        if fields.get("state") != [self._state] or self._came.is_set():
            return False
        self._address = path
        self._came.set()
        return True


def _page(take: Callable[[str], bool], thanks: str) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            known = len(self.path) < LONGEST and take(self.path)
            body = (thanks if known else "").encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing: the address holds a code."""

    return Page
