"""Of which order an answer is that names none: of that of the owner's letter it answers."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from triage.core.event import Certainty, Event

UNKNOWN = "?"
"""Stands for the order of an event until the thread of its letter has named it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An order of which a letter of the owner's asked support."""

    message_id: str
    evidence: str
    pack: str
    order: str


def tied(
    told: Iterable[Event],
    thread: Sequence[Collection[str]],
    asked: Collection[Asked],
) -> tuple[Event, ...]:
    """Give what an answer tells to the one order that its thread is about, if it is one.

    `thread` are the Message-IDs of the letters that it answers, and then those of all
    letters before it (RFC 5322, section 3.6.4): the first that name a letter of the
    owner's decide, and of several orders none is chosen. What is concluded is a guess.
    """
    return tuple(
        replace(
            event,
            order=letter.order,
            certainty=Certainty.GUESS,
            attributes={**event.attributes, "thread": letter.evidence},
        )
        for event in told
        if (letter := _meant(event.pack, thread, asked))
    )


def _meant(
    pack: str, thread: Sequence[Collection[str]], asked: Collection[Asked]
) -> Asked | None:
    for named in thread:
        found = [a for a in asked if a.pack == pack and a.message_id in named]
        if found:
            one_order = len({a.order for a in found}) == 1
            return min(found, key=lambda a: a.evidence) if one_order else None
    return None
