"""The days of open cases as appointments, one for each case: what a calendar shows.

An appointment has its case's name for good. Every letter tells all that stand, and takes
back those that an earlier letter set and that stand no more (RFC 5546, section 3.2.1);
what was set is remembered with the letter, in the outbox and in the journal.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from triage.core.case import State
from triage.core.digest import Digest
from triage.core.mention import owners_deadline
from triage.core.story import Entry


@dataclass(frozen=True, slots=True)
class Appointment:
    """One case in the calendar. `on` is a whole day in the owner's zone."""

    uid: str
    entry: Entry | None  # None: of a case that this letter does not speak of
    on: date | None  # None: the appointment is taken back
    mine: bool = False  # the owner is to act by then; else the other side is


def agenda(
    digest: Digest, announced: Mapping[str, date] | None = None
) -> tuple[Appointment, ...]:
    """List the appointments that stand, and take back those that were announced."""
    standing = {each.uid: each for each in _standing(digest)}
    known = {_uid(entry.case.id): entry for entry in _entries(digest)}
    gone = (announced or {}).keys() - standing.keys()
    taken_back = (Appointment(uid, known.get(uid), None) for uid in gone)
    return tuple(sorted((*standing.values(), *taken_back), key=lambda each: each.uid))


def dump_days(appointments: tuple[Appointment, ...]) -> str:
    """Write down what stands, for the outbox and the journal."""
    days = {each.uid: each.on.isoformat() for each in appointments if each.on}
    return json.dumps(days, sort_keys=True) if days else ""


def load_days(text: str) -> dict[str, date]:
    """Read what `dump_days` wrote."""
    days = json.loads(text) if text else {}
    return {uid: date.fromisoformat(on) for uid, on in days.items()}


def _entries(digest: Digest) -> Iterator[Entry]:
    yield from (*digest.actions, *digest.also_open, *digest.waiting)
    yield from (*digest.snoozed, *digest.resolved)


def _standing(digest: Digest) -> Iterator[Appointment]:
    for entry in _entries(digest):
        on, mine = _day(entry)
        if on is not None:
            yield Appointment(_uid(entry.case.id), entry, on, mine)


def _day(entry: Entry) -> tuple[date | None, bool]:
    standing = entry.standing
    if standing.state is State.RESOLVED or entry.asks:
        return None, False  # a question asserts no deadline
    if last_day := owners_deadline(standing):
        return last_day, True
    if standing.state is State.WAITING:
        return standing.waiting_until, False
    return None, False


def _uid(case: str) -> str:
    """Name the appointment of a case for good, without saying what it is about."""
    return f"{hashlib.sha256(case.encode()).hexdigest()[:32]}@triage.invalid"
