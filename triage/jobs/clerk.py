"""What answering the owner's letters needs: the letter, the cases, an ear for his words."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from triage.core.act import ActKind
from triage.core.deed import UNDOABLE, Docket, undoable
from triage.core.entry import sighting_of
from triage.core.listener import Listener
from triage.core.phrasebook import Phrases
from triage.core.quoting import own_words
from triage.core.wish import Lost, Numbered, Wish
from triage.edges import cases, outbox
from triage.edges.archive import Archive
from triage.edges.journal import Journal
from triage.edges.store import Store
from triage.edges.walker import take_apart
from triage.edges.worker import Pool
from triage.errors import UsageError
from triage.jobs.assess import Bench, standings
from triage.jobs.look import parse_order
from triage.jobs.tasks import WORDS, task_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """What answering needs beside the letters."""

    store: Store
    archive: Archive
    journal: Journal
    pool: Pool
    bench: Bench
    phrases: Phrases
    key: bytes
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter of the owner's, as the child has read it."""

    evidence: str
    task: Mapping[str, Any]
    said_at: datetime
    said_on: date
    readable: bool = True
    subject: str = ""
    text: str = ""
    page: str = ""
    date: str = ""  # as it was written
    answers: Sequence[str] = ()
    files: Sequence[tuple[int, str, str, int]] = ()  # place, name, type, bytes

    def unread(self) -> Self:
        """Return what is known of it before its words are read."""
        return type(self)(
            evidence=self.evidence,
            task=self.task,
            said_at=self.said_at,
            said_on=self.said_on,
            readable=False,
        )


def read(clerk: Clerk, row: Mapping[str, Any]) -> Letter:
    """Have a letter read once more: its text is kept nowhere else."""
    said_at = min(datetime.fromisoformat(row["received_at"]), clerk.now)
    task = task_of(sighting_of(row), clerk.archive.path(row["evidence"]))
    [(_, found, problem)] = clerk.pool.map([task | {"answer": WORDS}])
    said_on = clerk.bench.today(said_at)
    letter = Letter(
        evidence=row["evidence"], task=task, said_at=said_at, said_on=said_on
    )
    if found is None or "problem" in found:
        log.warning("reply %.12s not read: %s", letter.evidence, problem)
        return letter.unread()
    return replace(letter, **found)


def own_words_of(store: Store, letter: Letter) -> str:
    """Return what the owner wrote, without what he quoted of our letter."""
    ours = ""
    for message_id in letter.answers:
        parts = take_apart(outbox.raw_of(store, message_id)).parts
        plain = (part.data for part in parts if part.media_type == "text/plain")
        ours += next(plain, b"").decode("utf-8", "replace")
    return own_words(letter.text if letter.text.strip() else letter.page, ours)


def listener_of(clerk: Clerk, letter: Letter) -> Listener:
    packs = clerk.bench.packs

    def read_number(word: str) -> Numbered | None:
        try:
            return parse_order(packs, word)
        except UsageError:
            return None

    names = packs.ladder.fact_names
    return Listener(
        heard=clerk.phrases,
        today=letter.said_on,
        read_number=read_number,
        facts={name: names.get(name, name) for name in packs.facts.told},
    )


def docket_of(
    clerk: Clerk, letter: Letter, wishes: Sequence[Wish | Lost], told_at: datetime
) -> Docket:
    """Gather the cases that a letter may be about, now and as the digest told of them."""
    store, asked = clerk.store, [one for one in wishes if isinstance(one, Wish)]
    numbers = {str(number) for wish in asked for number in wish.numbers}
    chosen = set(cases.orders_alive(store))
    chosen |= {(pack, order) for wish in asked for pack, order, _ in wish.orders}
    for act in cases.acts_of_kind(store, ActKind.NUMBERED):
        if act.order and act.data["number"] in numbers:
            chosen.add((act.data["pack"], act.order))
    now = standings(store, clerk.bench, clerk.now, chosen)
    then = standings(store, clerk.bench, told_at, chosen)
    acts = [
        act
        for act in cases.acts_of_kind(store, *UNDOABLE, ActKind.UNDONE)
        if act.data.get("reply") != letter.evidence  # of a run that was cut short
    ]
    return Docket(
        now={one.case.id: one for one in now},
        then={one.case.id: one for one in then},
        orders=frozenset(cases.all_orders(store)),
        done=undoable(acts),
        packs=clerk.bench.packs,
        said_on=letter.said_on,
        at=clerk.now,
    )
