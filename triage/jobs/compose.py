"""Compose the letter of the day: once per local day, late rather than never.

Whether one is due is asked of the store and the clock, so a tick that was missed costs
nothing. A day on which the program did not run is not made up for; today's digest tells
what that day's would have told. The same goes for a digest that still waits and that no
server has seen: today's takes its place.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from triage.core.agenda import load_days
from triage.core.digest import Digest, Today, write
from triage.core.mention import Mention
from triage.core.news import Health
from triage.core.pack import Packs
from triage.edges import mentions, messages, outbox
from triage.edges.messages import Span
from triage.edges.pages import Page, render
from triage.edges.store import Store
from triage.jobs.wrap import Letterhead, Name, of_the_day, wrap

log = logging.getLogger(__name__)

_CONSIDERED = "digest_considered"
FIRST_LOOK_BACK = timedelta(days=1)
LATE = timedelta(hours=6)  # past the owner's hour, when midnight lies between


def due(store: Store, head: Letterhead, now: datetime) -> date | None:
    """Return the day whose digest is to be composed now, if there is one."""
    day = _day(head, now)
    if (
        day is None
        or store.meta(_CONSIDERED) == day.isoformat()
        or outbox.has(store, outbox.digest_key(day))
    ):
        return None
    return day


def _day(head: Letterhead, now: datetime) -> date | None:
    """Return the day whose hour has come: today, or yesterday for a few hours more.

    Without those hours an owner's hour shortly before midnight could be missed by one
    tick every day.
    """
    local = now.astimezone(head.zone)
    if local.time() >= head.at:
        return local.date()
    yesterday = local.date() - timedelta(days=1)
    slot = datetime.combine(yesterday, head.at, head.zone).astimezone(UTC)
    return yesterday if now - slot <= LATE else None


def news_span(store: Store, now: datetime, told_by: datetime | None = None) -> Span:
    """Say which letters are news: those archived since the last digest.

    With `told_by` a digest that was written later counts for nothing. What was received
    before anybody watched the mailbox is history.
    """
    composed = outbox.composed_at(store, told_by or now)
    watched_since = messages.first_archived_at(store) or now
    return Span(
        since=composed or now - FIRST_LOOK_BACK,
        until=now,
        dated_after=watched_since - FIRST_LOOK_BACK,
    )


def compose(
    store: Store,
    head: Letterhead,
    today: Today,
    now: datetime,
    *,
    at_once: bool = False,
) -> bool:
    """Queue today's digest if it is due and has a reason, and say whether it was.

    With `at_once` the hour and the reason do not matter; there is still one a day.
    """
    with store.transaction():
        on = now.astimezone(head.zone).date() if at_once else due(store, head, now)
        if on is None or outbox.has(store, outbox.digest_key(on)):
            return False
        missed = outbox.withdrawable(store)
        for letter in missed:
            mentions.withdraw(store, letter.key, letter.mentions)
            outbox.mark_withdrawn(store, letter.key)
        digest = written(
            store,
            head,
            today,
            mentions.told(store),
            now=now,
            always=head.always or at_once or bool(missed),
        )
        store.set_meta(_CONSIDERED, on.isoformat())
        if digest is None:
            log.info("nothing to tell on %s", on)
            return False
        enqueue(store, digest, head, of_the_day(on), key=today.key, now=now)
    log.info("digest of %s queued, %d cases told", on, len(digest.mentions))
    return True


def enqueue(
    store: Store,
    digest: Digest,
    head: Letterhead,
    name: Name,
    *,
    key: bytes,
    now: datetime,
) -> None:
    """Queue a digest as a letter, and remember what it tells, in one transaction."""
    announced = load_days(outbox.announced(store))
    letter = wrap(digest, head, now, name, key=key, announced=announced)
    with store.transaction():
        outbox.enqueue(store, letter, now)
        mentions.note(store, digest.mentions)


def try_templates(head: Letterhead, packs: Packs, now: datetime) -> None:
    """Write out a digest with nothing in it.

    Raises:
        ConfigError: a template of the owner's does not work.
    """
    health = Health(on_server=None, archived=0, unread=0, last_read_at=None)
    digest = write(
        Today(packs=packs, health=health),
        {},
        now=now,
        zone=head.zone,
        last_sent_on=None,
        always=True,
    )
    if digest is not None:
        render(digest, head.language, head.own)


def preview(store: Store, head: Letterhead, today: Today, now: datetime) -> Page:
    """Write the digest of an instant, past or future, without remembering it."""
    on = now.astimezone(head.zone).date()
    told = {
        case: [each for each in history if each.told_on < on]
        for case, history in mentions.told(store).items()
    }
    digest = written(store, head, today, told, now=now, always=True)
    if digest is None:
        raise AssertionError("always asks for a digest")
    return render(digest, head.language, head.own)


def written(
    store: Store,
    head: Letterhead,
    today: Today,
    told: Mapping[str, Sequence[Mention]],
    *,
    now: datetime,
    always: bool,
) -> Digest | None:
    """Write the digest of an instant from what there is to tell."""
    return write(
        today,
        told,
        now=now,
        zone=head.zone,
        last_sent_on=outbox.last_digest_on(store),
        undelivered=outbox.undelivered(store),
        always=always,
    )
