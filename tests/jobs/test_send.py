"""From the outbox to the owner: never lost, never hammered, never to anybody else."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from builders import MOSCOW, at
from smtp_sink import DROP_AFTER, DROP_BEFORE, PASSWORD, USER, Sink
from standings import HEADS, TODAY, WELL, a_standing, some_packs

from triage.core.act import Act, ActKind
from triage.core.attempt import PAUSES, Answer, Outcome
from triage.core.chain import read_heads
from triage.core.digest import Today
from triage.core.mention import load_mentions
from triage.core.news import Letters
from triage.edges import mentions, outbox
from triage.edges.journal import Journal
from triage.edges.smtp import Postman, Server
from triage.edges.store import Store
from triage.jobs.act import catch_up
from triage.jobs.compose import compose
from triage.jobs.send import LETTERS_A_DAY, Login, Sent, login_refused, send
from triage.jobs.wrap import Letterhead

OWNER = USER
NOW = at("2026-11-23 08:00")
KEY = outbox.digest_key(TODAY)
MESSAGE_ID = "<digest.2026-11-23.855c94f3@triage.invalid>"


class Crash(BaseException):
    """The process dies here."""


@dataclass(slots=True)
class Home:
    """One owner's folder, and a program that can be started again."""

    path: Path
    postman: Postman
    opened: list[Store] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    found: bool | None = None
    login: Login = field(default_factory=lambda: Login("smtp", PASSWORD))

    @property
    def store(self) -> Store:
        if not self.opened:
            self.restart()
        return self.opened[-1]

    @property
    def journal(self) -> Journal:
        return Journal(self.path)

    def restart(self) -> None:
        for store in self.opened:
            store.close()
        self.opened.append(Store(self.path / "index.sqlite3"))

    def seen(self, message_id: str) -> bool | None:
        self.asked.append(message_id)
        return self.found

    def send(self, now: datetime = NOW, **more: Any) -> Sent:
        values = {"journal": self.journal, "sender": self.postman, **more}
        return send(self.store, seen=self.seen, login=self.login, now=now, **values)

    def compose(self, now: datetime = NOW) -> bool:
        head = Letterhead(to=OWNER, sender=OWNER, zone=MOSCOW)
        health = replace(WELL, last_read_at=now)
        today = now.astimezone(MOSCOW).date()
        told = Today(
            packs=some_packs(),
            standings=[a_standing(today=today)],
            texts={},
            letters=Letters(),
            health=health,
            heads=HEADS,
        )
        return compose(self.store, head, told, now)

    def row(self) -> dict[str, Any]:
        return self.store.rows("SELECT * FROM outbox ORDER BY key DESC LIMIT 1")[0]

    def state(self) -> str:
        return str(self.row()["state"])

    def acts(self) -> list[Act]:
        return [act for act, _ in self.journal.acts()]


@pytest.fixture
def home(tmp_path: Path, sink: Sink) -> Iterator[Home]:
    server = Server(
        host="127.0.0.1",
        port=sink.port,
        tls="starttls",
        ca_file=sink.ca_file,
        user=USER,
        password=PASSWORD,
        sender=OWNER,
        connect_seconds=5,
        answer_seconds=5,
    )
    home = Home(tmp_path, Postman(server, OWNER))
    yield home
    for store in home.opened:
        store.close()


def ids(sink: Sink) -> list[str]:
    return [message_from_bytes(taken.raw)["Message-ID"] for taken in sink.taken]


def test_a_digest_reaches_the_owner_and_the_journal(home: Home, sink: Sink) -> None:
    home.compose()

    assert home.send() == Sent(accepted=1)

    assert (ids(sink), home.state()) == ([MESSAGE_ID], "accepted")
    [act] = home.acts()
    assert (act.kind, act.at) == (ActKind.DIGEST_ACCEPTED, NOW)
    assert (act.data["key"], act.data["message_id"]) == (KEY, MESSAGE_ID)
    assert read_heads(act.data["heads"]) == HEADS
    [mention] = load_mentions(act.data["mentions"])
    assert (mention.case, mention.told_on) == (a_standing().case.id, TODAY)


def test_nothing_due_means_no_connection(home: Home, sink: Sink) -> None:
    assert home.send() == Sent()
    home.compose()
    home.send()

    assert home.send(NOW + timedelta(days=2)) == Sent()
    assert sink.connections <= 2  # EHLO is said once more after STARTTLS


def test_a_refusal_for_now_is_repeated_after_growing_pauses(
    home: Home, sink: Sink
) -> None:
    home.compose()
    sink.script = ["451 4.3.0 later"] * 6
    now, waits = NOW, []
    for _ in range(6):
        assert home.send(now) == Sent(deferred=1)
        start = now
        while not outbox.due(home.store, now):
            now += timedelta(seconds=30)
        waits.append(now - start)
        home.restart()

    assert home.send(now) == Sent(accepted=1)
    assert waits == [*PAUSES, PAUSES[-1]]
    assert len(sink.taken) == 1


