"""Bring the index up to the evidence: new letters become events, new lines acts."""

import logging
from collections import deque
from collections.abc import Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from triage.core.entry import read_sighting
from triage.core.message import Role, Sighting
from triage.edges import cases, messages, search, shapes, threads
from triage.edges.archive import Archive
from triage.edges.child import Job
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.edges.worker import Answer, Pool
from triage.errors import TriageError
from triage.jobs.act import catch_up
from triage.jobs.tasks import task_of
from triage.jobs.threads import tie

log = logging.getLogger(__name__)

BATCH = 500  # letters in one transaction
AHEAD = 1000  # letters whose reading waits to be written, or not many more


@dataclass(frozen=True, slots=True)
class Indexed:
    """What one pass came to."""

    letters: int = 0
    events: int = 0
    unreadable: int = 0
    acts: int = 0


class Indexer:
    """Brings letters from the archive into the index, batch by batch, in their order.

    They are read in other processes, also while more of them are fetched. A batch is
    written, and counts as done, in one transaction; what was cut short is read again.
    """

    def __init__(self, store: Store, archive: Archive, pool: Pool) -> None:
        """Go on where the index ends."""
        self.store = store
        self._archive, self._pool = archive, pool
        self._given = int(store.meta("manifest.end", "0"))
        self._batches: deque[_Batch] = deque()  # given to the pool, not written yet
        self.letters = self.events = self.unreadable = 0

    def look(self, coming: int) -> None:
        """Take on what was archived, write what was read, and wait for nothing.

        `coming` says how many more letters are to be expected. What goes wrong with a
        process is passed over: `finish` meets it again.
        """
        with suppress(TriageError):
            self._pool.expect(coming)
            self._give()
            self._pool.pump(wait=False)
            while self._batches and self._batches[0].is_read():
                self._write(self._batches[0])

    def finish(self) -> None:
        """Read and write all that the archive has.

        Raises:
            EvidenceError: the manifest does not reach to where the index ends.
            TriageError: no process for reading can be started.
        """
        while True:
            self._give()
            if not self._batches:
                return
            while not self._batches[0].is_read():
                self._pool.pump()
            self._write(self._batches[0])

    def _give(self) -> None:
        """Have letters read that are new, or better placed than before."""
        sightings = self._archive.sightings(self._given)
        while sum(len(batch.jobs) for batch in self._batches) < AHEAD:
            if not (lines := list(islice(sightings, BATCH))):
                return
            batch = _Batch([sighting for sighting, _ in lines], lines[-1][1])
            for one in _better(self.store, batch.sightings):
                task = task_of(one, self._archive.path(one.sha256))
                batch.jobs[one.sha256] = self._pool.give(task)
            self._batches.append(batch)
            self._given = batch.end

    def _write(self, batch: "_Batch") -> None:
        """Write the first batch that was given; those before it are in the index by now,
        so that a letter it was read for may have been known."""
        jobs = [batch.jobs[one.sha256] for one in _better(self.store, batch.sightings)]
        rows, told, shadows, failed = _rows(
            (job.task, job.result, job.problem) for job in jobs
        )
        with self.store.transaction():
            _replace(self.store, rows, told, shadows)
            self.store.set_meta("manifest.end", str(batch.end))
        self._batches.popleft()
        self.letters += len(rows)
        self.events += len(told)
        self.unreadable += failed


@dataclass(slots=True)
class _Batch:
    """A stretch of the manifest up to a byte, and what is being read of it."""

    sightings: list[Sighting]
    end: int
    jobs: dict[str, Job] = field(default_factory=dict)  # by checksum

    def is_read(self) -> bool:
        return all(job.done for job in self.jobs.values())


def index(journal: Journal, indexer: Indexer) -> Indexed:
    """Take in what came after the last pass. A pass that is cut short starts again there."""
    acts = catch_up(indexer.store, journal)
    indexer.finish()
    if indexer.letters or acts:
        log.info(
            "indexed: %d letters, %d events, %d acts",
            *(indexer.letters, indexer.events, acts),
        )
    if indexer.unreadable:
        log.warning(
            "could not read %d letters: see `triage unrecognised`", indexer.unreadable
        )
    return Indexed(indexer.letters, indexer.events, indexer.unreadable, acts)


