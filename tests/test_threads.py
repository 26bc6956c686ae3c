"""Support's answer that names no order is of the order of the letter it answers."""

import contextlib
import json
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import an_event
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from life import Life
from mails import a_letter, an_arrival
from offline import READING

from triage.cli import cli
from triage.core.act import Act, ActKind
from triage.core.case import State
from triage.core.event import Certainty
from triage.core.message import Role
from triage.core.threads import Asked, tied
from triage.edges import threads
from triage.edges.archive import Archive
from triage.edges.child import Job, Task, attempt
from triage.edges.store import Store
from triage.jobs.demo import Scenario, Written
from triage.jobs.index import Indexer
from triage.jobs.reading import reader

pytestmark = pytest.mark.usefixtures("hurried")
ONE, TWO = "12345678-0001", "12345678-0002"
OWNER = {"name": "Анна", "email": "me@example.org", "phone": "1", "address": "2"}
ZONE = ZoneInfo("Europe/Moscow")
ASKED = "<asked@example.org>"
BOUGHT_AT = datetime(2026, 11, 5, 10, 0, tzinfo=UTC)
ASKED_AT = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)
ANSWERED_AT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
WORK = reader(READING | {"owner": ["me@example.org"]})
FINALLY = (
    "SELECT evidence, role, outcome FROM messages ORDER BY 1",
    "SELECT * FROM events ORDER BY id",
    "SELECT * FROM letters_by_order ORDER BY 1, 2",
    "SELECT * FROM threads ORDER BY 1, 2",
)
Letter = tuple[bytes, Role, str]  # where it lay, and who is vouched for


class OnePool:
    """A pool that reads each letter at once, here."""

    def __init__(self) -> None:
        self._waiting = deque[Job]()

    def expect(self, tasks: int) -> None:
        pass

    def give(self, task: Task) -> Job:
        self._waiting.append(Job(task))
        return self._waiting[-1]

    def pump(self, *, wait: bool = True) -> None:
        while self._waiting:
            job = self._waiting.popleft()
            job.finish(*attempt(WORK, job.task))


def bought(order: str = ONE) -> bytes:
    text = (
        f"Заказ {order} принят и оплачен.\nДоставим 25 ноября.\n\nИтого: 4 100,00 ₽\n"
    )
    return a_letter(subject="Заказ принят и оплачен", text=text, date=BOUGHT_AT)


def asked(
    *orders: str, message_id: str = ASKED, at: datetime = ASKED_AT, **more: object
) -> bytes:
    about = "".join(f"Заказ {order}.\n" for order in orders)
    return a_letter(
        sender="me@example.org",
        to="help@ozon.ru",
        subject="Кто продавец",
        text=f"Здравствуйте! Прошу объяснить, кто продавец.\n{about}",
        message_id=message_id,
        date=at,
        **more,
    )


def answer(
    text: str = "Здравствуйте! Продавец указан в чеке.\n",
    *,
    headers: dict[str, str] | None = None,
    **more: object,
) -> bytes:
    values = {"sender": "Ozon <help@ozon.ru>", "date": ANSWERED_AT, **more}
    return a_letter(
        subject="Re: Кто продавец",
        text=text,
        headers={"In-Reply-To": ASKED} if headers is None else headers,
        **values,
    )


def written(raw: bytes, at: datetime, folder: str = "INBOX") -> Written:
    return Written(at=at, arrives=at, folder=folder, raw=raw)


@contextlib.contextmanager
def lived(
    folder: Path, letters: Sequence[Written], until: date, *acts: Act
) -> Iterator[Life]:
    scenario = Scenario(
        pack="ozon",
        begins=date(2026, 11, 9),
        ends=until,
        zone=ZONE,
        authserv="mx.example.org",
        owner=OWNER,
        letters=tuple(letters),
        acts=acts,
    )
    with Life(folder, scenario) as life:
        life.live()
        yield life


# --- what the owner is told


def test_a_support_that_answered_in_the_thread_is_not_called_silent(tmp_path):
    letters = [
        written(bought(), BOUGHT_AT),
        written(asked(ONE), ASKED_AT, "Sent"),
        written(answer(), ANSWERED_AT),
    ]
    with lived(tmp_path, letters, date(2026, 11, 11)) as life:
        _, text = life.letters()[date(2026, 11, 11)]
        [standing] = life.standings()
        assert standing.case.asks == "Похоже, поддержка ответила. Верно?"
        assert "письма с ответом нет" not in text
        assert "в письме нет номера заказа" not in text


