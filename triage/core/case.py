"""A case: something that should have happened to an order and did not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from triage.core.event import Certainty
from triage.core.sums import Money, total


class State(StrEnum):
    """Where a case stands, in the four words a person cares about."""

    OPEN = "open"  # something for the owner to do
    WAITING = "waiting"  # the other side's term runs
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value with the words it rests on.

    `evidence` is the SHA-256 of a letter, or "owner" for the owner's own word,
    or "config" for what the configuration says.
    """

    name: str
    value: str
    evidence: str
    quote: str = ""
    on: date | None = None  # of the owner's word: since when it is so


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a rule found. Step and state are the ladder's word (`ladder.Standing`)."""

    id: str  # "<pack>/<rule>/<order>" or "<pack>/<rule>/<posting>"
    pack: str
    rule: str
    title: str
    order: str
    posting: str | None
    opened_on: date  # D0: the first day on which the rule held
    closed_on: date | None = None
    closed_by: str = ""  # event kind, "owner", "lapsed", "merged" or "withdrawn"
    amount: Decimal | None = None  # what is still owed, where it is known
    repaid: tuple[Money, ...] = ()  # what came back and is taken off already
    certainty: Certainty
    asks: str | None = None  # the question that is open
    asks_about: tuple[str, ...] = ()  # the guesses it is about, as an answer names them
    asks_from: Fact | None = None  # the words that raise the question
    facts: tuple[Fact, ...] = ()
    evidence: tuple[str, ...] = ()  # letters the case rests on, oldest first

    @property
    def whole(self) -> Decimal | None:
        """Return what was owed before anything came back."""
        return None if self.amount is None else self.amount + total(self.repaid)

    def fact(self, name: str) -> str | None:
        """Return the newest value of a fact, if there is one."""
        return last_fact(self.facts, name)


def last_fact(facts: Iterable[Fact], name: str) -> str | None:
    """Return the last told value of a fact."""
    return next((f.value for f in reversed(tuple(facts)) if f.name == name), None)


def case_id(pack: str, rule: str, order: str, posting: str | None) -> str:
    """Name a case by what it is about, so that the journal still finds it."""
    return f"{pack}/{rule}/{posting or order}"
