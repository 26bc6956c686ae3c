"""A name server of our own, on the loopback only."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from threading import Thread

import dns.message
import dns.rcode
import dns.rrset

from triage.core.verdict import Outcome
from triage.edges.resolver import LONGEST_PASS, MOST_NAMES, PATIENCE, Resolver

NAME = "mail._domainkey.ozon.ru"
KEY = "v=DKIM1; k=rsa; p=" + "A" * 400
BY = "127.0.0.1"


@contextmanager
def server(records: dict[str, list[str]], *, answers: bool = True) -> Iterator[int]:
    """Answer TXT queries, or take them in and say nothing; yield the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((BY, 0))

        def serve() -> None:
            while True:
                question, asker = line.recvfrom(4096)
                if question == b"end":
                    return
                if answers:
                    line.sendto(_answer(question, records), asker)

        thread = Thread(target=serve)
        thread.start()
        port = line.getsockname()[1]
        try:
            yield port
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
                stop.sendto(b"end", (BY, port))
            thread.join()


def _answer(question: bytes, records: dict[str, list[str]]) -> bytes:
    query = dns.message.from_wire(question)
    reply = dns.message.make_response(query)
    name = query.question[0].name
    found = records.get(name.to_text(omit_final_dot=True))
    if found is None:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif found == ["broken"]:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif found:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *found))
    return reply.to_wire()


def quoted(text: str) -> str:
    """Write a record as several strings, as DNS must from 255 bytes on."""
    return " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))


def test_a_key_comes_whole_and_with_the_server_that_gave_it():
    with server({NAME: [quoted(KEY)]}) as port:
        key = Resolver([BY], port=port)(NAME)

    assert (key.text, key.resolver, key.problem) == (KEY, BY, None)


def test_other_records_under_the_name_are_passed_over():
    records = ['"v=spf1 -all"', quoted(KEY)]
    with server({NAME: records, "spf.example": records[:1]}) as port:
        resolver = Resolver([BY], port=port)

        assert resolver(NAME).text == KEY
        assert resolver("spf.example").problem is Outcome.NO_KEY


def test_a_name_that_is_not_there_has_no_key():
    with server({"empty.example": []}) as port:
        resolver = Resolver([BY], port=port)

        assert resolver(NAME).problem is Outcome.NO_KEY
        assert resolver("empty.example").problem is Outcome.NO_KEY


def test_a_server_that_cannot_say_is_asked_for_the_next_name():
    with server({NAME: ["broken"], "other.example": [quoted(KEY)]}) as port:
        resolver = Resolver([BY], port=port)

        assert resolver(NAME).problem is Outcome.UNAVAILABLE
        assert resolver("other.example").text == KEY


def test_each_name_is_asked_for_once():
    with server({NAME: [quoted(KEY)]}) as port:
        resolver = Resolver([BY], port=port)
        found = {resolver(name) for name in (NAME, NAME.upper(), f"{NAME}.")}

    assert len(found) == resolver.asked == 1


def test_after_the_first_silence_nobody_is_asked_any_more():
    with server({}, answers=False) as port:
        resolver = Resolver([BY], port=port, patience=0.05)
        found = {resolver(f"{n}.example").problem for n in range(500)}

    assert found == {Outcome.UNAVAILABLE}
    assert resolver.asked == 1


def test_letters_cannot_make_it_ask_without_end():
    with server({}) as port:
        resolver = Resolver([BY], port=port)
        found = [resolver(f"{n}.example").problem for n in range(MOST_NAMES + 1)]

    assert resolver.asked == MOST_NAMES
    assert found[-1] is Outcome.UNAVAILABLE


def test_a_name_that_cannot_be_written_asks_nobody_and_raises_nothing():
    resolver = Resolver([BY], port=1, patience=0.05)

    assert resolver("a" * 300).problem is Outcome.UNAVAILABLE
    assert resolver("a..b").problem is Outcome.UNAVAILABLE


def test_a_server_that_answers_late_is_asked_for_a_bounded_time():
    """Each answer comes before patience ends; a pass over a mailbox must end as well."""
    hours = count(step=PATIENCE - 0.1)
    with server({f"{n}.example": ["broken"] for n in range(MOST_NAMES)}) as port:
        resolver = Resolver([BY], port=port, clock=lambda: next(hours))
        found = {resolver(f"{n}.example").problem for n in range(MOST_NAMES)}

    assert found == {Outcome.UNAVAILABLE}
    assert resolver.asked * (PATIENCE - 0.1) < LONGEST_PASS + PATIENCE
    assert resolver.asked < MOST_NAMES
