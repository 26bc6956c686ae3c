"""What the law packs say, as values: norms, steps, letters, and where a case stands."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from string import Template
from typing import Any

from triage.core.case import Case, State
from triage.core.deadline import Calendar, Term
from triage.core.interest import KeyRate
from triage.core.words import fold

TOLD = "*"  # in place of words: told at all, whatever was said
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """A number of the law or of a rule of business, as dated data."""

    id: str
    term: Term | None  # absent for norms that only give a right or a sum
    rate_per_day: str = ""  # a fraction as text, for penalties
    base: str = ""  # name of the fact the rate applies to
    cap: str = ""  # name of the fact that caps the sum
    cap_from: date | None = None  # first day of the cap; None: always capped
    limit: Decimal | None = None  # a sum in roubles up to which the norm applies
    start: str = ""  # in words: which event starts the term
    kind: str  # LAW, BANK, POLICY or the marketplace's own: see [kinds] in law.toml
    cite: str
    fallback: str = ""  # what to cite when the norm has lapsed or is too old a reading
    valid_from: date | None = None
    valid_to: date | None = None
    checked: date
    source: str
    confidence: str  # V, S, K or T as in docs/ladder.md
    recheck: int = 180  # days after which no numbers are printed from this reading
    then: str = ""  # norm id of the hard edge behind this softer window
    warn: int = 0  # from which day of the term on `warning` is shown; 0: never
    warning: str = ""

    def holds_on(self, day: date) -> bool:
        """Say whether the norm is in force on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """When a step becomes due: a term after an anchor.

    The anchor is `opened` (D0), `done:<step>` (the day the owner took that step),
    `term:<step>` (the last day of the answer term that step set running), or
    `fact:<name>` (an ISO date the case knows), or several of these parted by `|`: the
    first that is known. Of several terms the latest known counts; an anchor that is not
    known yet leaves the step undated, unless it is `maybe`.
    """

    anchor: str
    term: Term
    maybe: bool = False  # counts only where it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung of the ladder for one rule."""

    id: str  # check support claim documents social bank authority lawyer
    rung: str  # "1", "2", "2c" …
    title: str
    action: str  # one sentence in the imperative, for the digest; may hold $number
    due: tuple[When, ...]
    locked_by: tuple[str, ...] = ()  # steps whose answer term must have run out
    lock_reason: str = ""
    optional: bool = False  # the ladder goes on without it once the next step is due
    background: bool = False  # runs beside the others, is never the current one
    answer: str = ""  # norm id: the term the other side has once the step is taken
    window: str = ""  # norm id: the owner's own last day, never shifted
    window_from: str = "opened"  # anchor of the window
    window_if: str = ""  # fact without which the window does not apply
    again: str = ""  # letter for asking once more when the answer term ran out
    basis: tuple[str, ...] = ()  # norm ids that ground the step
    addressee: str = ""
    channel: str = ""
    letter: str = ""  # id of the letter, "" where none is needed
    more_letters: tuple[str, ...] = ()  # other texts that belong to the step
    documents: tuple[str, ...] = ()
    after: str = ""  # what happens next, one sentence; may hold $number
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Wording of this step alone, laid over the rule's."""
    variants: tuple["Variant", ...] = ()

    def as_told(self, told: Callable[[str], str | None]) -> "Step | None":
        """Return the step as it is with the facts that are told, or None without it.

        Of the variants that one fact chooses between, the first that fits counts.
        """
        step, decided = self, set[str]()
        for variant in self.variants:
            if variant.fact in decided or not variant.fits(told(variant.fact)):
                continue
            decided.add(variant.fact)
            if variant.omit:
                return None
            texts = {**step.texts, **variant.changes.get("texts", {})}
            step = replace(step, **{**variant.changes, "texts": texts})
        return step

    def of_case(self, called: str) -> "Step":
        """Put what the case is called into the answers that the owner is told to give."""
        if "$" not in self.action + self.after:
            return self
        action, after = (
            Template(words).safe_substitute(number=called)
            for words in (self.action, self.after)
        )
        return replace(self, action=action, after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What differs in a step once a fact is told, with one of some words or at all."""

    fact: str
    words: tuple[str, ...]  # any of them, as whole words, in small letters; or `TOLD`
    omit: bool = False  # there is no such step then
    changes: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Field of the step -> its value."""

    def fits(self, told: str | None) -> bool:
        if told is None or TOLD in self.words:
            return told is not None
        plain = f" {' '.join(_WORD.findall(fold(told).lower()))} "
        return any(f" {word} " in plain for word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text with $names of facts in it."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """What grows in a kind of case: a daily penalty, or interest by the key rate."""

    norm: str
    yearly: bool = False  # interest by the key rate
    anchor: str  # as in When: the last day on which all was still well,
    after: str = ""  # once the term of this norm has run out
    until: str = ""  # anchor of the last day of the delay, where it may end unpaid
    only_if: str = ""  # fact without which this is not it
    unless: str = ""  # fact with which this is not it
    moved: str = (
        ""  # anchor of a later day that counts instead if the owner agreed to it
    )
    alone: bool = False  # after `until` nothing but what has grown is owed
    base: str = ""  # fact with the sum; "" is the norm's own base


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """All that the law packs say: steps by rule, norms, the calendar, the letters."""

    id: str
    plans: Mapping[str, tuple[Step, ...]] = field(hash=False)  # by rule, in order
    norms: Mapping[str, Norm] = field(hash=False)
    kinds: Mapping[str, str] = field(hash=False)  # LAW -> "срок по закону"
    fact_names: Mapping[str, str] = field(hash=False)  # seller_inn -> "ИНН продавца"
    documents: Mapping[str, str] = field(hash=False)  # D1 -> "страница заказа (снимок)"
    letters: Mapping[str, Letter] = field(hash=False)
    calendar: Calendar
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    """Wording by rule: name -> passage, which letters use like a fact."""
    accruals: Mapping[str, tuple[Accrual, ...]] = field(
        default_factory=dict, hash=False
    )
    """By rule: of several the first whose conditions hold, never two."""
    phrases: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Words that the program itself needs, such as cautions."""
    key_rate: KeyRate = field(default_factory=KeyRate)
    chronology: Mapping[str, str] = field(default_factory=dict, hash=False)
    """How each fact is told in the course of a case: see `core.chronology`."""
    granted_by: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Kind of norm -> the marketplace whose own rule it is, no other's."""

    def plan(
        self, rule: str, told: Callable[[str], str | None] = lambda _: None
    ) -> tuple[Step, ...]:
        """Return the steps of a rule; one without a plan of its own has the default.

        `told` looks up the facts that choose between the variants of a step.
        """
        steps = self.plans.get(rule, self.plans.get("default", ()))
        return tuple(one for step in steps if (one := step.as_told(told)))

    def texts_of(self, rule: str) -> dict[str, str]:
        """Return the wording of a rule, laid over the default."""
        return {**self.texts.get("default", {}), **self.texts.get(rule, {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNow:
    """A step of a case, dated."""

    step: Step
    due_on: date | None  # None: its anchor is not known yet
    done_on: date | None = None
    deadline_on: date | None = None
    deadline_kind: str = ""  # "" exactly when there is no deadline
    deadline_of: str = ""  # "owner": act by then; "other": they must answer by then
    locked_until: date | None = None  # last locked day, where it is known
    locked: bool = False  # with step.lock_reason
    basis: str = ""  # as it may be printed today
    caution: str = ""  # "проверьте редакцию нормы" and the like
    lacks: tuple[str, ...] = ()  # facts the letter still needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A case with its place on the ladder on one day."""

    case: Case
    number: int  # 0 until the case has got one
    today: date
    state: State
    step: StepNow | None  # what to do now, or what is waited on; None when resolved
    steps: tuple[StepNow, ...] = ()
    waiting_until: date | None = None  # last day of the running term, or of the snooze
    next_step: StepNow | None = None
    back_on: date | None = None  # the day on which the last snooze ends or ended
    look_again_on: date | None = None  # when time alone next changes something
