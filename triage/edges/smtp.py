"""Hands letters to the owner's mail server, and to nobody but the owner.

The recipient is compared before a socket is opened. What went wrong is told by when it
went wrong: before the letter was whole nothing was sent, after it nobody knows.
"""

import contextlib
import email
import email.policy
import email.utils
import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from triage.core.attempt import Answer, Outcome
from triage.core.provider import LOOPBACK
from triage.core.server_words import shown
from triage.errors import Refused, reason

log = logging.getLogger(__name__)

CONNECT_SECONDS = 30.0
ANSWER_SECONDS = 120.0  # RFC 5321, 4.5.3.2 allows more; the owner's provider does not
MOST_LINES = 100  # of one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server for submission (RFC 6409)."""

    host: str
    port: int
    tls: str  # tls, starttls, or none on loopback
    ca_file: Path | None = None
    user: str = ""  # no login without one
    password: str = ""  # or an access token
    by_token: bool = False  # XOAUTH2
    sender: str  # the envelope's sender
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS


class _Answers:
    """The lines of a server, of which one answer may have so many and no more."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines
        self.left = MOST_LINES

    def readline(self, limit: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError("ответ без конца")
        return self._lines.readline(limit)

    def close(self) -> None:
        self._lines.close()


class _Session(smtplib.SMTP):
    """A session that an answer without end does not hold, nor fill the memory."""

    file: Any = None

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer."""
        if self.file is None and self.sock is not None:
            self.file = _Answers(self.sock.makefile("rb"))
        if self.file is not None:
            self.file.left = MOST_LINES
        return super().getreply()


class _ProtectedSession(_Session, smtplib.SMTP_SSL):
    """The same, protected from the start."""


class Postman:
    """Sends letters of the owner to the owner."""

    def __init__(self, server: Server, owner: str) -> None:
        """Remember the server and the only address that letters may go to.

        Raises:
            Refused: an unprotected connection to another machine.
        """
        if server.tls == "none" and server.host.lower() not in LOOPBACK:
            raise Refused(f"без шифрования письма уходят только на {sorted(LOOPBACK)}")
        self._server = server
        self._owner = owner

    def send(self, raw: bytes, recipient: str) -> Answer:
        """Make one attempt.

        Raises:
            Refused: the letter, or its envelope, names anybody but the owner.
        """
        self._check(raw, recipient)
        return self._attempt(lambda line: self._hand_over(line, raw, recipient))

    def check(self) -> Answer:
        """Try the connection and the login without sending anything."""
        return self._attempt(lambda _: Answer(Outcome.ACCEPTED))

    def _attempt(self, act: Callable[[smtplib.SMTP], Answer]) -> Answer:
        """Connect and act, and show of the server's words what is fit to be shown."""
        answer = self._tried(act)
        words = shown(answer.words, self._server.user, self._server.password)
        printable = "".join(c if c.isprintable() else " " for c in words)
        return Answer(answer.outcome, " ".join(printable.split()))

    def _tried(self, act: Callable[[smtplib.SMTP], Answer]) -> Answer:
        """Connect and act; a fault of the session says nothing about the letter."""
        try:
            with self._connected() as line:
                return act(line)
        except smtplib.SMTPAuthenticationError as error:
            final = 500 <= error.smtp_code < 600
            outcome = Outcome.LOGIN_REJECTED if final else Outcome.DEFERRED
            return _answer(outcome, error.smtp_code, error.smtp_error)
        except UnicodeError:
            return Answer(
                Outcome.LOGIN_REJECTED, "логин или пароль не из латинских букв"
            )
        except smtplib.SMTPResponseException as error:
            return _answer(Outcome.DEFERRED, error.smtp_code, error.smtp_error)
        except ssl.SSLCertVerificationError as error:
            words = f"сертификат сервера не подходит: {error.verify_message}"
            return Answer(Outcome.DEFERRED, words)
        except (smtplib.SMTPException, OSError) as error:
            ours = isinstance(error, (smtplib.SMTPException, ssl.SSLError))
            words = str(error) if ours else reason(error)
            return Answer(Outcome.DEFERRED, f"нет связи: {words}")

    def _check(self, raw: bytes, recipient: str) -> None:
        letter = email.message_from_bytes(raw, policy=email.policy.compat32)
        named = [
            address
            for header in ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")
            for _, address in email.utils.getaddresses(
                [str(value) for value in letter.get_all(header, [])]
            )
        ]
        if {recipient, *named} != {self._owner} or not named:
            raise Refused("письмо не владельцу: никому другому triage не пишет")

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Connect, protect the line, log in; say goodbye without insisting."""
        server = self._server
        context = ssl.create_default_context(cafile=server.ca_file)
        seconds = server.connect_seconds
        if server.tls == "tls":
            connection: smtplib.SMTP = _ProtectedSession(
                server.host, server.port, timeout=seconds, context=context
            )
        else:
            connection = _Session(server.host, server.port, timeout=seconds)
        try:
            if connection.sock is not None:
                connection.sock.settimeout(server.answer_seconds)
            connection.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                connection.starttls(context=context)
                connection.ehlo_or_helo_if_needed()
            if server.user:
                self._log_in(connection)
            yield connection
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
        finally:
            connection.close()

    def _log_in(self, connection: smtplib.SMTP) -> None:
        """Try one mechanism once: `login()` would spend a wrong password on each."""
        connection.user, connection.password = self._server.user, self._server.password
        offered = connection.esmtp_features.get("auth", "").upper().split()
        if self._server.by_token:
            connection.auth("XOAUTH2", self._token)
        elif "PLAIN" in offered:
            connection.auth("PLAIN", connection.auth_plain)
        elif "LOGIN" in offered:
            connection.auth("LOGIN", connection.auth_login)
        else:
            raise smtplib.SMTPNotSupportedError("сервер не предлагает вход по паролю")

    def _token(self, challenge: bytes | None = None) -> str:
        """Show the token; to what the server says of a wrong one the answer is empty."""
        if challenge is not None:
            return ""
        return f"user={self._server.user}\1auth=Bearer {self._server.password}\1\1"

    def _hand_over(
        self, connection: smtplib.SMTP, raw: bytes, recipient: str
    ) -> Answer:
        for code, words in (
            connection.mail(self._server.sender),
            connection.rcpt(recipient),
        ):
            if code not in (250, 251):
                return _verdict(code, words)
        code, words = connection.docmd("DATA")
        if code != 354:
            return _verdict(code, words)
        connection.send(_wire_form(raw))
        try:
            code, words = connection.getreply()
        except (smtplib.SMTPException, OSError) as error:
            log.warning("no answer after the letter was sent whole")
            return Answer(Outcome.UNSURE, f"связь прервалась: {error}")
        if 400 <= code < 600:
            return _verdict(code, words)
        taken = 200 <= code < 300  # by its first digit alone: RFC 5321, 4.3.2
        return _answer(Outcome.ACCEPTED if taken else Outcome.UNSURE, code, words)


def _wire_form(raw: bytes) -> bytes:
    """Double leading dots and end with a line that holds one (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw).removesuffix(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n.\r\n"


def _verdict(code: int, words: bytes | str) -> Answer:
    """Read a refusal: 5yz is for good, unless it asks for a login (RFC 4954, 6)."""
    if code in (530, 534, 535, 538):
        return _answer(Outcome.LOGIN_REJECTED, code, words)
    final = 500 <= code < 600
    return _answer(Outcome.REJECTED if final else Outcome.DEFERRED, code, words)


def _answer(outcome: Outcome, code: int, words: bytes | str) -> Answer:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return Answer(outcome, f"{code} {text}")
