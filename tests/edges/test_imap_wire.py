"""A server may say too much: by mistake, by malice, or because it is another one."""

import contextlib
import itertools
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from dovecot import PASSWORD, make_certificates
from mails import a_letter
from scripted import Scripted

from triage.core.selection import LONGEST_HEADER
from triage.edges import imap_wire
from triage.edges.imap_line import ImapServer
from triage.edges.mailbox import ImapMailbox
from triage.errors import Unavailable

LETTER = a_letter()
PIECE = b"* OK " + b"x" * 4089 + b"\r\n"
SENT = 96 << 20  # bytes, and then the test gives up


def to(port: int, tls: str = "none", ca_file: Path | None = None) -> ImapServer:
    return ImapServer(
        host="127.0.0.1",
        port=port,
        tls=tls,
        ca_file=ca_file,
        user="me",
        password=PASSWORD,
        connect_seconds=5.0,
        answer_seconds=5.0,
    )


class Torrent:
    """Answers each command in turn; the last answer is sent for as long as it is read."""

    def __init__(
        self, *answers: Callable[[bytes], Iterable[bytes | ssl.SSLContext]]
    ) -> None:
        self._answers = answers
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.sent = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Torrent":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        line, _ = self._door.accept()
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(OSError))
            commands = stack.enter_context(line.makefile("rb"))
            stack.enter_context(line)
            tag = b""
            for answer in self._answers:
                for data in answer(tag):
                    if isinstance(data, ssl.SSLContext):
                        line = data.wrap_socket(line, server_side=True)
                        commands = stack.enter_context(line.makefile("rb"))
                        stack.enter_context(line)
                        continue
                    line.sendall(data)
                    self.sent += len(data)
                    if self.sent > SENT:
                        return
                tag = commands.readline().partition(b" ")[0]


def greet(_: bytes) -> Iterator[bytes]:
    yield b"* OK ready\r\n"


def able(tag: bytes) -> Iterator[bytes]:
    yield b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + b" OK done\r\n"


def a_line_without_end(_: bytes) -> Iterator[bytes]:
    yield b"* OK "
    yield from itertools.repeat(b"x" * 65536)


def lines_without_end(_: bytes) -> Iterator[bytes]:
    yield from itertools.repeat(PIECE)


def a_literal_without_end(_: bytes) -> Iterator[bytes]:
    yield b"* OK {4000000000}\r\n"
    yield from itertools.repeat(b"x" * 65536)


def literals_without_end(_: bytes) -> Iterator[bytes]:
    yield from itertools.repeat(b"* OK {10000}\r\n" + b"x" * 10000 + b"\r\n")


ENDLESS = [
    a_line_without_end,
    lines_without_end,
    a_literal_without_end,
    literals_without_end,
]


@contextlib.contextmanager
def no_more_than(size: int) -> Iterator[None]:
    """Check how much memory Python took at the most."""
    tracemalloc.start()
    try:
        yield
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken < size


# -- before the login


@pytest.mark.parametrize("tls", ["none", "starttls"])
@pytest.mark.parametrize("endless", ENDLESS)
@pytest.mark.parametrize("said", [(), (greet,), (greet, able)])
def test_who_talks_without_end_before_the_login_is_not_listened_to(said, endless, tls):
    with (
        Torrent(*said, endless) as torrent,
        no_more_than(2 << 20),
        pytest.raises(Unavailable, match="слишком длинный"),
    ):
        ImapMailbox(to(torrent.port, tls))

    assert torrent.sent < SENT


def test_what_was_said_before_tls_is_forgotten_with_it(tmp_path):
    """Somebody between adds to the answer to STARTTLS what is to be heard after it."""
    make_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")

    def begin(tag: bytes) -> Iterator[bytes | ssl.SSLContext]:
        yield tag + b' OK begin\r\n* LIST () "/" Planted\r\n'
        yield context

    def done(tag: bytes) -> Iterator[bytes]:
        yield tag + b" OK [CAPABILITY IMAP4rev1] done\r\n"  # or 3.14 asks

    def folders(tag: bytes) -> Iterator[bytes]:
        yield b'* LIST () "/" INBOX\r\n' + tag + b" OK done\r\n"

    def bye(tag: bytes) -> Iterator[bytes]:
        yield b"* BYE\r\n" + tag + b" OK done\r\n"

    with (
        Torrent(greet, able, begin, able, done, folders, bye) as torrent,
        ImapMailbox(to(torrent.port, "starttls", tmp_path / "ca.pem")) as mailbox,
    ):
        assert [folder.name for folder in mailbox.listed()] == ["INBOX"]


# -- after the login


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    monkeypatch.setattr(imap_wire, "LINE", 10_000)
    monkeypatch.setattr(imap_wire, "LINES", 100_000)
    monkeypatch.setattr(imap_wire, "LITERALS", 1 << 20)
    with Scripted({1: LETTER, 2: LETTER}) as scripted:
        yield scripted


def whole(uid: int, size: int) -> bytes:
    return b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (uid, uid, size)


MUCH = {
    "a literal that is announced only": whole(1, 4_000_000_000),
    "a literal of an unusual record": b"* 1 FETCH (BODY[] {4000000000}\r\n",
    "records": (whole(1, 10_000) + b"x" * 10_000 + b")\r\n") * 200,
    "records of nothing": (whole(1, 0) + b")\r\n") * 10_000,
    "unusual records": (b"* 1 FETCH (X {10000}\r\n" + b"x" * 10_000 + b")\r\n") * 200,
    "lines": b"* 1 EXISTS\r\n" * 20_000,
    "a line": b"* OK " + b"x" * 20_000,
    "a line in the place of an end": whole(1, 1) + b"x" * 20_000,
}


@pytest.mark.parametrize("answer", MUCH.values(), ids=MUCH)
def test_an_answer_without_end_is_left_and_the_next_folder_gets_a_new_line(
    server, answer
):
    with ImapMailbox(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        server.on["UID FETCH"] = lambda _: answer
        with (
            no_more_than(16 << 20),
            pytest.raises(Unavailable, match="слишком длинный"),
        ):
            mailbox.letters([1])
        del server.on["UID FETCH"]

        mailbox.examine("INBOX")
        assert mailbox.letters([1]) == {1: LETTER}


def test_what_may_be_heard_is_granted_for_each_exchange_anew(server):
    server.letters[1] = LETTER + b"x" * 600_000

    with ImapMailbox(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        for _ in range(3):
            assert mailbox.letters([1]) == {1: server.letters[1]}


def test_of_long_headers_that_is_counted_which_is_kept(server):
    long = b"Subject: " + b"x" * (LONGEST_HEADER * 3 // 2) + b"\r\n\r\n"
    server.letters.update(dict.fromkeys([1, 2, 3], long))

    with ImapMailbox(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        found = mailbox.headings([1, 2, 3])
        assert server.said.count("LOGOUT") == 0

    assert [len(one.header) for one in found.values()] == [LONGEST_HEADER] * 3


def test_a_header_that_is_too_long_to_be_heard_hides_no_other(server):
    server.letters[1] = b"Subject: " + b"x" * (1 << 20) + b"\r\n\r\n"

    with ImapMailbox(to(server.port)) as mailbox:
        mailbox.examine("INBOX")
        found = mailbox.headings([1, 2])

    assert found[1].header.startswith(b"Subject: x")
    assert found[2].header.endswith(b"\r\n\r\n")
