"""A picture of an order's life: what was promised and what came, on one axis of days.

Only where things stand is worked out here, in days and shares of the width; lines, colours
and words are the template's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from decimal import Decimal

from triage.core.case import State
from triage.core.event import Certainty, Event, EventKind
from triage.core.settlement import Settlement
from triage.core.step import Standing
from triage.core.sums import NOTHING
from triage.core.timeline import Timeline

MOST = 6  # parcels, and cases, that are drawn; the page lists all
_NEAREST = 0.24  # of the width: two days closer than that are not both written
_BESIDE = 0.08  # of the width: marks closer than that are one

_CAME = (
    EventKind.READY_FOR_PICKUP,
    EventKind.POSTING_DELIVERED,
    EventKind.RECEIPT_FULL,
)
_BACK = (EventKind.REFUND_PAID, EventKind.RECEIPT_REFUND)
_CANCELLED = (EventKind.ORDER_CANCELLED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A day of importance on a line."""

    what: str  # promised, moved, came, cancelled or step
    on: date
    at: float  # share of the width, 0 to 1
    word: str = ""  # the rung of a step


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a line."""

    what: str  # going, late, open or closed
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A line of its own: a parcel or a case."""

    what: str  # parcel or case
    name: str | None  # the posting, where there are several; the title of a case
    number: int = 0  # of a case
    ended: str = ""  # came, cancelled, refunded, closed or "": it goes on
    promised_on: date | None = None
    late: int = 0  # days behind the first promise
    since: date
    until: date
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum as a bar."""

    what: str  # paid, owed or returned
    amount: Decimal
    share: float  # of the largest


@dataclass(frozen=True, slots=True)
class Tick:
    """A day written under the axis."""

    on: date
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The life of one order, ready to be drawn."""

    first: date
    last: date
    ticks: tuple[Tick, ...]
    letters: tuple[float, ...]  # where events lie
    lanes: tuple[Lane, ...]
    sums: tuple[Sum, ...]


class _Axis:
    def __init__(self, days: Iterable[date]) -> None:
        known = sorted(days)
        self.first, self.last = known[0], known[-1]
        self.length = max((self.last - self.first).days, 1)

    def at(self, on: date) -> float:
        return min(max((on - self.first).days / self.length, 0.0), 1.0)


def draw(
    timeline: Timeline | None,
    standings: Sequence[Standing],
    money: Settlement,
    zone: tzinfo,
    today: date,
) -> Picture | None:
    """Draw an order; None for one that no letter has told of."""
    if timeline is None:
        return None

    def day(event: Event) -> date:
        return event.at.astimezone(zone).date()

    told = [day(event) for event in timeline.events]
    going = any(s.state is not State.RESOLVED for s in standings)
    promised = [on for _, on in _promises(timeline.events)]
    soon = [on for on in promised if on <= today + timedelta(days=31)]
    closed = [s.case.closed_on for s in standings if s.case.closed_on]
    opened = [s.case.opened_on for s in standings]
    axis = _Axis([*told, *soon, *closed, *opened, *([today] if going else [])])
    refunded = _refunded(timeline, money, day)
    lanes = [
        *_parcels(
            timeline, axis, day, refunded or today, refunded=refunded is not None
        ),
        *_cases(standings, axis, today),
    ]
    days = sorted({axis.first, axis.last, *soon, *closed, *opened, *told})
    return Picture(
        first=axis.first,
        last=axis.last,
        ticks=tuple(_ticks(axis, days)),
        letters=tuple(dict.fromkeys(axis.at(on) for on in told)),
        lanes=tuple(lanes),
        sums=tuple(_sums(money)),
    )


def _promises(events: Iterable[Event]) -> Iterator[tuple[Event, date]]:
    for event in events:
        if "promised_on" in event.attributes:
            try:
                yield event, date.fromisoformat(event.attributes["promised_on"])
            except ValueError:
                continue


