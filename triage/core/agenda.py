"""The days of open cases as appointments, one for each case: what a calendar shows.

Every digest tells all of them again, so nothing has to be remembered: an appointment has
its case's name for good, a later digest says where it stands now, and a case that is over
or that has no day any more takes its appointment back (RFC 5546, section 3.2.1).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from triage.core.case import State
from triage.core.digest import Digest, Entry
from triage.core.mention import Reason, owners_deadline


@dataclass(frozen=True, slots=True)
class Appointment:
    """One case in the calendar. `on` is a whole day in the owner's zone."""

    uid: str
    entry: Entry
    on: date | None  # None: the appointment is taken back
    mine: bool = False  # the owner is to act by then; else the other side is


def agenda(digest: Digest) -> tuple[Appointment, ...]:
    """List the appointments of all cases that a digest speaks of, by their names."""
    return tuple(sorted(_appointments(digest), key=lambda each: each.uid))


def _appointments(digest: Digest) -> Iterator[Appointment]:
    alive = (digest.actions, digest.also_open, digest.waiting, digest.snoozed)
    for entry in (*(e for group in alive for e in group), *digest.resolved):
        on, mine = _day(entry)
        if on is not None or entry.reason is not Reason.NEW:
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
