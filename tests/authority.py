"""An OAuth2 server on loopback that does what a test scripts, and signs tokens."""

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

from dovecot import TOKEN_KEY

CLIENT = "client-of-the-tests"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def a_token(user: str, *, seconds: int = 3600, number: int = 0) -> str:
    """Sign a token that Dovecot takes (RFC 7519, HS256)."""
    now = int(time.time())
    head = {"typ": "JWT", "alg": "HS256"}
    body = {"email": user, "sub": user, "iat": now - 5, "exp": now + seconds}
    parts = [_part(json.dumps(each).encode()) for each in (head, {**body, "n": number})]
    signed = hmac.digest(TOKEN_KEY, ".".join(parts).encode(), hashlib.sha256)
    return ".".join([*parts, _part(signed)])


class Authority:
    """Answers each request by the next word of `script`, else with tokens."""

    def __init__(self, user: str, tls: ssl.SSLContext | None = None) -> None:
        self.user = user
        self.script: list[str | tuple[int, Mapping[str, Any]]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.expires_in = 3600
        self.tokens: set[str] = set()
        self.refresh = "refresh-1"
        self.challenge = ""  # of the browser's visit
        self.token_seconds = 3600
        self.fields = {"interval": 1, "expires_in": 600}
        outer = self

        class Page(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                fields = parse_qs(self.rfile.read(size).decode())
                form = {key: value[0] for key, value in fields.items()}
                status, answer = outer.answer(self.path, form)
                body = json.dumps(answer).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self._server.handle_error = lambda *_: None  # whoever hangs up says so himself
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, Mapping[str, Any]]:
        self.asked.append((path, form))
        if path == "/device":
            page = f"{self.url}/enter"
            codes = {"device_code": "dev-1", "user_code": "ABCD-EFGH"}
            return 200, {**codes, "verification_uri": page, **self.fields}
        word = self.script.pop(0) if self.script else ""
        if isinstance(word, tuple):
            return word
        if word:
            return 400, {"error": word, "error_description": "as the test wants"}
        return self._grant(form)

    def _grant(self, form: Mapping[str, str]) -> tuple[int, Mapping[str, Any]]:
        if form.get("client_id") != CLIENT:
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh:
                return 400, {"error": "invalid_grant"}
            self.refresh = f"refresh-{int(self.refresh[8:]) + 1}"
        if form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if _part(digest) != self.challenge or form["code"] != "code-1":
                return 400, {"error": "invalid_grant"}
        number = len(self.tokens)
        token = a_token(self.user, seconds=self.token_seconds, number=number)
        self.tokens.add(token)
        return 200, {
            "access_token": token,
            "refresh_token": self.refresh,
            "expires_in": self.expires_in,
            "token_type": "Bearer",
        }