def test_a_refusal_for_good_is_not_repeated_and_its_words_are_kept(
    home: Home, sink: Sink
) -> None:
    home.compose()
    sink.script = ["550 5.7.1 looks like spam"]

    sent = home.send()
    assert sent == Sent(rejected=1, refusal=home.row()["problem"])

    for days in range(1, 5):
        home.send(NOW + timedelta(days=days))
    assert sink.taken == []
    assert home.state() == "rejected"
    assert "550" in home.row()["problem"]
    assert home.acts() == []


def test_what_a_refused_letter_told_is_told_the_day_after_with_the_refusal(
    home: Home, sink: Sink
) -> None:
    home.compose()
    sink.script = ["550 5.7.1 looks like spam"]
    home.send()
    assert dict(mentions.told(home.store)) == {}
    tomorrow = NOW + timedelta(days=1)

    home.compose(tomorrow)
    home.send(tomorrow)

    [taken] = sink.taken
    letter = message_from_bytes(taken.raw)
    text = letter.get_payload()[0].get_payload(decode=True).decode()  # type: ignore[index, union-attr]
    assert "Письмо за 23 ноября почтовый сервер не принял: 550" in text
    assert "Новое дело" in text


@pytest.mark.parametrize("found", [False, None])
def test_an_unsure_letter_is_repeated_under_the_same_name(
    home: Home, sink: Sink, found: bool | None
) -> None:
    home.compose()
    home.found = found
    sink.script = [DROP_AFTER]

    assert home.send() == Sent(unsure=1)
    assert home.send(NOW + PAUSES[0] / 2) == Sent()
    home.restart()
    assert home.send(NOW + PAUSES[0]) == Sent(accepted=1)

    assert ids(sink) == [MESSAGE_ID, MESSAGE_ID]
    assert home.asked == [MESSAGE_ID]
    assert len(home.acts()) == 1


def test_an_unsure_letter_that_lies_in_the_mailbox_is_not_repeated(
    home: Home, sink: Sink
) -> None:
    home.compose()
    home.found = True
    sink.script = [DROP_AFTER]
    home.send()

    assert home.send(NOW + PAUSES[0]) == Sent(accepted=1)

    assert ids(sink) == [MESSAGE_ID]
    assert (home.state(), len(home.acts())) == ("accepted", 1)


@pytest.mark.parametrize("between", [DROP_BEFORE, "451 later", "wrong password"])
def test_an_unsure_letter_is_looked_for_whatever_came_between(
    home: Home, sink: Sink, between: str
) -> None:
    home.compose()
    sink.script = [DROP_AFTER, between]
    home.send()
    home.found = False  # it is still on its way
    right = home.postman
    if between == "wrong password":
        home.postman = Postman(replace(right._server, password="wrong"), OWNER)
    home.send(NOW + PAUSES[0])
    assert not outbox.withdrawable(home.store)  # a server has had it in its hands

    home.postman, home.found = right, True
    home.send(NOW + PAUSES[0] + PAUSES[1])

    assert (ids(sink), home.asked) == ([MESSAGE_ID], [MESSAGE_ID] * 2)
    assert home.state() == "accepted"


def test_a_line_cut_before_the_letter_is_simply_tried_again(
    home: Home, sink: Sink
) -> None:
    home.compose()
    sink.script = [DROP_BEFORE]

    assert home.send() == Sent(deferred=1)
    assert home.send(NOW + PAUSES[0]) == Sent(accepted=1)

    assert (len(sink.taken), home.asked) == (1, [])


def crash_before_sending(home: Home) -> dict[str, Any]:
    return {"sender": Dying(home.postman, before=True)}


def crash_before_the_answer(home: Home) -> dict[str, Any]:
    return {"sender": Dying(home.postman)}


def crash_before_the_journal(home: Home) -> dict[str, Any]:
    return {"journal": DyingJournal(home.path, before=True)}


def crash_after_the_journal(home: Home) -> dict[str, Any]:
    return {"journal": DyingJournal(home.path)}


@pytest.mark.parametrize(
    ("crash", "letters"),
    [
        (crash_before_sending, 1),
        (crash_before_the_answer, 2),
        (crash_before_the_journal, 2),
        (crash_after_the_journal, 1),
    ],
)
def test_wherever_we_die_the_digest_arrives_under_one_name_and_is_noted_once(
    home: Home,
    sink: Sink,
    crash: Callable[[Home], dict[str, Any]],
    letters: int,
) -> None:
    home.compose()
    with pytest.raises(Crash):
        home.send(**crash(home))
    home.restart()
    catch_up(home.store, home.journal)

    assert not home.compose()
    assert home.send() == Sent()  # not before the pause is over
    home.send(NOW + PAUSES[0])

    assert ids(sink) == [MESSAGE_ID] * letters
    assert home.state() == "accepted"
    assert len(home.acts()) == 1


