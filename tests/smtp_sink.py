"""A real SMTP server on loopback, with STARTTLS, AUTH and failures on order."""

import base64
import contextlib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "me@example.org", "correct horse"
TAKE = ""
DROP_BEFORE = "drop before"  # the line is cut before the letter is asked for
DROP_AFTER = "drop after"  # the letter is taken, then the line is cut


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter with the envelope it came in."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class Sink:
    """What the server does and has. `script` is used up by one word per letter."""

    port: int = 0
    ca_file: Path | None = None
    taken: list[Taken] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    connections: int = 0
    logins: int = 0
    user: str = USER
    password: str = PASSWORD
    tokens: set[str] = field(default_factory=set)  # taken by XOAUTH2

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self.script[:1] == [DROP_BEFORE]:
            self.script.pop(0)
            assert server.transport is not None
            server.transport.abort()
        if address in self.refused:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        word = self.script.pop(0) if self.script else TAKE
        if word not in (TAKE, DROP_AFTER):
            return word
        raw = envelope.content
        assert isinstance(raw, bytes)
        self.taken.append(
            Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw)
        )
        if word == DROP_AFTER:
            assert server.transport is not None
            server.transport.abort()
        return "250 2.0.0 queued"

    def login(
        self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any
    ) -> AuthResult:
        self.logins += 1
        right = isinstance(data, LoginPassword) and (
            (data.login.decode(), data.password.decode()) == (self.user, self.password)
        )
        return AuthResult(success=right, handled=False)

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        """Take a token; to a wrong one say why, and wait for the empty answer."""
        self.logins += 1
        told = base64.b64decode(args[1]).decode()
        if told in {f"user={self.user}\1auth=Bearer {t}\1\1" for t in self.tokens}:
            return AuthResult(success=True)
        why = base64.b64encode(b'{"status":"401"}').decode()
        await server.challenge_auth(why, encode_to_b64=False)
        return AuthResult(success=False, handled=False)


@contextlib.contextmanager
def serve(certificate: tuple[Path, Path] | None, *, tls: str) -> Iterator[Sink]:
    """Run a server: `tls`, `starttls` (both with AUTH) or `none` (without)."""
    sink = Sink(ca_file=certificate[0] if certificate else None)
    with socket.socket() as probe:  # the controller cannot choose a port itself
        probe.bind(("127.0.0.1", 0))
        sink.port = probe.getsockname()[1]
    options: dict[str, Any] = {}
    if certificate and tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        options = {"authenticator": sink.login, "auth_required": True}
        if tls == "tls":
            options |= {"ssl_context": context}
            options |= {"auth_required": False, "auth_require_tls": False}
        else:
            options |= {"tls_context": context, "require_starttls": True}
    controller = Controller(
        sink,
        hostname="127.0.0.1",
        port=sink.port,
        server_hostname="sink.example",
        decode_data=False,
        **options,
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a self-signed certificate for loopback; it is its own authority."""
    certificate, key = folder / "sink.crt", folder / "sink.key"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"),
            *("-subj", "/CN=sink.example"),
            *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
