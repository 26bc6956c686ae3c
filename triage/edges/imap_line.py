"""One line to an IMAP server: opened, protected, logged in, and its faults in our words.

imapclient and imaplib raise some twenty kinds of errors. Here each becomes one of ours:
`LoginRejected` and `Refused` will not get better by themselves, `Unavailable` may.
"""

import contextlib
import logging
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError, ProtocolError
from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.response_parser import parse_fetch_response

from triage.core.provider import LOOPBACK
from triage.core.server_words import CONTROL, shown
from triage.edges.imap_wire import B, Wire
from triage.errors import ConfigError, Refused, Unavailable, reason

CONNECT_SECONDS = 15.0
ANSWER_SECONDS = 60.0

_ATOM = re.compile(r"[!#$&'+-\[^-z|}~]+")  # RFC 3501 astring, without quoting
_FINAL = re.compile(
    r"\[(authenticationfailed|authorizationfailed|expired)\]", re.IGNORECASE
)
_LATER = re.compile(
    r"\[(unavailable|limit|inuse|overquota|serverbug|throttled)\]"
    r"|too many|try again|later|temporar|rate limit|throttl|unavailable"
    r"|internal|in use|timed? ?out|maximum number|simultaneous",
    re.IGNORECASE,
)
"""A refused login that says nothing about the password (RFC 5530, and plain words)."""
_NO = re.compile(r"\w+ (failed: |command error: BAD)")

# What an odd answer can raise inside imapclient's and imaplib's parsing of it.
_NONSENSE = (
    *(ProtocolError, ValueError, LookupError, TypeError, AssertionError),
    *(ArithmeticError, RecursionError),
)
_HUNG_UP = (IMAPClient.AbortError, ConnectionError, ssl.SSLEOFError)
_FAULTS = (OSError, IMAPClient.Error, MemoryError, *_NONSENSE)


class LoginRejected(Refused):
    """The server does not take this user and password; `said` is all but the advice."""

    def __init__(self, said: str, advice: str = "") -> None:
        self.said = said
        super().__init__("; ".join(filter(None, [said, advice])))


class Dropped(Unavailable):
    """The line broke in the middle of an answer, or the answer would not end."""


class SaidNo(Unavailable):
    """The server answered NO or BAD; the line is as good as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """A server and a login."""

    host: str
    port: int
    tls: str  # tls, starttls, or none on loopback
    ca_file: Path | None = None  # None: the system's authorities
    user: str
    password: str = field(repr=False)  # or an access token
    by_token: bool = False  # XOAUTH2
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS


class _Client(IMAPClient):  # type: ignore[misc]
    """imapclient over our wire."""

    def _create_IMAP4(self) -> Wire:  # noqa: N802
        context = self.ssl_context if self.ssl else None
        return Wire(self.host, self.port, context, self._timeout.connect)

    def ask(self, uids: Sequence[int], items: Sequence[str]) -> Any:
        """Send a FETCH and return its tag."""
        numbers = ",".join(map(str, uids))
        return self._imap._command("UID", "FETCH", numbers, f"({' '.join(items)})")

    def answer(
        self, tag: Any, begins: Callable[[bytes], B | None], most: int | None = None
    ) -> tuple[list[tuple[B, bytes]], Mapping[int, Mapping[bytes, Any]]]:
        """Wait for the answer to a FETCH, and return its records.

        The usual ones come as `Wire.records` reads them, at a third of the price; the
        others, by UID or by sequence number, are what imapclient makes of them.
        """
        wire = self._imap
        found = wire.records(tag, begins, most)
        kind, data = wire._command_complete("FETCH", tag)
        self._checkok("fetch", kind, data)
        rest = wire._untagged_response(kind, data, "FETCH")[1]
        return found, parse_fetch_response(rest, normalise_times=False)


class Line:
    """A connection that can be given up and opened again."""

    def __init__(self, server: ImapServer) -> None:
        """Connect and log in.

        Raises:
            ConfigError: the user or password cannot be sent, or `ca_file` not be read.
            LoginRejected: the server does not take the password.
            Refused: no encryption, or a certificate that nobody vouches for.
            Unavailable: anything that another try may cure.
        """
        self._server = server
        self._client: Any = _connected(server)

    def reopen(self) -> None:
        """Connect again if the line was given up."""
        if self._client is None:
            self._client = _connected(self._server)

    def close(self) -> None:
        """Log out, or drop what is left of the line."""
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except _FAULTS:
                _drop(client)

    @contextlib.contextmanager
    def talk(self) -> Iterator[Any]:
        """Lend the client, and turn what goes wrong into our errors.

        Raises:
            SaidNo: the server refused this command only.
            Unavailable: the line broke or makes no sense, and was given up.
        """
        client = self._client
        if client is None:
            raise Unavailable(f"{self._server.host}: связь с сервером прервана")
        client._imap.listen()
        try:
            yield client
        except _FAULTS as error:
            if isinstance(error, IMAPClient.Error) and _NO.match(str(error)):
                # half an answer would be taken for a part of the next one
                client._imap.untagged_responses.clear()
                words = _shown(error, self._server)
                raise SaidNo(f"{self._server.host}: сервер отказал: {words}") from None
            self._client = None
            _drop(client)
            raise _in_words(self._server, error) from _wordless(error)


def readable(name: bytes | str) -> str | None:
    """Decode a folder's name (RFC 3501, 5.1.3); None for one that cannot be used."""
    try:
        text = decode_utf7(name.encode() if isinstance(name, str) else name)
    except ValueError:
        return None
    return None if CONTROL.search(text) else str(text)


