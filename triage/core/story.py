"""What the digest tells of one case, and of one order with all that is open about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from triage.core.button import Button
from triage.core.case import Case, Fact, State
from triage.core.mention import Reason, owners_deadline
from triage.core.step import Standing, StepNow

RUNGS = ("1", "2", "2c", "3", "4", "5", "6", "7")
"""The ladder as it is always drawn: the seven steps, and the claim behind the second."""


class Mark(StrEnum):
    """Where a rung of the ladder lies, seen from today."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"
    BESIDE = "beside"  # goes on beside all the others
    AHEAD = "ahead"
    LOCKED = "locked"
    ABSENT = "absent"  # this kind of case has no such step


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung as it is drawn."""

    number: str
    mark: Mark
    step: StepNow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One day in the life of an order, as letters tell it."""

    on: date
    order: str
    titles: tuple[str, ...]  # what happened, in the owner's words; a guess with «?»
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told of a case beside its place on the ladder."""

    happened: str = ""  # in one sentence
    quoted_on: date | None = None  # day of the letter whose words are quoted
    grown: str = ""  # penalty or interest up to today, where the text demands it
    grows: bool = True  # and more every day: neither capped nor over


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What a digest needs to tell cases as stories."""

    tellings: Mapping[str, Telling] = field(default_factory=dict, hash=False)
    """By case id."""
    lives: Mapping[tuple[str, str], Sequence[Happening]] = field(
        default_factory=dict, hash=False
    )
    """By pack and order, oldest first."""


NOTHING_TOLD = Telling()
NO_BACKGROUND = Background()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case as the letter tells it."""

    standing: Standing
    marketplace: str
    reason: Reason | None  # None: in the tail
    urgent: bool
    text: str  # the ready letter, "" where none is needed or facts are lacking
    lacks: tuple[tuple[str, str], ...]  # name and title of the facts it still needs
    addressee: str  # to whom the step's letter goes, in the owner's language
    basis: str
    caution: str
    documents: tuple[str, ...]
    deadline_kind: str  # in words
    closed_by: str  # what closed it, in words; "" where the owner did
    refund: bool = False  # it ends when money is back
    telling: Telling = NOTHING_TOLD
    buttons: tuple[Button, ...] = ()  # what can be answered with one tap

    @property
    def case(self) -> Case:
        return self.standing.case

    @property
    def now(self) -> StepNow | None:
        return self.standing.step

    @property
    def order(self) -> tuple[str, str]:
        return self.case.pack, self.case.order

    @property
    def days_left(self) -> int | None:
        """Count the days to the owner's own last day; below nought it went by."""
        last_day = owners_deadline(self.standing)
        return (last_day - self.standing.today).days if last_day else None

    @property
    def asks(self) -> str:
        """Return the open question; a case that asks is never told as a fact."""
        return self.case.asks or ""

    @property
    def quote(self) -> Fact | None:
        """Return the words of the letter that the case, or its question, rests on."""
        return quoted(self.case)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Return the ladder as it is drawn; nothing where there is one step only."""
        steps = {now.step.rung: now for now in self.standing.steps}
        if len(steps) < 2:
            return ()
        return tuple(
            Rung(number, self._mark(steps.get(number)), steps.get(number))
            for number in RUNGS
        )

    def _mark(self, now: StepNow | None) -> Mark:
        standing = self.standing
        if now is None:
            return Mark.ABSENT
        if now.step.background:
            return Mark.BESIDE
        if standing.step and now.step.id == standing.step.step.id:
            return Mark.NOW
        if now.done_on:
            return Mark.DONE
        if now.locked:
            return Mark.LOCKED
        following = standing.next_step
        return (
            Mark.NEXT if following and now.step.id == following.step.id else Mark.AHEAD
        )


def quoted(case: Case) -> Fact | None:
    """Return what raises a case's question, else its newest fact in a letter's words."""
    asked = case.asks_from
    if asked and asked.quote:
        return asked
    return next((f for f in reversed(case.facts) if f.quote), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that today's letter tells of one order."""

    entries: tuple[Entry, ...]  # what leads, in the letter's order
    beside: tuple[Entry, ...] = ()  # its other open cases
    life: tuple[Happening, ...] = ()  # told where several cases need it

    @property
    def several(self) -> bool:
        return len(self.entries) + len(self.beside) > 1

    def asks_too(self, entry: Entry) -> bool:
        """Say whether a case beside waits for an answer that is asked for above."""
        asked = {_question(each) for each in self.entries if each.asks}
        return bool(entry.asks) and _question(entry) in asked

    @property
    def urgent(self) -> bool:
        return any(entry.urgent for entry in self.entries)

    @property
    def amount(self) -> Decimal:
        """Add up what the order is about, each rouble once."""
        return at_stake(each.standing for each in (*self.entries, *self.beside))


def stories(
    actions: Sequence[Entry], others: Sequence[Entry], background: Background
) -> tuple[Story, ...]:
    """Put what leads together by order; the first case says where the order stands."""
    orders = dict.fromkeys(entry.order for entry in actions)
    found = []
    for order in orders:
        leading, same = _asked_once([e for e in actions if e.order == order])
        beside = (*same, *(e for e in others if e.order == order))
        life = background.lives.get(order, ())
        several = len(leading) + len(beside) > 1
        found.append(
            Story(entries=leading, beside=beside, life=tuple(life) if several else ())
        )
    return tuple(found)


def _asked_once(
    entries: Sequence[Entry],
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Put aside the cases that ask what another of their order asks; one answer does.

    The question stays with the case that has the owner's nearest last day.
    """
    asking: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        if entry.asks:
            asking.setdefault(_question(entry), []).append(entry)
    kept = {
        min(same, key=lambda e: (e.days_left is None, e.days_left)).case.id
        for same in asking.values()
    }
    leading = tuple(e for e in entries if not e.asks or e.case.id in kept)
    return leading, tuple(e for e in entries if e.asks and e.case.id not in kept)


def _question(entry: Entry) -> tuple[str, ...]:
    """Name what a case asks: an answer is about guesses, whichever case shows them."""
    return entry.case.asks_about or (entry.case.id,)


def at_stake(standings: Iterable[Standing]) -> Decimal:
    """Add up what the open cases are about, each rouble once.

    Several cases of one parcel, and a case of the whole order beside those of its
    parcels, are about the same money. A case that still asks asserts no sum.
    """
    orders: dict[tuple[str, str], dict[str | None, Decimal]] = {}
    for each in standings:
        case = each.case
        if each.state is State.RESOLVED or case.asks or case.amount is None:
            continue
        sums = orders.setdefault((case.pack, case.order), {})
        sums[case.posting] = max(case.amount, sums.get(case.posting, Decimal(0)))
    total = Decimal(0)
    for sums in orders.values():
        whole = sums.pop(None, Decimal(0))
        total += max(whole, sum(sums.values(), Decimal(0)))
    return total
