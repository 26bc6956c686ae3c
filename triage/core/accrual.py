"""What grows on the debt of a case: which norm, since when, on what sum, up to when."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from triage.core import law
from triage.core.anchors import Anchors, end_of
from triage.core.calculation import Calculation, penalty
from triage.core.deadline import Term
from triage.core.interest import NoRate, Rates, interest, read_told
from triage.core.step import Accrual, Norm
from triage.core.sums import NOTHING, ONE_DAY, Debt
from triage.core.words import day, parse_amount, roubles

WHOLE = "amount_paid"  # the base that every refund of the order reduces
KEY_RATE = "key_rate"  # fact: what the owner read off the Bank of Russia's site
AMOUNT = "amount"  # the base that is what the case itself is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What can be said today of the sum that grows on a case."""

    accrual: Accrual
    norm: Norm
    due_on: date | None = None  # the last day on which all was well
    calculation: Calculation | None = None
    rate_known_to: date | None = None  # of interest: the last day with a known rate
    fulfilled: bool = False  # what was late has come: nothing but the sum grown is due
    unsure: str = ""  # in words: why the start may be later
    rate_asked: bool = False  # no sum, because the key rate of some day is not known


def reckon(anchors: Anchors) -> Reckoning | None:
    """Count what has grown on a case up to and including today.

    The first accrual of the plan whose conditions hold is the only one: a penalty and
    interest are never mixed. None where nothing grows on such a case.
    """
    rows = anchors.ladder.accruals.get(anchors.case.rule, ())
    accrual = next((row for row in rows if _applies(row, anchors)), None)
    if accrual is None:
        return None
    norm = anchors.ladder.norms[accrual.norm]
    due_on = _due_on(accrual, anchors)
    base = _sum(anchors, accrual.base or norm.base or WHOLE)
    if base is None:
        return Reckoning(accrual=accrual, norm=norm, due_on=due_on)
    debt = _debt(accrual, norm, anchors, base, due_on)
    found = Reckoning(
        accrual=accrual,
        norm=norm,
        due_on=due_on,
        fulfilled=accrual.alone and _ended_on(accrual, anchors) is not None,
        unsure=_unsure(accrual, anchors),
    )
    counted = due_on is not None and law.counts(norm, anchors.today)
    if not counted or (not accrual.yearly and anchors.is_our_own(accrual.anchor)):
        return found
    grow = _with_interest if accrual.yearly else _with_penalty
    return grow(found, debt, anchors, _until(accrual, anchors))


def doubt_of(found: Reckoning, anchors: Anchors) -> str:
    """Say what to check before relying on the sum, or what it wants to be counted."""
    phrases = anchors.ladder.phrases
    if found.rate_asked and found.rate_known_to:
        lacking = found.rate_known_to + ONE_DAY
        return phrases["caution_key_rate"].format(
            since=day(lacking), number=anchors.called
        )
    since, grown = found.norm.cap_from, found.calculation
    if since and grown and grown.from_on < since <= grown.to_on:
        return phrases["caution_cap"].format(since=day(since))
    return law.doubt(found.norm, anchors.today, phrases)


def _applies(row: Accrual, anchors: Anchors) -> bool:
    if row.only_if and not anchors.told(row.only_if):
        return False
    return not (row.unless and anchors.told(row.unless))


def _due_on(accrual: Accrual, anchors: Anchors) -> date | None:
    term, start = _term_before(accrual, anchors)
    if start is None or term is None:
        return start
    return end_of(term, start, anchors.ladder.calendar)


def _term_before(accrual: Accrual, anchors: Anchors) -> tuple[Term | None, date | None]:
    """Return the term that runs before anything grows, and its start."""
    after = anchors.ladder.norms.get(accrual.after)
    return after.term if after else None, anchors.day(accrual.anchor)


def _unsure(accrual: Accrual, anchors: Anchors) -> str:
    what, _, step_id = accrual.anchor.partition(":")
    unreceived = anchors.unreceived(step_id) if what == "term" else ""
    return _both(anchors.uncounted(*_term_before(accrual, anchors)), unreceived)


def _both(*words: str) -> str:
    return "; ".join(filter(None, words))


def _until(accrual: Accrual, anchors: Anchors) -> date:
    return _ended_on(accrual, anchors) or anchors.today


def _ended_on(accrual: Accrual, anchors: Anchors) -> date | None:
    """Return the day on which what was late came after all."""
    end = anchors.day(accrual.until) if accrual.until else None
    return end if end and end <= anchors.today else None


def _cap(norm: Norm, anchors: Anchors, until: date) -> Decimal | None:
    """Return the cap, unless the delay was over before there was one."""
    if not norm.cap or (norm.cap_from is not None and until < norm.cap_from):
        return None
    return _sum(anchors, norm.cap)


def _with_penalty(
    found: Reckoning, debt: Debt, anchors: Anchors, until: date
) -> Reckoning:
    """Count a penalty from the first day that was promised, and name that from a later one."""
    norm, moved = found.norm, found.accrual.moved
    rate, cap = Decimal(norm.rate_per_day), _cap(norm, anchors, until)
    grown = penalty(debt, rate, until, norm=norm.id, cap=cap)
    moved_to = anchors.day(moved) if moved else None
    if moved_to is None or moved_to <= debt.due_on:
        return replace(found, calculation=grown)
    later = penalty(replace(debt, due_on=moved_to), rate, until, norm=norm.id, cap=cap)
    words = anchors.ladder.phrases["caution_moved"].format(
        day=day(moved_to), sum=roubles(later.total if later else NOTHING)
    )
    return replace(found, calculation=grown, unsure=_both(found.unsure, words))


def _with_interest(
    found: Reckoning, debt: Debt, anchors: Anchors, until: date
) -> Reckoning:
    """Count interest up to today, or up to the day the owner told the rate of late."""
    table = anchors.ladder.key_rate
    told = [
        rate
        for fact in anchors.progress.told
        if fact.name == KEY_RATE and fact.on
        if (rate := read_told(fact.value, fact.on))
    ]
    rates = Rates((*table.rates(), *told))
    known_to = rates.through(debt.due_on + ONE_DAY)
    by_word = any(rate.to_on == known_to for rate in told)
    recent = (anchors.today - known_to).days <= table.told_for
    if by_word and recent:
        until = min(until, known_to)
    try:
        calculation = interest(debt, rates, until, norm=found.norm.id)
    except NoRate:
        calculation = None
    return replace(
        found,
        calculation=calculation,
        rate_known_to=known_to,
        rate_asked=until > known_to and debt.left(until) > 0,
    )


def _debt(
    accrual: Accrual,
    norm: Norm,
    anchors: Anchors,
    base: Decimal,
    due_on: date | None,
) -> Debt:
    money, start = anchors.case.repaid, anchors.day(accrual.anchor)
    base_name = accrual.base or norm.base
    priced = base_name not in (AMOUNT, WHOLE) and anchors.told(base_name)
    if priced and start is not None:  # earlier refunds were for something else
        money = tuple((on, amount) for on, amount in money if on >= start)
    due_on = due_on or anchors.today
    if norm.valid_from is not None:
        due_on = max(due_on, norm.valid_from - ONE_DAY)
    return Debt(amount=base, due_on=due_on, repaid=money)


def _sum(anchors: Anchors, name: str) -> Decimal | None:
    """Return what the case is about, or a sum that is told under a name of its own."""
    if name in (AMOUNT, WHOLE) and anchors.case.whole is not None:
        return anchors.case.whole
    told = anchors.told(name)
    amount = parse_amount(told) if told else None
    return anchors.case.whole if amount is None else amount