def test_silence_is_told_where_the_answer_is_to_another_letter(tmp_path):
    letters = [
        written(bought(), BOUGHT_AT),
        written(asked(ONE), ASKED_AT, "Sent"),
        written(answer(headers={"In-Reply-To": "<other@example.org>"}), ANSWERED_AT),
    ]
    with lived(tmp_path, letters, date(2026, 11, 11)) as life:
        _, text = life.letters()[date(2026, 11, 11)]

        assert "письма с ответом нет" in text
        assert "в письме нет номера заказа" in text
        assert "«Кто продавец», ваше письмо от 9 ноября 2026 г." in text


@pytest.mark.parametrize(
    ("word", "asks"),
    [
        ("yes", None),
        ("no", "Вы писали в поддержку, письма с ответом нет. В чате тоже не ответили?"),
    ],
)
def test_the_owner_has_the_last_word_on_what_the_thread_says(tmp_path, word, asks):
    letters = [
        written(bought(), BOUGHT_AT),
        written(asked(ONE), ASKED_AT, "Sent"),
        written(answer(), ANSWERED_AT),
    ]
    said = Act(
        at=datetime(2026, 11, 11, 9, 0, tzinfo=UTC),
        kind=ActKind.ANSWERED,
        case=f"ozon/support-silent/{ONE}",
        order=ONE,
        data={"pack": "ozon", "question": "", "answer": word},
    )
    with lived(tmp_path, letters, date(2026, 11, 12), said) as life:
        open_now = [one for one in life.standings() if one.state is not State.RESOLVED]

        assert [one.case.asks for one in open_now] == [asks] * (word == "no")


def test_why_says_that_the_thread_ties_the_answer_to_the_order(tmp_path):
    letters = [
        written(bought(), BOUGHT_AT),
        written(asked(ONE), ASKED_AT, "Sent"),
        written(answer(), ANSWERED_AT),
    ]
    with lived(tmp_path, letters, date(2026, 11, 11)):
        pass
    mine = sha256(asked(ONE)).hexdigest()[:12]
    config = [
        "--config",
        str(tmp_path / "config.toml"),
        "--now",
        "2026-11-11T09:00:00+03:00",
    ]

    for language, words in (
        ("ru", f"номера в письме нет: это ответ на ваше письмо {mine}"),
        ("en", f"it names no order: it answers your letter {mine}"),
    ):
        done = CliRunner().invoke(cli, [*config, "--lang", language, "why", "1"])
        assert words in done.output


# --- whose an answer is


def events(store: Store) -> list[tuple[str, str, int]]:
    """List what was answered: of which order, by whose thread, how sure."""
    return [
        (row["order_number"], json.loads(row["attributes"]).get("thread", ""), sure)
        for row in store.rows("SELECT * FROM events WHERE kind = 'support_answered'")
        if (sure := row["certainty"])
    ]


def whole(store: Store) -> list[object]:
    tables = ("messages", "events", "letters_by_order", "threads")
    return [store.rows(f"SELECT * FROM {one} ORDER BY 1, 2") for one in tables]


class Home:
    """An archive and its index, without a mailbox."""

    def __init__(self, folder: Path) -> None:
        self.archive, self.folder = Archive(folder / "evidence"), folder
        self.store, self.uids = Store(folder / "index"), count(1)
        self.indexer = self.index_into(self.store)

    def index_into(self, store: Store) -> Indexer:
        return Indexer(store, self.archive, OnePool())  # type: ignore[arg-type]

    def take(self, raw: bytes, role: Role = Role.INBOX, domain: str = "") -> None:
        found = {"domain": domain, "result": "none", "reason": ""}
        where = {"folder": role, "role": role, "authentication": found}
        self.archive.keep([an_arrival(raw, next(self.uids), **where)], ANSWERED_AT)
        self.indexer.finish()

    def take_all(self, *letters: Letter) -> list[tuple[str, str, int]]:
        for letter in letters:
            self.take(*letter)
        return events(self.store)

    def is_as_made_again(self) -> bool:
        with Store(self.folder / f"again-{next(self.uids)}") as again:
            self.index_into(again).finish()
            return whole(again) == whole(self.store)


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    yield home
    assert home.is_as_made_again()
    home.store.close()


def sent(*orders: str, **more: object) -> Letter:
    return asked(*orders, **more), Role.SENT, ""


def come(raw: bytes, domain: str = "ozon.ru") -> Letter:
    return raw, Role.INBOX, domain


def by(letter: Letter) -> str:
    return sha256(letter[0]).hexdigest()


