"""What the law packs say, as values: norms, steps, letters, and where a case stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from triage.core.case import Case, State
from triage.core.deadline import Calendar, Term


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
    recheck: int = (
        180  # after so many days the reading is too old to print numbers from
    )
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
    `fact:<name>` (an ISO date the case knows). Of several the latest known counts;
    an anchor that is not known yet leaves the step undated, unless it is `maybe`.
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
    action: str  # one sentence in the imperative, for the digest
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
    after: str = ""  # what happens next, one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text with $names of facts in it."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """Which daily penalty grows in a kind of case, and since which day."""

    norm: str
    anchor: str  # as in When: the last day on which all was still well


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRate:
    """Rates for interest on money owed. No sum is printed past the confirmed day."""

    rows: tuple[tuple[date, Decimal], ...] = ()  # from that day on, per cent a year
    confirmed_through: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """All that the law packs say: steps by rule, norms, the calendar, the letters."""

    id: str
    plans: Mapping[str, tuple[Step, ...]] = field(
        hash=False
    )  # rule id -> steps in order
    norms: Mapping[str, Norm] = field(hash=False)
    kinds: Mapping[str, str] = field(hash=False)  # LAW -> "срок по закону"
    fact_names: Mapping[str, str] = field(hash=False)  # seller_inn -> "ИНН продавца"
    documents: Mapping[str, str] = field(hash=False)  # D1 -> "страница заказа (снимок)"
    letters: Mapping[str, Letter] = field(hash=False)
    calendar: Calendar
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    """Wording by rule: name -> passage, which letters use like a fact."""
    penalties: Mapping[str, Penalty] = field(default_factory=dict, hash=False)
    phrases: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Words that the program itself needs, such as cautions."""
    key_rate: KeyRate = KeyRate()

    def plan(self, rule: str) -> tuple[Step, ...]:
        """Return the steps of a rule; one without a plan of its own has the default."""
        return self.plans.get(rule, self.plans.get("default", ()))

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
    step: (
        StepNow | None
    )  # what to do now, or what is being waited on; None when resolved
    steps: tuple[StepNow, ...] = ()
    waiting_until: date | None = (
        None  # last day of the term that runs, or of the snooze
    )
    next_step: StepNow | None = None
    back_on: date | None = None  # the day on which the last snooze ends or ended
    look_again_on: date | None = (
        None  # the next day on which time alone changes something
    )
