"""What a case is about in money: the whole, what of it came back and when, the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from triage.core.act import ActKind
from triage.core.event import Event, EventKind
from triage.core.facts import amount_of, owed, refunds
from triage.core.question import Episode, Question
from triage.core.rule import Check, Rule
from triage.core.sums import NOTHING, Money, total
from triage.core.words import parse_amount

REFUNDS = frozenset({EventKind.REFUND_PAID, EventKind.RECEIPT_REFUND})
AMOUNT = "amount"  # fact: the rest that the owner names himself
ITEM = "amount_item"  # fact: what was paid for the thing that the case is about
PAID = "amount_paid"  # fact: what was paid, before what letters on payment say
PAYMENTS = frozenset(
    {EventKind.ORDER_PLACED, EventKind.ORDER_PAID, EventKind.RECEIPT_PREPAYMENT}
)
REFUNDED = "amount_refunded"  # fact: a sum that came back, on the day since when


@dataclass(frozen=True, slots=True)
class Owing:
    """What was owed on a case, and all that came back of it, oldest first."""

    whole: Decimal
    back: tuple[Money, ...] = ()
    by_word: bool = False  # some of it is known by the owner's word alone
    short: bool = False  # the case began with a refund, and is about the rest

    @property
    def repaid(self) -> tuple[Money, ...]:
        """Return what the rest is less by; of a case that is settled nothing.

        What a short refund left open stays so much once the rest has come as well.
        """
        before = self._before_the_last()
        return before if self.short or len(before) == len(self.back) else ()

    @property
    def left(self) -> Decimal:
        """Return what is still owed; of a case that is settled, what it was about."""
        return self.whole - total(self.repaid)

    @property
    def settled_on(self) -> date | None:
        """Return the day on which all was back."""
        over = self.back[len(self._before_the_last()) :]
        return over[0][0] if over else None

    def _before_the_last(self) -> tuple[Money, ...]:
        return tuple(
            money
            for place, money in enumerate(self.back, 1)
            if total(self.back[:place]) < self.whole
        )


@dataclass(frozen=True, slots=True)
class _Refund:
    on: date
    amount: Decimal
    known_at: datetime
    by_word: bool = False


def owing(question: Question, episode: Episode) -> Owing | None:
    """Work out what a case is about; None where nobody names a sum.

    Of a refund that a letter names and the owner tells as well the letter counts. What
    had made up the sum before the case was opened once more is void.
    """
    found = sorted(_came_back(question, episode), key=lambda each: each.on)
    whole = whole_of(question.rule, question.events)
    if own := question.told(AMOUNT)[-1:]:
        named, since = parse_amount(own[0].data["value"]), question.since(own[0])
        before = [each.amount for each in found if each.on <= since]
        whole = whole if named is None else named + sum(before, NOTHING)
    elif told := _told_sum(question):
        whole = told
    if whole is None:
        return None
    reopened = question.last(ActKind.REOPENED)
    late = [each for each in found if reopened and each.known_at > reopened.at]
    early = [each.amount for each in found if each not in late]
    if reopened and sum(early, NOTHING) >= whole:
        found = late
    back = tuple((each.on, each.amount) for each in found)
    return Owing(
        whole,
        back,
        by_word=any(each.by_word for each in found),
        short=question.rule.check is Check.REFUND_SHORT,
    )


def _told_sum(question: Question) -> Decimal | None:
    """Return the price of the thing as the owner names it, or what he paid.

    What was paid is what a case is about only where no letter says that it is about less.
    """
    if question.rule.check not in (Check.NONE, Check.CONTRADICTED):
        return None
    item, paid = question.told(ITEM)[-1:], question.told(PAID)[-1:]
    named = {event.kind for event in _naming(question.rule, question.events)}
    act = item or (paid if named <= PAYMENTS else [])
    return parse_amount(act[0].data["value"]) if act else None


def whole_of(rule: Rule, events: Sequence[Event]) -> Decimal | None:
    """Say how much money a case is about, as far as letters name sums."""
    if rule.check is Check.REFUND_SHORT:
        due = owed(events)
        return due and due[0]
    sums = [amount_of(event) or NOTHING for event in _naming(rule, events)]
    return sum(sums, NOTHING) if sums else None


def is_all_back(question: Question, by: Event) -> bool:
    """Say whether letters up to one tell back all that a case is about."""
    whole = whole_of(question.rule, question.events)
    named_on = _named_on(question)
    told = [e for e in question.events if e.at <= by.at]
    back = [
        amount_of(event) or NOTHING
        for event in refunds(told, REFUNDS)
        if named_on is None or named_on <= question.day(event.at)
    ]
    return whole is not None and sum(back, NOTHING) >= whole


def _naming(rule: Rule, events: Sequence[Event]) -> list[Event]:
    """List the letters that name the sum: the newest of its kind, of items all."""
    for kind in rule.amount_from:
        if found := [e for e in events if e.kind is kind and amount_of(e)]:
            return found if kind is EventKind.ITEM_CANCELLED else found[-1:]
    return []


def _came_back(question: Question, episode: Episode) -> list[_Refund]:
    """List the refunds of a case: those of letters that are believed, then by word."""
    begun_on = _begun_on(question, episode)
    by_letter = [
        _Refund(question.day(event.at), amount, event.at)
        for event in _letters(question)
        if (amount := amount_of(event))
        if begun_on is None or begun_on <= question.day(event.at)
    ]
    named = {each.amount for each in by_letter}
    told: dict[date, _Refund] = {}
    for act in question.told(REFUNDED):
        on, amount = question.since(act), parse_amount(act.data["value"])
        late = question.day(act.at) >= episode.opens_on
        mine = late or begun_on is None or begun_on <= on
        if mine and amount and amount not in named:
            told[on] = _Refund(on, amount, act.at, by_word=True)
    return [*by_letter, *told.values()]


def _letters(question: Question) -> list[Event]:
    if question.rule.check is Check.CHARGED_TWICE:
        return []  # one that is not of the sum charged is of something else
    return refunds(filter(question.believed, question.events), REFUNDS)


def _begun_on(question: Question, episode: Episode) -> date | None:
    """Return the day since when refunds are of this case; None: all of them are.

    A rule that waits for all of the money counts what came since the sum was named.
    """
    if question.rule.check is Check.REFUND_SHORT:
        return None
    if question.rule.until_repaid:
        return _named_on(question)
    begun = [question.day(event.at) for event in episode.since]
    return min(begun, default=episode.opens_on)


def _named_on(question: Question) -> date | None:
    named = _naming(question.rule, question.events)
    return min((question.day(event.at) for event in named), default=None)
