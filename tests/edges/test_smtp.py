"""The way out: to the owner alone, over a protected line, with every end told apart."""

import base64
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from smtp_sink import DROP_AFTER, DROP_BEFORE, PASSWORD, USER, Sink, serve

from triage.core.attempt import Outcome
from triage.edges.smtp import Postman, Server
from triage.errors import Refused

OWNER = "me@example.org"
STRANGER = "shop@example.com"


def a_letter(to: str = OWNER, extra: str = "", body: str = "Привет\r\n") -> bytes:
    head = f"From: triage <me@example.org>\r\nTo: {to}\r\n{extra}Subject: x\r\n"
    return (head + "\r\n" + body).encode()


def a_server(sink: Sink, **more: object) -> Server:
    server = Server(
        host="127.0.0.1",
        port=sink.port,
        tls="starttls",
        ca_file=sink.ca_file,
        user=USER,
        password=PASSWORD,
        sender="me@example.org",
        connect_seconds=5,
        answer_seconds=5,
    )
    return replace(server, **more)  # type: ignore[arg-type]


def test_a_letter_arrives_as_it_was_written(sink: Sink) -> None:
    body = ".a line with a dot\r\n..two\r\n.\r\nlast\r\n"

    answer = Postman(a_server(sink), OWNER).send(a_letter(body=body), OWNER)

    assert answer.outcome is Outcome.ACCEPTED
    [taken] = sink.taken
    assert taken.recipients == (OWNER,)
    assert taken.raw == a_letter(body=body)


def test_a_letter_arrives_over_tls_from_the_start(
    sink_certificate: tuple[Path, Path],
) -> None:
    with serve(sink_certificate, tls="tls") as sink:
        answer = Postman(a_server(sink, tls="tls"), OWNER).send(a_letter(), OWNER)

        assert (answer.outcome, len(sink.taken)) == (Outcome.ACCEPTED, 1)
        assert sink.logins == 1


def test_a_letter_arrives_without_protection_on_this_machine_only() -> None:
    with serve(None, tls="none") as sink:
        server = a_server(sink, tls="none", user="")

        assert Postman(server, OWNER).send(a_letter(), OWNER).outcome == "accepted"
        with pytest.raises(Refused):
            Postman(replace(server, host="mail.example.org"), OWNER)


@pytest.mark.parametrize(
    ("raw", "recipient"),
    [
        (a_letter(), STRANGER),
        (a_letter(STRANGER), OWNER),
        (a_letter(STRANGER), STRANGER),
        (a_letter(f"{OWNER}, {STRANGER}"), OWNER),
        *(
            (a_letter(extra=f"{name}: {STRANGER}\r\n"), OWNER)
            for name in ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")
        ),
        (b"Subject: nobody\r\n\r\n", OWNER),
    ],
)
def test_nobody_but_the_owner_can_be_written_to(
    sink: Sink, raw: bytes, recipient: str
) -> None:
    with pytest.raises(Refused):
        Postman(a_server(sink), OWNER).send(raw, recipient)

    assert (sink.connections, sink.taken) == (0, [])


@pytest.mark.parametrize(
    ("word", "outcome", "arrived"),
    [
        ("451 4.3.0 try later", Outcome.DEFERRED, 0),
        ("421 4.3.2 closing", Outcome.DEFERRED, 0),
        ("550 5.7.1 spam", Outcome.REJECTED, 0),
        ("554 5.6.0 no", Outcome.REJECTED, 0),
        ("530 5.7.0 log in first", Outcome.LOGIN_REJECTED, 0),
        (DROP_BEFORE, Outcome.DEFERRED, 0),
        (DROP_AFTER, Outcome.UNSURE, 1),
    ],
)
def test_every_end_of_an_attempt_is_told_apart(
    sink: Sink, word: str, outcome: Outcome, arrived: int
) -> None:
    sink.script.append(word)

    answer = Postman(a_server(sink), OWNER).send(a_letter(), OWNER)

    assert (answer.outcome, len(sink.taken)) == (outcome, arrived)
    assert answer.words


