"""The list of all orders: a line for each, those first that want something of the owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from triage.core.case import State
from triage.core.dossier import Dossier
from triage.core.mention import owners_deadline
from triage.core.sums import NOTHING

_RANKS = (State.OPEN, State.WAITING, State.SNOOZED)
_LATEST = "9999-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A case of an order, in a line."""

    number: int
    title: str
    state: str
    until: date | None  # the owner's last day, or until when is waited


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order in the list."""

    order: str
    folder: str
    market: str
    statuses: tuple[tuple[str, str], ...]  # of parcels, with what a guess makes of it
    last_on: date | None
    paid: Decimal | None
    returned: Decimal | None
    open: Decimal | None  # still to come back
    topics: tuple[Topic, ...]  # of cases that are not closed
    closed: int  # cases that are
    rank: tuple[int, str]


def line_of(dossier: Dossier) -> Line:
    """Make the line of a dossier."""
    alive = [
        m.standing for m in dossier.matters if m.standing.state is not State.RESOLVED
    ]
    topics = tuple(
        Topic(
            number=s.number,
            title=s.case.title,
            state=s.state,
            until=owners_deadline(s) or s.waiting_until,
        )
        for s in alive
    )
    return Line(
        order=dossier.order,
        folder=dossier.folder,
        market=dossier.market,
        statuses=tuple(dict.fromkeys((p.status, p.guess) for p in dossier.parcels)),
        last_on=max((one.at.date() for one in dossier.course), default=None),
        paid=dossier.money.paid,
        returned=dossier.money.returned,
        open=dossier.money.open,
        topics=topics,
        closed=len(dossier.matters) - len(alive),
        rank=min(map(_rank, topics), default=(len(_RANKS), "")),
    )


def _rank(topic: Topic) -> tuple[int, str]:
    state = _RANKS.index(State(topic.state))
    return state, topic.until.isoformat() if topic.until else _LATEST


def arranged(lines: Sequence[Line]) -> list[Line]:
    """Put first what the owner must do soonest, then what is waited for, then the newest."""
    newest = sorted(lines, key=lambda one: one.order)
    newest.sort(key=lambda one: one.last_on or date.min, reverse=True)
    return sorted(newest, key=lambda one: one.rank)


def still_open(lines: Sequence[Line]) -> Decimal:
    """Add up what is still to come back in orders with a case that is not closed."""
    return sum((one.open or NOTHING for one in lines if one.topics), NOTHING)


def read_line(entry: Mapping[str, Any]) -> Line:
    """Read the fields of a line, with dates and sums as text."""
    topics = tuple(
        Topic(**{**topic, "until": _day(topic["until"])}) for topic in entry["topics"]
    )
    return Line(
        **{
            **entry,
            "statuses": tuple((sure, guess) for sure, guess in entry["statuses"]),
            "topics": topics,
            "rank": (entry["rank"][0], entry["rank"][1]),
            "last_on": _day(entry["last_on"]),
            **{name: _sum(entry[name]) for name in ("paid", "returned", "open")},
        }
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _sum(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