def _parcels(
    timeline: Timeline,
    axis: _Axis,
    day: Callable[[Event], date],
    today: date,
    *,
    refunded: bool,
) -> Iterator[Lane]:
    """Draw parcels; what never came is late until `today`, or until its money came back."""
    postings = timeline.postings()[:MOST]
    for posting in postings:
        events = list(timeline.of_posting(posting))
        sure = [e for e in events if e.certainty > Certainty.GUESS]
        promises = [on for _, on in _promises(events)]
        came = next((day(e) for e in sure if e.kind in _CAME), None)
        cancelled = next((day(e) for e in sure if e.kind in _CANCELLED), None)
        ended = "cancelled" if cancelled and not came else "came" if came else ""
        ended = ended or ("refunded" if refunded else "")
        if not promises and not came:
            continue  # nothing to hold one against the other
        since = day(events[0])
        until = came or cancelled or max(today, since)
        promised_on = promises[0] if promises else None
        late = max((until - promised_on).days, 0) if promised_on else 0
        yield Lane(
            what="parcel",
            name=_short(posting, timeline.order) if len(postings) > 1 else None,
            ended=ended,
            promised_on=promised_on,
            late=late,
            since=since,
            until=until,
            stretches=tuple(_stretches(axis, since, until, promised_on)),
            marks=tuple(_marks(axis, promises, came, cancelled)),
        )


def _short(posting: str | None, order: str) -> str | None:
    """Name a parcel by what it has beyond the number of its order."""
    return posting and (posting.removeprefix(order).strip("-") or posting)


def _refunded(
    timeline: Timeline, money: Settlement, day: Callable[[Event], date]
) -> date | None:
    """Return the day on which all that was paid had come back, if it has."""
    if not money.paid or money.returned != money.paid:
        return None
    return max((day(e) for e in timeline.events if e.kind in _BACK), default=None)


def _stretches(
    axis: _Axis, since: date, until: date, promised_on: date | None
) -> Iterator[Stretch]:
    turn = min(max(promised_on or until, since), until)
    yield Stretch(what="going", start=axis.at(since), end=axis.at(turn))
    if until > turn:
        yield Stretch(what="late", start=axis.at(turn), end=axis.at(until))


def _marks(
    axis: _Axis, promises: Sequence[date], came: date | None, cancelled: date | None
) -> Iterator[Mark]:
    for number, on in enumerate(dict.fromkeys(promises)):
        if on <= axis.last:
            what = "moved" if number else "promised"
            yield Mark(what=what, on=on, at=axis.at(on))
    if came:
        yield Mark(what="came", on=came, at=axis.at(came))
    elif cancelled:
        yield Mark(what="cancelled", on=cancelled, at=axis.at(cancelled))


def _cases(standings: Sequence[Standing], axis: _Axis, today: date) -> Iterator[Lane]:
    for standing in standings[:MOST]:
        case = standing.case
        until = case.closed_on or max(today, case.opened_on)
        state = "closed" if standing.state is State.RESOLVED else "open"
        span = Stretch(what=state, start=axis.at(case.opened_on), end=axis.at(until))
        yield Lane(
            what="case",
            name=case.title,
            number=standing.number,
            ended="closed" if state == "closed" else "",
            since=case.opened_on,
            until=until,
            stretches=(span,),
            marks=tuple(_steps(standing, axis)),
        )


def _steps(standing: Standing, axis: _Axis) -> Iterator[Mark]:
    """Mark the steps that were taken; those side by side share a mark."""
    taken = sorted((s.done_on, s.step.rung) for s in standing.steps if s.done_on)
    group: list[str] = []
    for number, (on, rung) in enumerate(taken):
        group.append(rung)
        after = taken[number + 1][0] if number + 1 < len(taken) else None
        if after is None or axis.at(after) - axis.at(on) >= _BESIDE:
            yield Mark(what="step", on=on, at=axis.at(on), word=" ".join(group))
            group = []


def _sums(money: Settlement) -> Iterator[Sum]:
    told = {"paid": money.paid, "owed": money.owed, "returned": money.returned}
    if money.owed is not None and money.returned is None:
        told["returned"] = NOTHING
    known = {name: amount for name, amount in told.items() if amount is not None}
    most = max(known.values(), default=NOTHING)
    for name, amount in known.items():
        yield Sum(name, amount, float(amount / most) if most else 0.0)


def _ticks(axis: _Axis, days: Sequence[date]) -> Iterator[Tick]:
    """Choose the days that can be written side by side: both ends first."""
    chosen = [axis.first, axis.last][: 1 + (axis.last > axis.first)]
    for on in days:
        if all(abs(axis.at(on) - axis.at(other)) >= _NEAREST for other in chosen):
            chosen.append(on)
    for on in sorted(chosen):
        yield Tick(on, axis.at(on))