def test_a_refused_recipient_is_a_refusal_for_good(sink: Sink) -> None:
    sink.refused.add(OWNER)

    answer = Postman(a_server(sink), OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.REJECTED
    assert "550" in answer.words


def test_a_wrong_password_is_tried_once(sink: Sink) -> None:
    answer = Postman(a_server(sink, password="wrong"), OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.LOGIN_REJECTED
    assert (sink.logins, sink.taken) == (1, [])


def test_a_password_that_cannot_be_sent_is_a_refused_login(sink: Sink) -> None:
    answer = Postman(a_server(sink, password="пароль"), OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.LOGIN_REJECTED


def test_a_server_without_starttls_gets_neither_password_nor_letter() -> None:
    with serve(None, tls="none") as sink:
        answer = Postman(a_server(sink), OWNER).send(a_letter(), OWNER)

        assert answer.outcome is Outcome.DEFERRED
        assert (sink.logins, sink.taken) == (0, [])


def test_an_unknown_certificate_gets_neither_password_nor_letter(sink: Sink) -> None:
    answer = Postman(a_server(sink, ca_file=None), OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.DEFERRED
    assert "сертификат" in answer.words
    assert (sink.logins, sink.taken) == (0, [])


def test_a_dead_port_is_for_now() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        sink = Sink(port=unused.getsockname()[1])

        answer = Postman(a_server(sink), OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.DEFERRED


def test_a_server_that_says_nothing_is_left_after_a_while() -> None:
    with playing(lambda line: line.recv(1)) as port:
        server = a_server(Sink(port=port), tls="none", user="", connect_seconds=0.2)

        answer = Postman(server, OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.DEFERRED


def test_an_answer_without_end_is_left() -> None:
    def endless(line: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for _ in range(50_000):
                line.sendall(b"220-on and on\r\n")

    with playing(endless) as port:
        server = a_server(Sink(port=port), tls="none", user="")
        answer = Postman(server, OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.DEFERRED
    assert "ответ без конца" in answer.words


def test_a_greeting_that_refuses_says_nothing_about_the_letter() -> None:
    with playing(lambda line: line.sendall(b"554 no service\r\n")) as port:
        server = a_server(Sink(port=port), tls="none", user="")

        answer = Postman(server, OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.DEFERRED


def test_silence_after_the_whole_letter_leaves_it_unsure() -> None:
    with playing(_mute_after_data) as port:
        server = a_server(Sink(port=port), tls="none", user="", answer_seconds=0.5)

        answer = Postman(server, OWNER).send(a_letter(), OWNER)

    assert answer.outcome is Outcome.UNSURE


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (b"251 taken, and forwarded\r\n", Outcome.ACCEPTED),  # RFC 5321, 4.3.2
        (b"perhaps\r\n", Outcome.UNSURE),
        (b"354 go on\r\n", Outcome.UNSURE),
        (b"452 full\r\n", Outcome.DEFERRED),
        (b"554 no\r\n", Outcome.REJECTED),
    ],
)
def test_only_a_refusal_of_the_whole_letter_lets_it_be_repeated_unseen(
    said: bytes, outcome: Outcome
) -> None:
    def answering(line: socket.socket) -> None:
        _until_the_data(line)
        line.recv(4096)
        line.sendall(said)

    with playing(answering) as port:
        server = a_server(Sink(port=port), tls="none", user="", answer_seconds=0.5)

        answer = Postman(server, OWNER).send(a_letter(), OWNER)

    assert answer.outcome is outcome


def test_what_a_server_says_is_kept_short_and_printable(sink: Sink) -> None:
    sink.script.append("550 " + "\x1b[2J" + "x" * 400)

    answer = Postman(a_server(sink), OWNER).send(a_letter(), OWNER)

    assert answer.words.isprintable()
    assert len(answer.words) <= 200


def test_a_password_that_a_server_repeats_is_not_shown(sink: Sink) -> None:
    told = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    sink.script.append(f"550 you said AUTH PLAIN {told}")

    answer = Postman(a_server(sink), OWNER).send(a_letter(), OWNER)

    assert answer.words == "550 you said AUTH PLAIN ***"


def test_a_check_logs_in_and_sends_nothing(sink: Sink) -> None:
    right = Postman(a_server(sink), OWNER).check()
    wrong = Postman(a_server(sink, password="wrong"), OWNER).check()

    assert (right.outcome, wrong.outcome) == ("accepted", "login_rejected")
    assert sink.taken == []


def _until_the_data(line: socket.socket) -> None:
    line.sendall(b"220 hello\r\n")
    for reply in (b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
        line.recv(4096)
        line.sendall(reply)


def _mute_after_data(line: socket.socket) -> None:
    _until_the_data(line)
    while line.recv(4096):
        pass


@contextlib.contextmanager
def playing(part: Callable[[socket.socket], object]) -> Iterator[int]:
    """Let one connection meet a server that plays a part; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def play() -> None:
            line, _ = listener.accept()
            with line, contextlib.suppress(OSError):
                part(line)

        player = threading.Thread(target=play)
        player.start()
        yield listener.getsockname()[1]
        player.join(10)
