"""Let letters say what the owner taught: those of the shape that are in the index already."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from triage.core.act import ActKind
from triage.core.lesson import Lesson, Lessons, lessons, lessons_entry, read_lessons
from triage.edges import cases, shapes
from triage.edges.archive import Archive
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.edges.worker import Pool
from triage.jobs import receipts
from triage.jobs.act import catch_up
from triage.jobs.index import Indexed, Indexer, index, reread

log = logging.getLogger(__name__)

READER = "triage.jobs.reading:reader"
APPLIED = "taught.applied"  # the lessons by which the letters in the index were read


class Readers:
    """The reading processes, which know what the owner taught since they started."""

    def __init__(self, settings: Callable[[], dict[str, Any]], *, workers: int) -> None:
        """Name the settings of `jobs.reading`; nothing starts before the first letter."""
        self._settings = settings
        self._workers = workers
        self._pool: Pool | None = None
        self._taught: dict[str, Any] = {}

    @property
    def pool(self) -> Pool:
        if self._pool is None:
            settings = self._settings() | {"taught": self._taught}
            self._pool = Pool(READER, settings, workers=self._workers)
        return self._pool

    def apart(self, function: str, taught: Mapping[str, Any]) -> Pool:
        """Make a process of its own for one letter, as if that had been taught."""
        settings = self._settings() | {"taught": taught}
        return Pool(function, settings, workers=min(self._workers, 1))

    def teach(self, found: Lessons) -> None:
        """Let them know the lessons of now: they learn by being started again."""
        taught = lessons_entry(found)
        if taught != self._taught:
            self.close()
            self._taught = taught

    def close(self) -> None:
        """End the processes; the next letter starts new ones."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None


def begin(
    store: Store, archive: Archive, journal: Journal, readers: Readers
) -> Indexer:
    """Begin to index, by what the owner taught up to now."""
    catch_up(store, journal)
    readers.teach(known(store))
    return Indexer(store, archive, readers.pool)


def index_and_learn(
    archive: Archive, journal: Journal, readers: Readers, indexer: Indexer
) -> Indexed:
    """Bring the index up to the evidence and to the owner's word, in any order of both."""
    done = index(journal, indexer)
    readers.teach(known(indexer.store))  # a letter's shape is known once it was read
    learn(indexer.store, archive, readers.pool)
    receipts.take_in(indexer.store, archive, readers.pool)
    return done


def known(store: Store) -> dict[str, Lesson]:
    """Work out from the acts in the index what the owner taught."""
    acts = cases.acts_of_kind(store, ActKind.TAUGHT, ActKind.ANSWERED, ActKind.UNDONE)
    about = {act.data["evidence"] for act in acts if "evidence" in act.data}
    for act in acts:
        about |= {one.partition(":")[0] for one in act.data.get("about", "").split()}
    return lessons(acts, shapes.shapes_of(store, about))


def learn(store: Store, archive: Archive, pool: Pool) -> int:
    """Read again the letters of every shape whose lesson is another than it was.

    `pool` must know the lessons of now. Returns how many letters were read. What is cut
    short starts again with the next pass.
    """
    now = known(store)
    before = read_lessons(json.loads(store.meta(APPLIED, "{}")))
    if now == before:
        return 0
    changed = {name for name in {*now, *before} if now.get(name) != before.get(name)}
    letters = shapes.letters_of_shape(store, changed)
    count = reread(store, archive, pool, letters) if letters else 0
    store.set_meta(APPLIED, json.dumps(lessons_entry(now)))
    log.info("lessons: %d changed, %d letters read again", len(changed), count)
    return count