def _connected(server: ImapServer) -> Any:
    """Open a connection, protect it and log in."""
    if server.tls == "none" and server.host.lower() not in LOOPBACK:
        raise Refused(
            f"{server.host}: без шифрования пароль не отправляем; "
            'поставьте tls = "tls" или "starttls"'
        )
    if CONTROL.search(server.user + server.password):
        raise ConfigError("в имени или пароле почты есть управляющий символ")
    logging.getLogger("imapclient").setLevel(logging.WARNING)  # it names the user
    context = _context(server) if server.tls != "none" else None
    client: Any = None
    try:
        client = _Client(
            server.host,
            server.port,
            ssl=server.tls == "tls",
            ssl_context=context,
            timeout=SocketTimeout(server.connect_seconds, server.answer_seconds),
        )
        client._imap.debug = 0  # 5 would format every literal for a log nobody reads
        if server.tls == "starttls":
            client.starttls(context)
        _log_in(client, server)
    except _FAULTS as error:
        _drop(client)
        raise _in_words(server, error) from _wordless(error)
    except BaseException:
        _drop(client)
        raise
    return client


def _log_in(client: Any, server: ImapServer) -> None:
    """Log in; by AUTHENTICATE PLAIN where LOGIN would need quoting or other letters."""
    plain = _ATOM.fullmatch(server.user) and server.password.isascii()
    log_in: Callable[[str, str], object] = client.login if plain else client.plain_login
    if server.by_token:
        log_in = client.oauth2_login
    try:
        log_in(server.user, server.password)
    except LoginError as error:
        if isinstance(error.__context__, IMAPClient.AbortError):
            raise error.__context__ from None  # a lost line is no wrong password
        words = _shown(error, server)
        if _LATER.search(words) and not _FINAL.search(words):
            raise Unavailable(f"{server.host}: сервер не пускает: {words}") from None
        if server.by_token:
            raise LoginRejected(
                f"{server.host}: сервер не принял доступ по OAuth2 ({words})",
                "если это повторится, войдите заново: triage setup --login",
            ) from None
        raise LoginRejected(
            f"{server.host}: сервер не принял имя и пароль ({words})",
            "проверьте, что доступ по IMAP включён и что это пароль приложения; "
            "новый пароль: triage setup --login",
        ) from None


def _context(server: ImapServer) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
    except OSError as error:
        words = reason(error) if error.strerror else "это не сертификат"
        raise ConfigError(f"ca_file {server.ca_file}: {words}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _in_words(server: ImapServer, error: BaseException) -> Refused | Unavailable:
    """Say what a fault means to the owner."""
    where = f"{server.host}:{server.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(
            f"{where}: сертификат сервера не подтверждён ({error.verify_message}); "
            "проверьте host и ca_file и часы этого компьютера"
        )
    if isinstance(error, CapabilityError):
        return Refused(f'{where}: сервер не умеет STARTTLS; попробуйте tls = "tls"')
    if isinstance(error, TimeoutError):
        return Unavailable(f"{where}: почтовый сервер не отвечает")
    kind = Dropped if isinstance(error, _HUNG_UP) else Unavailable
    if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
        return kind(f"{where}: нет связи с почтовым сервером: {reason(error)}")
    if isinstance(error, (OSError, IMAPClient.Error)):
        words = _shown(error, server)
        return kind(f"{where}: нет связи с почтовым сервером: {words}")
    return Unavailable(f"{where}: ответ сервера непонятен ({type(error).__name__})")


def _shown(error: BaseException, server: ImapServer) -> str:
    return shown(str(error), server.user, server.password)


def _wordless(error: BaseException) -> BaseException | None:
    """Return a fault that may stand in a traceback: a server's words may not."""
    return error if isinstance(error, OSError) else None


def _drop(client: Any) -> None:
    if client is not None:
        with contextlib.suppress(OSError, AttributeError):
            client.shutdown()