def reread(store: Store, archive: Archive, pool: Pool, evidence: Set[str]) -> int:
    """Read letters of the archive again, and return how many there were."""
    places: dict[str, list[Sighting]] = {}
    for sighting, _ in archive.sightings(0):
        if sighting.sha256 in evidence:
            places.setdefault(sighting.sha256, []).append(sighting)
    best = [_best(found) for found in places.values()]
    tasks = [task_of(one, archive.path(one.sha256)) for one in best]
    rows, told, shadows, _ = _rows(pool.map(tasks))
    with store.transaction():
        _replace(store, rows, told, shadows)
    return len(rows)


def _replace(
    store: Store,
    rows: Sequence[dict[str, Any]],
    told: Sequence[dict[str, Any]],
    shadows: dict[str, str],
) -> None:
    """Write letters as they were read now, and what they told in the place of before.

    An order that a letter no longer tells of has to be assessed again too.
    """
    read = [row["evidence"] for row in rows]
    touched = shapes.orders_told_by(store, read)
    answers = threads.answers_among(store, read)
    messages.replace_letters(store, rows, told)
    threads.remember(store, rows)
    search.add(store, shadows)
    touched |= {(event["pack"], event["order_number"]) for event in told}
    touched |= tie(store, answers | threads.answers_among(store, read))
    cases.mark_dirty(store, touched)


def _rows(
    answers: Iterable[Answer],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str], int]:
    """Sort answers into letters, events, words to find them by, and a count of failures."""
    rows, events, failed = [], [], 0
    shadows: dict[str, str] = {}
    for task, answer, problem in answers:
        if answer is None or "problem" in answer:
            failed += 1
            reason = problem or str((answer or {}).get("problem"))
            sighting = read_sighting(task["sighting"])
            log.warning("letter %.12s not read: %s", sighting.sha256, reason)
            rows.append(_unread_row(sighting, reason))
        else:
            rows.append(answer["letter"])
            events += answer["events"]
            shadows[answer["letter"]["evidence"]] = answer["words"]
    return rows, events, shadows, failed


def _better(store: Store, sightings: Sequence[Sighting]) -> list[Sighting]:
    """Leave out letters seen before, unless this copy says more: that the owner sent
    it, or that the provider vouches for its sender."""
    known = messages.readings_of(store, (s.sha256 for s in sightings))
    chosen: dict[str, Sighting] = {}
    for sighting in sightings:
        role, domain = known.get(sighting.sha256, ("", ""))
        before = chosen.get(sighting.sha256)
        if before is not None:
            role, domain = before.role, before.authentication.get("domain", "")
        elif not role:
            chosen[sighting.sha256] = sighting
            continue
        sent = sighting.role is Role.SENT and role != Role.SENT
        vouched = bool(sighting.authentication.get("domain")) and not domain
        if sent or (vouched and role != Role.SENT):
            chosen[sighting.sha256] = sighting
    return list(chosen.values())


def _best(sightings: Sequence[Sighting]) -> Sighting:
    """Choose the copy that says most: the owner's own, else one that is vouched for."""
    return max(
        sightings,
        key=lambda s: (s.role is Role.SENT, bool(s.authentication.get("domain"))),
    )


def _unread_row(sighting: Sighting, reason: str) -> dict[str, Any]:
    return {
        "evidence": sighting.sha256,
        "role": sighting.role,
        "account": sighting.account,
        "message_id": "",
        "sender": "",
        "authenticated_domain": sighting.authentication.get("domain", ""),
        "subject": "",
        "received_at": sighting.received_at.isoformat(),
        "archived_at": sighting.archived_at.isoformat(),
        "pack": "",
        "outcome": "unreadable",
        "stream": "",
        "reason": reason,
        "orders": "[]",
        "defects": "[]",
        "warnings": "[]",
        "attachments": "[]",
        "shape": "",
        "heading": "",
        "against": "",
    }