def test_a_letter_that_was_being_sent_is_looked_for_before_it_is_repeated(
    home: Home, sink: Sink
) -> None:
    home.compose()
    home.found = True
    with pytest.raises(Crash):
        home.send(**crash_before_the_answer(home))
    home.restart()

    home.send(NOW + PAUSES[0])

    assert (ids(sink), home.asked) == ([MESSAGE_ID], [MESSAGE_ID])


def test_a_lost_index_and_its_journal_send_nothing_again(
    home: Home, sink: Sink
) -> None:
    home.compose()
    home.send()
    home.opened[-1].close()
    for file in home.path.glob("index.sqlite3*"):
        file.unlink()
    home.opened.clear()
    catch_up(home.store, home.journal)

    assert not home.compose(NOW + timedelta(minutes=10))
    assert home.send(NOW + timedelta(minutes=10)) == Sent()
    assert len(sink.taken) == 1
    assert len(mentions.told(home.store)) == 1


def test_an_index_put_back_from_before_the_letter_sends_nothing_again(
    home: Home, sink: Sink
) -> None:
    home.compose()
    home.opened.pop().close()
    before = (home.path / "index.sqlite3").read_bytes()
    home.send()
    home.opened.pop().close()
    (home.path / "index.sqlite3").write_bytes(before)

    assert home.send(NOW + timedelta(minutes=10)) == Sent()

    assert (len(sink.taken), home.state()) == (1, "accepted")


def test_a_wrong_password_is_tried_twice_and_then_waits_for_another(
    home: Home, sink: Sink
) -> None:
    home.compose()
    right, home.postman = (
        home.postman,
        Postman(replace(home.postman._server, password="wrong"), OWNER),
    )
    home.login = Login("smtp", "wrong")
    for hours in range(48):
        sent = home.send(NOW + timedelta(hours=hours))
    assert sink.logins == 2
    assert "535" in sent.login_refused
    assert home.state() == "deferred"

    home.postman, home.login = right, Login("smtp", PASSWORD)
    assert home.send(NOW + timedelta(hours=48)) == Sent(accepted=1)
    assert login_refused(home.store, home.login) == ""


def test_no_day_has_more_letters_than_a_person_would_bear(
    home: Home, sink: Sink
) -> None:
    home.compose()
    sink.script = [DROP_AFTER] * 100
    evening = at("2026-11-23 23:59")
    now = NOW
    while now < evening:
        home.send(now)
        now += timedelta(minutes=1)
    assert len(sink.taken) == LETTERS_A_DAY

    sink.script.clear()
    home.send(at("2026-11-24 07:00"))
    assert (len(sink.taken), home.state()) == (LETTERS_A_DAY + 1, "accepted")


def test_letters_after_which_we_died_count_among_those_of_the_day(
    home: Home, sink: Sink
) -> None:
    home.compose()
    now = NOW
    for wait in PAUSES[:LETTERS_A_DAY]:
        with pytest.raises(Crash):
            home.send(now, sender=Dying(home.postman))
        home.restart()
        now += wait

    assert home.send(now) == Sent()
    assert (len(sink.taken), home.state()) == (LETTERS_A_DAY, "unsure")


def test_after_days_without_a_network_one_letter_comes(home: Home, sink: Sink) -> None:
    sink.script = [DROP_BEFORE] * 1000
    now = NOW
    while now < NOW + timedelta(days=3):
        home.compose(now)
        home.send(now)
        now += timedelta(minutes=10)
    sink.script.clear()
    for _ in range(30):
        home.compose(now)
        home.send(now)
        now += timedelta(minutes=10)

    assert len(sink.taken) == 1
    assert ids(sink)[0].startswith("<digest.2026-11-26.")


def test_a_letter_to_a_stranger_stops_before_any_network_and_stops_no_other(
    home: Home, sink: Sink
) -> None:
    stranger = outbox.Queued(
        key="digest:2026-11-01",
        message_id="<x@triage.invalid>",
        recipient="shop@example.com",
        raw=b"To: shop@example.com\r\n\r\n",
    )
    outbox.enqueue(home.store, stranger, NOW)

    sent = home.send()
    assert (sent.rejected, sent.accepted) == (1, 0)
    assert "письмо не владельцу" in sent.refusal
    assert sink.connections == 0

    home.compose()
    home.send()
    assert [taken.recipients for taken in sink.taken] == [(OWNER,)]


@dataclass(slots=True)
class Dying:
    """A sender whose process dies before the letter, or before the answer is heard."""

    postman: Postman
    before: bool = False

    def send(self, raw: bytes, recipient: str) -> Answer:
        if not self.before:
            assert self.postman.send(raw, recipient).outcome is Outcome.ACCEPTED
        raise Crash


class DyingJournal(Journal):
    """A journal whose process dies before the line, or right after it."""

    def __init__(self, evidence: Path, *, before: bool = False) -> None:
        super().__init__(evidence)
        self.before = before

    def append(self, act: Act) -> None:
        if not self.before:
            super().append(act)
        raise Crash


def test_pauses_only_grow() -> None:
    assert all(a < b for a, b in itertools.pairwise(PAUSES))
