"""Tell at once what cannot wait for the letter of the day: once, and not at night.

A letter goes out when a last day of the owner's comes near between two digests, or when
a case appears whose window is short. What it tells the next digest does not tell again.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from triage.core.digest import Today
from triage.core.hurry import at_once
from triage.core.mention import Mention, Reason, owners_deadline, why_at_once
from triage.core.step import Standing
from triage.edges import cases, mentions, outbox
from triage.edges.store import Store
from triage.jobs.compose import enqueue, written
from triage.jobs.wrap import Letterhead, of_an_hour

log = logging.getLogger(__name__)

SOON = timedelta(hours=1)  # so shortly before the digest nothing else goes out
A_DAY = 3  # urgent letters; what comes on top waits for the digest
_LOOKED = "alert_looked"


def worth_a_look(
    store: Store, head: Letterhead, now: datetime, *, touched: bool
) -> bool:
    """Say whether something may have become urgent since the last look.

    That is a matter of the day and of the cases there are; `touched` says that orders
    were assessed. At night, and shortly before the digest, the look is put off.
    """
    if touched:
        store.set_meta(_LOOKED, "")
    if store.meta(_LOOKED) == _seen(store, head, now):
        return False
    return not _is_quiet(head, now) and not _digest_is_near(head, now)


def alert(store: Store, head: Letterhead, today: Today, now: datetime) -> bool:
    """Queue a letter about what cannot wait, if there is anything, and say so."""
    with store.transaction():
        store.set_meta(_LOOKED, _seen(store, head, now))
        on = now.astimezone(head.zone).date()
        if outbox.last_digest_on(store) is None:
            return False  # the first letter of all is a digest
        told = mentions.told(store)
        reasons = _reasons(today, told)
        if not reasons or outbox.urgent_on(store, on) >= A_DAY:
            return False
        whole = written(store, head, today, told, now=now, always=True)
        digest = whole and at_once(whole, reasons, on)
        if digest is None:
            return False
        name = of_an_hour(on, _about([e.standing for e in digest.actions], reasons))
        if outbox.has(store, name.key):
            return False
        enqueue(store, digest, head, name, key=today.key, now=now)
    log.info("urgent letter queued, %d cases told", len(digest.mentions))
    return True


def _reasons(today: Today, told: Mapping[str, Sequence[Mention]]) -> dict[str, Reason]:
    """Say which cases cannot wait, and why."""
    found = {}
    for each in today.standings:
        case = each.case
        reason = why_at_once(
            each,
            told.get(case.id, ()),
            each.today,
            short=today.packs.rule(case.pack, case.rule).at_once,
        )
        if reason:
            found[case.id] = reason
    return found


def _about(told: Sequence[Standing], reasons: Mapping[str, Reason]) -> str:
    """Name what a letter is about, so that the same is never said twice at once."""
    lines = sorted(
        f"{each.case.id} {reasons[each.case.id]} {owners_deadline(each)}"
        for each in told
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _seen(store: Store, head: Letterhead, now: datetime) -> str:
    """Name the day and the cases that were looked at."""
    alive = cases.states_alive(store)
    text = "\n".join([now.astimezone(head.zone).date().isoformat(), *alive])
    return hashlib.sha256(text.encode()).hexdigest()


def _is_quiet(head: Letterhead, now: datetime) -> bool:
    """Say whether it is an hour at which the owner is left alone."""
    if head.quiet is None:
        return False
    since, until = head.quiet
    at = now.astimezone(head.zone).time()
    return since <= at < until if since < until else at >= since or at < until


def _digest_is_near(head: Letterhead, now: datetime) -> bool:
    local = now.astimezone(head.zone)
    for day in (local.date(), local.date() + timedelta(days=1)):
        slot = datetime.combine(day, head.at, head.zone)
        if timedelta(0) < slot - local <= SOON:
            return True
    return False
