"""Letters that are read while others arrive make the index that a rebuild would make."""

import tempfile
from collections import deque
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import a_letter, an_arrival
from offline import READING

from triage.core.message import Role
from triage.edges import packs
from triage.edges.archive import Archive, Arrival
from triage.edges.child import Job, Task, attempt
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.errors import TriageError
from triage.jobs import index
from triage.jobs.assess import Bench, assess
from triage.jobs.index import Indexer
from triage.jobs.reading import reader

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LETTERS = [a_letter(subject=f"Заказ 12345678-000{n} отменён") for n in range(4)]
WORK = reader(READING | {"owner": ["me@example.org"]})
BENCH = Bench(
    packs=packs.load(["ozon"], "ru", None), zone=ZoneInfo("Europe/Moscow"), owner={}
)
TABLES = ("messages", "events", "letters_by_order")


class SlowPool:
    """A pool that does only so many tasks whenever it is looked after."""

    def __init__(self, turns: list[int]) -> None:
        self._turns, self._waiting = deque(turns), deque[Job]()

    def expect(self, tasks: int) -> None:
        pass

    def give(self, task: Task) -> Job:
        self._waiting.append(Job(task))
        return self._waiting[-1]

    def pump(self, *, wait: bool = True) -> None:
        count = self._turns.popleft() if self._turns else 3
        for _ in range(min(max(count, int(wait)), len(self._waiting))):
            job = self._waiting.popleft()
            job.finish(*attempt(WORK, job.task))


def arrival(uid: int, letter: int, role: Role, domain: str) -> Arrival:
    found = {"domain": domain, "result": "none", "reason": ""}
    where = {"folder": role, "role": role}
    return an_arrival(LETTERS[letter], uid, **where, authentication=found)


PLACES = st.tuples(
    st.integers(0, len(LETTERS) - 1),
    st.sampled_from([Role.INBOX, Role.ALL, Role.SENT]),
    st.sampled_from(["", "ozon.ru"]),
)


def told(store: Store) -> list[object]:
    return [store.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES]


def assessed(store: Store, folder: Path) -> list[object]:
    """Assess what is to be assessed, and say which orders and cases there are."""
    assess(store, Journal(folder), BENCH, AT)
    tables = ("orders", "cases")
    return [store.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]


@settings(max_examples=25)
@given(st.lists(st.lists(PLACES, max_size=5), max_size=5), st.lists(st.integers(0, 4)))
def test_letters_read_while_others_arrive_make_the_same_index(batches, turns):
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "BATCH", 3)
        patch.setattr(index, "AHEAD", 4)
        folder, uids = Path(name), iter(range(1, 100))
        archive = Archive(folder / "evidence")
        with Store(folder / "live") as live, Store(folder / "again") as again:
            indexer = Indexer(live, archive, SlowPool(turns))  # type: ignore[arg-type]
            for batch in batches:
                archive.keep([arrival(next(uids), *one) for one in batch], AT)
                indexer.look(len(batch))
            indexer.finish()
            Indexer(again, archive, SlowPool([])).finish()  # type: ignore[arg-type]

            assert told(live) == told(again)
            assert assessed(live, folder / "a") == assessed(again, folder / "b")
            assert live.meta("manifest.end") == again.meta("manifest.end", "0") or (
                not any(batches)
            )


def test_an_order_that_its_letter_no_longer_tells_of_is_forgotten(tmp_path):
    archive = Archive(tmp_path / "evidence")
    with Store(tmp_path / "index") as store:
        indexer = Indexer(store, archive, SlowPool([]))  # type: ignore[arg-type]
        archive.keep([arrival(1, 0, Role.INBOX, "ozon.ru")], AT)
        indexer.finish()
        before = assessed(store, tmp_path)
        archive.keep([arrival(2, 0, Role.SENT, "")], AT)  # the owner wrote it
        indexer.finish()

        assert before != [[], []]
        assert assessed(store, tmp_path) == [[], []]


def test_a_pass_that_is_cut_short_is_gone_on_with(tmp_path):
    archive = Archive(tmp_path / "evidence")
    places = [(n, Role.INBOX, "ozon.ru") for n in range(4)]
    arrivals = (arrival(uid, *place) for uid, place in enumerate(places, 1))
    with Store(tmp_path / "index") as store:
        first = Indexer(store, archive, SlowPool([0, 2, 0]))  # type: ignore[arg-type]
        for _ in range(2):
            archive.keep(list(islice(arrivals, 2)), AT)
            first.look(0)
        written = store.rows("SELECT evidence FROM messages")
        Indexer(store, archive, SlowPool([])).finish()  # type: ignore[arg-type]

        assert len(written) == 2
        assert len(store.rows("SELECT evidence FROM messages")) == 4


def test_children_that_do_not_start_stop_no_letter_from_being_fetched(tmp_path):
    class Broken(SlowPool):
        def pump(self, *, wait: bool = True) -> None:
            raise TriageError("процесс чтения писем не запускается")

    archive = Archive(tmp_path / "evidence")
    archive.keep([arrival(1, 0, Role.INBOX, "")], AT)
    with Store(tmp_path / "index") as store:
        indexer = Indexer(store, archive, Broken([]))  # type: ignore[arg-type]
        indexer.look(1)

        with pytest.raises(TriageError):
            indexer.finish()