def test_an_answer_is_of_the_order_of_the_letter_it_answers_and_a_guess(home):
    mine = sent(ONE)

    assert home.take_all(mine, come(answer())) == [(ONE, by(mine), Certainty.GUESS)]


def test_an_answer_that_is_read_before_the_letter_waits_for_it(home):
    mine = sent(ONE)

    assert home.take_all(come(answer())) == []
    assert home.take_all(mine) == [(ONE, by(mine), Certainty.GUESS)]


def test_a_letter_that_turns_out_to_be_the_owner_s_brings_its_answers(home):
    raw = asked(ONE)

    assert home.take_all((raw, Role.ALL, ""), come(answer())) == []
    assert len(home.take_all((raw, Role.SENT, ""))) == 1


def test_the_order_is_assessed_again_when_the_letter_comes_after_its_answer(home):
    home.take_all(come(answer()))
    assert home.store.rows("SELECT * FROM orders") == []
    home.take_all(sent(ONE))

    [row] = home.store.rows("SELECT order_number, dirty FROM orders")
    assert row == {"order_number": ONE, "dirty": 1}


def test_the_number_that_an_answer_names_wins(home):
    text = f"Заказ {TWO}: продавец указан в чеке.\n"

    assert home.take_all(sent(ONE), come(answer(text))) == [(TWO, "", Certainty.GUESS)]


@pytest.mark.parametrize(
    "letters",
    [
        [sent(ONE, TWO)],
        [sent(ONE), sent(TWO)],  # a program that uses a Message-ID twice
    ],
)
def test_where_the_letter_is_about_several_orders_none_is_guessed(home, letters):
    assert home.take_all(*letters, come(answer())) == []
    [row] = home.store.rows(
        "SELECT outcome, reason FROM messages WHERE sender LIKE 'h%'"
    )
    assert row == {"outcome": "unrecognised", "reason": "в письме нет номера заказа"}


def test_a_second_letter_of_the_same_name_takes_the_conclusion_back(home):
    first, reply = sent(ONE), come(answer())

    assert len(home.take_all(first, reply)) == 1
    home.store.execute("UPDATE orders SET dirty = 0")
    assert home.take_all(sent(TWO)) == []
    rows = home.store.rows("SELECT order_number FROM orders WHERE dirty = 1 ORDER BY 1")
    assert [row["order_number"] for row in rows] == [ONE, TWO]


@pytest.mark.parametrize("certainty", Certainty)
def test_what_is_concluded_is_never_sure(certainty):
    told = an_event("refund_paid", "2026-11-10", certainty=certainty)
    mine = Asked(message_id=ASKED, evidence="a" * 64, pack=told.pack, order=TWO)

    [event] = tied([told], [[ASKED]], [mine])

    assert (event.order, event.certainty) == (TWO, Certainty.GUESS)
    assert tied([told], [[ASKED]], [replace(mine, pack="another")]) == ()


def test_the_letter_that_is_answered_counts_before_those_above_it(home):
    older, mine = "<older@example.org>", sent(TWO)
    headers = {"In-Reply-To": ASKED, "References": f"{older} {ASKED}"}

    found = home.take_all(
        sent(ONE, message_id=older), mine, come(answer(headers=headers))
    )

    assert found == [(TWO, by(mine), Certainty.GUESS)]


@pytest.mark.parametrize("above", [[ONE], [ONE, TWO]])
def test_of_a_letter_without_a_number_the_thread_above_it_tells(home, above):
    ids = [f"<{n}@example.org>" for n in range(len(above))]
    headers = {"In-Reply-To": ASKED, "References": " ".join([*ids, ASKED])}
    letters = [sent(o, message_id=i) for o, i in zip(above, ids, strict=True)]

    found = home.take_all(*letters, sent(), come(answer(headers=headers)))

    assert [order for order, *_ in found] == (above if len(above) == 1 else [])


@pytest.mark.parametrize(
    "forged",
    [
        come(answer(), ""),
        come(answer(sender="help@0zon.ru"), "0zon.ru"),
        come(answer(sender="Ozon <help@ozon.ru>"), "evil.example"),
        (answer(), Role.SENT, "ozon.ru"),
        come(answer(sender="me@example.org"), "example.org"),
        come(answer(headers={"In-Reply-To": ASKED, "Auto-Submitted": "auto-replied"})),
    ],
)
def test_who_only_quotes_the_message_id_moves_nothing(home, forged):
    assert home.take_all(sent(ONE), forged) == []


