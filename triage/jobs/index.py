"""Bring the index up to the evidence: new letters become events, new lines acts."""

import logging
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Any

from triage.core.entry import read_sighting
from triage.core.message import Role, Sighting
from triage.edges import cases, messages, search
from triage.edges.archive import Archive
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.edges.worker import Pool
from triage.jobs.act import catch_up
from triage.jobs.reading import task_of

log = logging.getLogger(__name__)

BATCH = 500  # letters in one transaction


@dataclass(frozen=True, slots=True)
class Indexed:
    """What one pass came to."""

    letters: int = 0
    events: int = 0
    unreadable: int = 0
    acts: int = 0


def index(store: Store, archive: Archive, journal: Journal, pool: Pool) -> Indexed:
    """Read what came after the last pass. A pass that is cut short starts again there."""
    acts = catch_up(store, journal)
    letters = events = unreadable = 0
    sightings = archive.sightings(int(store.meta("manifest.end", "0")))
    while batch := list(islice(sightings, BATCH)):
        rows, told, shadows, failed = _read(store, archive, pool, [s for s, _ in batch])
        with store.transaction():
            messages.replace_letters(store, rows, told)
            search.add(store, shadows)
            cases.mark_dirty(store, {(e["pack"], e["order_number"]) for e in told})
            store.set_meta("manifest.end", str(batch[-1][1]))
        letters += len(rows)
        events += len(told)
        unreadable += failed
    if letters or acts:
        log.info("indexed: %d letters, %d events, %d acts", letters, events, acts)
    if unreadable:
        log.warning("could not read %d letters: see `triage unrecognised`", unreadable)
    return Indexed(letters, events, unreadable, acts)


def reread(store: Store, archive: Archive, pool: Pool, evidence: Set[str]) -> int:
    """Read letters of the archive again, and return how many there were."""
    places: dict[str, list[Sighting]] = {}
    for sighting, _ in archive.sightings(0):
        if sighting.sha256 in evidence:
            places.setdefault(sighting.sha256, []).append(sighting)
    best = [_best(found) for found in places.values()]
    touched = messages.orders_told_by(store, evidence)
    rows, told, shadows, _ = _answers(archive, pool, best)
    with store.transaction():
        messages.replace_letters(store, rows, told)
        search.add(store, shadows)
        touched |= {(event["pack"], event["order_number"]) for event in told}
        cases.mark_dirty(store, touched)
    return len(rows)


def _read(
    store: Store, archive: Archive, pool: Pool, sightings: Sequence[Sighting]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str], int]:
    """Read the letters of a batch that are new or better placed than before."""
    return _answers(archive, pool, _better(store, sightings))


def _answers(
    archive: Archive, pool: Pool, wanted: Sequence[Sighting]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, str], int]:
    tasks = [task_of(s, archive.path(s.sha256)) for s in wanted]
    rows, events, failed = [], [], 0
    shadows: dict[str, str] = {}
    for task, answer, problem in pool.map(tasks):
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
