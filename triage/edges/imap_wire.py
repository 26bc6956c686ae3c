"""What comes over the wire from an IMAP server, and how much of it is listened to.

imaplib believes every size it is told and keeps every line it is sent. Here both have an
end, and it is a near one until the login: who speaks before TLS may be anybody.
"""

import imaplib
import socket
import ssl
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar

BEFORE_LOGIN = 1 << 16  # bytes of lines, and of literals
LINE = 1_000_000  # bytes
LINES = 8 << 20  # bytes of all lines in one exchange; a big folder tells of many flags
LITERALS = 128 << 20  # bytes of them that are kept: 500 headers, each cut at 256 kB
RECORD = 200  # bytes that a record takes besides


class Begun(Protocol):
    """The first line of a record, as far as it matters here."""

    @property
    def size(self) -> int:
        """Say how many bytes the literal has that follows."""


B = TypeVar("B", bound=Begun)


class Flood(ConnectionError):
    """The server sends more than any answer needs."""

    def __init__(self) -> None:
        super().__init__("ответ слишком длинный")


class Wire(imaplib.IMAP4):
    """An imaplib connection that hears only so much; `listen` grants it more."""

    def __init__(
        self, host: str, port: int, context: ssl.SSLContext | None, timeout: float
    ) -> None:
        """Connect, by TLS at once where there is a `context`, and hear the greeting."""
        self._context = context
        self._longest = BEFORE_LOGIN
        self._lines = self._literals = BEFORE_LOGIN
        super().__init__(host, port, timeout)

    def listen(self) -> None:
        """Grant what the answers of one exchange may need."""
        self._longest, self._lines, self._literals = LINE, LINES, LITERALS

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = socket.create_connection((self.host, self.port), timeout)
        if self._context is None:
            return plain
        return self._context.wrap_socket(plain, server_hostname=self.host)

    @property
    def sock(self) -> Any:
        return self._sock

    @sock.setter
    def sock(self, sock: Any) -> None:
        """Read from a socket, and forget what was read ahead from the one before.

        That came before TLS, and from anybody (CVE-2011-0411 tells of servers).
        """
        self._sock = sock
        self._ahead: Any = sock.makefile("rb")

    def readline(self) -> bytes:
        line: bytes = self._ahead.readline(self._longest)
        size = len(line)
        self._lines -= size
        if self._lines < 0 or size == self._longest:
            raise Flood
        return line

    def read(self, size: int) -> bytes:
        self._literals -= size
        if self._literals < 0:
            raise Flood
        literal: bytes = self._ahead.read(size)
        return literal

    def shutdown(self) -> None:
        self._ahead.close()
        super().shutdown()

    def records(
        self, tag: Any, begins: Callable[[bytes], B | None], most: int | None
    ) -> list[tuple[B, bytes]]:
        """Wait for the answer to a command, and return the usual ones of its records.

        Those are the ones whose first line `begins` knows, and that hold one literal and
        no more; each is its beginning and the literal, or the first `most` bytes of that.
        The others are left where imaplib keeps what it reads.
        """
        found: list[tuple[B, bytes]] = []
        readline, read = self._ahead.readline, self._ahead.read
        self._check_bye()
        while self.tagged_commands[tag] is None:
            said, literals = [readline(self._longest)], []
            begun = begins(said[0])
            if begun and begun.size <= self._literals:
                literals.append(read(begun.size))
                said.append(readline(self._longest))
                if said[1] == b")\r\n":
                    kept = literals[0][:most]
                    found.append((begun, kept))
                    self._literals -= len(kept) + RECORD
                    continue
            self._respond(said, literals)
            self._check_bye()
        return found

    def _respond(self, said: list[bytes], literals: list[bytes]) -> None:
        """Let imaplib read a response of which something was read already."""
        ahead = self._ahead
        self._ahead = SimpleNamespace(
            readline=lambda most: said.pop(0) if said else ahead.readline(most),
            read=lambda size: literals.pop(0) if literals else ahead.read(size),
        )
        try:
            self._get_response()
        finally:
            self._ahead = ahead
