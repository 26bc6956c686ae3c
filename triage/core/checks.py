"""The named checks: sums that do not add up, and letters that contradict each other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from triage.core.event import Event, EventKind
from triage.core.facts import amount_of, owed, refunds
from triage.core.question import Episode, Question, as_guess

UNDONE = frozenset(
    {
        *(EventKind.PAYMENT_FAILED, EventKind.ORDER_CANCELLED),
        *(EventKind.ITEM_CANCELLED, EventKind.REFUND_PAID, EventKind.RECEIPT_REFUND),
    }
)
"""What may stand between two charges and make the second one right."""


def short_refunds(question: Question) -> Iterator[Episode]:
    """Yield the stretch in which all refunds together are less than what is owed.

    A refund that is a guess opens it while even so the sum falls short, and asks where
    it would make the sum up.
    """
    events = [e for e in question.events if question.answer(e) is not False]
    due, paid = owed(question.events), refunds(events, question.rule.since)
    sums = [amount_of(e) for e in paid]
    if due is None or not paid or None in sums:
        return
    whole, grounds = due
    sure = maybe = Decimal(0)
    opened: Episode | None = None
    for place, (event, amount) in enumerate(zip(paid, sums, strict=True), 1):
        maybe += amount or 0
        sure += (amount or 0) if question.believed(event) else 0
        day = question.day(event.at)
        if opened is not None and opened.opens_on > day:
            opened = None  # more money came before anyone had to worry
        if sure >= whole:
            if opened is not None:
                yield replace(opened, closed_on=day, closed_by=event.kind, doubts=())
            return
        if opened is None and maybe < whole:
            opens_on = question.rule.grace.term.ends_on(day, question.calendar)
            opened = Episode((event,), opens_on, also=grounds)
        if opened is not None and maybe >= whole:
            guesses = tuple(e for e in paid[:place] if not question.believed(e))
            opened = replace(opened, doubts=guesses)
    if opened is not None:
        yield opened


def charged_twice(question: Question) -> Iterator[Episode]:
    """Yield the stretch since a charge that should not be, until its money is back.

    That is the same sum once more by another operation, or a charge after the order was
    cancelled. Two letters that name no operation may tell of one charge: they ask.
    """
    found = [*_doubled(question), *_after_cancelling(question)]
    found.sort(key=lambda e: not question.believed(e.since[-1]))
    for episode in found[:1]:
        charge, doubts = episode.since[-1], []
        for event in question.events:
            back = amount_of(event) in (None, amount_of(charge))
            if (
                event.kind not in question.rule.until
                or event.at < charge.at
                or not back
            ):
                continue
            if question.answer(event) is False:
                continue
            if question.believed(event):
                closed_on = question.day(event.at)
                yield replace(episode, closed_on=closed_on, closed_by=event.kind)
                return
            doubts.append(event)
        yield replace(episode, doubts=tuple(doubts))


def _charges(question: Question, kind: EventKind) -> list[Event]:
    """List what was charged, each operation once; a day stands for one without a name."""
    found: dict[str | date, Event] = {}
    for event in question.events:
        if event.kind is kind and amount_of(event):
            found.setdefault(_operation(event) or question.day(event.at), event)
    return list(found.values())


def _operation(event: Event) -> str:
    told = event.attributes
    return told.get("operation") or told.get("receipt", "")


def _doubled(question: Question) -> Iterator[Episode]:
    for kind in question.rule.since:
        charges = _charges(question, kind)
        for first, second in pairwise(charges):
            days = (question.day(second.at) - question.day(first.at)).days
            if amount_of(first) != amount_of(second) or days > question.rule.within:
                continue
            if _expected(question, charges) or _undone(question, first, second):
                continue
            sure = _operation(first) and _operation(second)
            yield _opened(question, second if sure else as_guess(second, question.rule))


def _expected(question: Question, charges: list[Event]) -> bool:
    """Say whether the order's own sum covers all charges: several parcels of one price."""
    told = [e for e in question.events if e.kind is EventKind.ORDER_PLACED]
    sums = [amount for e in told if (amount := amount_of(e))]
    return bool(sums) and sum(amount_of(e) or 0 for e in charges) <= sums[-1]


def _undone(question: Question, first: Event, second: Event) -> bool:
    return any(
        e.kind in UNDONE and first.at <= e.at < second.at for e in question.events
    )


def _after_cancelling(question: Question) -> Iterator[Episode]:
    last: Event | None = None
    for event in question.events:
        if (
            event.kind is EventKind.ORDER_CANCELLED
            and question.answer(event) is not False
        ):
            last = event
        elif event.kind is EventKind.ORDER_PLACED:
            last = None  # ordered once more
        elif last and event.kind in question.rule.since and amount_of(event):
            if question.day(event.at) == question.day(last.at):
                continue  # the letters of one day come in any order
            charge = as_guess(event, question.rule)
            yield replace(_opened(question, charge), also=(last,))


def _opened(question: Question, charge: Event) -> Episode:
    day = question.day(charge.at)
    return Episode((charge,), question.rule.grace.term.ends_on(day, question.calendar))


def contradiction(question: Question) -> Event | None:
    """Find the first event of a later day that does not go with what had happened.

    A parcel that was handed over is on its way again: which of the two letters is wrong,
    only the owner can say.
    """
    rule, happened = question.rule, None
    for event in question.events:
        if question.answer(event) is False:
            continue
        if event.kind in rule.since:
            happened = happened or question.day(event.at)
        elif (
            happened
            and event.kind in rule.against
            and question.day(event.at) > happened
        ):
            return as_guess(event, rule)
    return None