@pytest.mark.parametrize(
    "false",
    [
        (asked(TWO), Role.INBOX, "example.org"),
        (asked(TWO), Role.ALL, "example.org"),
        (asked(TWO), Role.SPAM, ""),
        come(answer(f"Заказ {TWO}: всё в порядке.\n", message_id=ASKED, headers={})),
    ],
)
def test_what_is_not_in_the_owner_s_sent_folder_names_no_order(home, false):
    assert [one for one in home.take_all(false, come(answer())) if one[1]] == []


def test_an_acknowledgement_in_the_thread_is_no_answer(home):
    text = "Мы получили ваше письмо. Номер обращения 7712034.\n"

    assert home.take_all(sent(ONE), come(answer(text))) == []


MANY = " ".join(f"<{n}@x.example>" for n in range(3_000))
HOSTILE = {
    " ".join(f"<{n}@x.example>" for n in range(10_000)) + f" {ASKED}": [],
    f"{ASKED} {MANY}": [ONE],
    f"{MANY} {ASKED}": [ONE],
    f"{MANY} {ASKED} {MANY}": [],
    f"<a\x00b@x> <<{ASKED}>> <\x1b[31m@x> <{'x' * 5000}@x> {ASKED}": [ONE],
    f"{ASKED} {ASKED} <self@ozon.ru> {ASKED}": [ONE],
    "<>" * 1000 + "<" * 1000: [],
}


@pytest.mark.parametrize(("header", "orders"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_no_header_makes_the_index_long_or_strange(home, header, orders):
    plain = answer(headers={}, message_id="<self@ozon.ru>")
    raw = f"References: {header}\r\n".encode() + plain
    found = home.take_all(sent(ONE), come(raw))

    named = [row["message_id"] for row in home.store.rows("SELECT * FROM threads")]
    assert len(named) <= 64
    assert all(name.isprintable() and len(name) < 1000 for name in named)
    assert [order for order, *_ in found] == orders


def work(folder: Path, letters: int) -> int:
    """Count what SQLite does for one answer and its letter, beside many others."""
    with Store(folder / f"{letters}") as store:
        other = {"account": "a", "sender": "", "authenticated_domain": "", "shape": ""}
        names = "subject pack stream reason orders defects warnings attachments"
        other |= dict.fromkeys(names.split(), "") | {"outcome": "recognised"}
        other |= dict.fromkeys(("received_at", "archived_at"), "2026-01-01")
        rows = [
            {"evidence": f"{n}", "message_id": f"<{n}>", "role": role, **other}
            for n in range(letters)
            for role in [Role.SENT if n % 2 else Role.INBOX]
        ]
        store.write_all("messages", rows)
        answers = [{"evidence": f"{n}", "message_id": f"<{n}>"} for n in range(letters)]
        store.write_all("threads", answers)
        steps = count()
        store._db.conn.set_progress_handler(lambda: next(steps) < 0, 1)
        threads.remember(store, [{"evidence": "1"}, {"evidence": "2"}])
        threads.answers_among(store, ["1", "2"])
        threads.answers(store, ["1", "2"])
        threads.asked(store, ["<1>", "<2>"])
        store._db.conn.set_progress_handler(None, 1)
        return next(steps)


def test_an_answer_is_found_without_a_look_at_other_letters(tmp_path):
    assert work(tmp_path, 2000) < 1.2 * work(tmp_path, 20)


LETTERS = [
    sent(ONE),
    sent(TWO),
    sent(TWO, message_id="<second@example.org>"),
    sent(message_id="<third@example.org>"),
    (asked(ONE), Role.ALL, ""),
    come(answer()),
    come(answer(), ""),
    come(answer(headers={"In-Reply-To": "<second@example.org>"})),
    come(
        answer(
            headers={
                "In-Reply-To": "<third@example.org>",
                "References": f"{ASKED} <third@example.org>",
            }
        )
    ),
    come(answer(f"Заказ {TWO}: уже в чеке.\n")),
]


@settings(max_examples=40)
@given(st.permutations(LETTERS), st.integers(0, len(LETTERS)))
def test_the_order_of_arrival_does_not_matter(letters, cut):
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        some, others = Home(Path(one)), Home(Path(two))
        chosen = letters[cut:]
        some.take_all(*chosen)
        others.take_all(*sorted(chosen, key=LETTERS.index))
        same = [
            [store.rows(sql) for sql in FINALLY] for store in (some.store, others.store)
        ]
        assert same[0] == same[1]
        assert some.is_as_made_again()
        some.store.close()
        others.store.close()
