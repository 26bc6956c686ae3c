"""What was paid for an order, handed over and returned, and what does not add up.

Money is told twice: by the marketplace's letters and by its receipts, and a receipt again
by its e-check letter, its operator and the file the owner dropped in. Each rouble counts
once, and only words that are no guess count as money that came back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import combinations

from triage.core.event import Certainty, Event, EventKind
from triage.core.facts import amount_of, owed
from triage.core.once import receipts_once
from triage.core.sums import NOTHING

MOST_PARTS = 12  # receipts that are tried as the parts of one sum


class Lack(StrEnum):
    """What an order still lacks, as far as letters and receipts show."""

    PREPAYMENT_RECEIPT = "prepayment_receipt"  # paid, and no receipt for that
    FULL_RECEIPT = "full_receipt"  # handed over, and no receipt for that
    REFUND = "refund"  # money that must come back and did not
    REFUND_RECEIPT = "refund_receipt"  # money came back, and no receipt for that


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that lacks; no amount where no letter names the sum."""

    what: Lack
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The money of one order. None is a sum that nothing tells."""

    paid: Decimal | None = None
    handed_over: Decimal | None = None  # settled in full: the goods were given
    owed: Decimal | None = None  # must come back: cancelled, returned, promised
    returned: Decimal | None = None  # came back, by words that are no guess
    certainty: Certainty = Certainty.PINNED  # of the weakest word a sum rests on
    gaps: tuple[Gap, ...] = ()
    evidence: tuple[str, ...] = ()  # letters and files the sums rest on, oldest first

    @property
    def open(self) -> Decimal | None:
        """Return what is still to come back, where both sides are known."""
        if self.owed is None:
            return None
        return max(self.owed - (self.returned or NOTHING), NOTHING)


def settlement(events: Iterable[Event]) -> Settlement:
    """Settle one order from all its events, in any order.

    A guess counts as a payment, for asking costs nothing, and never as a return.
    """
    books = _Books(events)
    debt = owed(books.told)
    due, grounds = debt or (None, ())
    rests_on = [
        event for event in books.told if event in grounds or books.counts(event)
    ]
    return Settlement(
        paid=books.paid,
        handed_over=_total(books.full),
        owed=due,
        returned=books.returned,
        certainty=min((e.certainty for e in rests_on), default=Certainty.PINNED),
        gaps=tuple(_gaps(books, due)),
        evidence=tuple(dict.fromkeys(event.evidence for event in rests_on)),
    )


class _Books:
    """The events of one order by what they say of its money."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.told = sorted(events, key=lambda event: (event.at, event.id))
        self.advances = receipts(self.of(EventKind.RECEIPT_PREPAYMENT))
        self.full = receipts(self.of(EventKind.RECEIPT_FULL))
        self.refunds = receipts(self.sure(EventKind.RECEIPT_REFUND))
        self.letters = Counter(_sums(self.sure(EventKind.REFUND_PAID)))
        self.paid = _greatest(  # a letter names the sum of the whole order
            max(_sums(self.of(EventKind.ORDER_PAID)), default=None),
            _total(self.advances),
            _total(self.full),
        )
        back = _total(once(self.letters, self.refunds))
        # nothing comes back that was not paid
        self.returned = back if back is None else min(back, self.paid or back)

    def of(self, *kinds: EventKind) -> list[Event]:
        return [event for event in self.told if event.kind in kinds]

    def sure(self, *kinds: EventKind) -> list[Event]:
        return [e for e in self.of(*kinds) if e.certainty > Certainty.GUESS]

    def counts(self, event: Event) -> bool:
        """Say whether a sum rests on an event."""
        if amount_of(event) is None:
            return False
        return event.kind in _GIVEN or (
            event.kind in _BACK and event.certainty > Certainty.GUESS
        )


_GIVEN = frozenset(
    {EventKind.ORDER_PAID, EventKind.RECEIPT_PREPAYMENT, EventKind.RECEIPT_FULL}
)
_BACK = frozenset({EventKind.REFUND_PAID, EventKind.RECEIPT_REFUND})


def receipts(events: Sequence[Event]) -> Counter[Decimal]:
    """Count the sums of receipts, each receipt once however often it was told."""
    return Counter(_sums(receipts_once(events)))


def once(one: Counter[Decimal], other: Counter[Decimal]) -> Counter[Decimal]:
    """Unite what two tellers say of the same money: a sum, or its parts, count once."""
    both = one & other
    left, right = list((one - both).elements()), list((other - both).elements())
    wholes: list[Decimal] = []  # which stand for parts, and are no parts themselves
    for sums, parts in ((left, right), (right, left)):
        for whole in sorted(sums):
            if found := _parts(whole, parts):
                for part in found:
                    parts.remove(part)
                sums.remove(whole)
                wholes.append(whole)
    return both + Counter(left) + Counter(right) + Counter(wholes)


def _parts(whole: Decimal, sums: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Find two or more of the sums that add up to a whole; () where there are none."""
    if len(sums) > MOST_PARTS:
        return ()
    for count in range(2, len(sums) + 1):
        for some in combinations(sums, count):
            if sum(some) == whole:
                return some
    return ()


def _sums(events: Iterable[Event]) -> list[Decimal]:
    return [amount for e in events if (amount := amount_of(e)) is not None]


def _total(sums: Mapping[Decimal, int]) -> Decimal | None:
    if not sums:
        return None
    return sum((amount * times for amount, times in sums.items()), NOTHING)


def _greatest(*sums: Decimal | None) -> Decimal | None:
    """Return the largest of what several tellers say of the same money."""
    return max((each for each in sums if each is not None), default=None)


def _gaps(books: _Books, owed: Decimal | None) -> Iterator[Gap]:
    """Yield what lacks, as far as one can say how much or that it was due at all."""
    returned, given = books.returned or NOTHING, _total(books.full) or NOTHING
    noted = max(_total(books.advances) or NOTHING, given)
    full = books.of(EventKind.RECEIPT_FULL)
    # what is told without its sum may be all that lacks
    said = not _unsaid([*books.of(EventKind.RECEIPT_PREPAYMENT), *full])
    if books.paid is not None and noted < books.paid and said:
        yield Gap(Lack.PREPAYMENT_RECEIPT, books.paid - noted)
    if books.sure(EventKind.POSTING_DELIVERED) and not _unsaid(full):
        kept = max((books.paid or NOTHING) - max(owed or NOTHING, returned), NOTHING)
        if given < kept or not full:
            yield Gap(Lack.FULL_RECEIPT, kept - given if given < kept else None)
    if owed is not None and returned < owed and not _unsaid(books.sure(*_BACK)):
        yield Gap(Lack.REFUND, owed - returned)
    told, receipted = _total(books.letters) or NOTHING, _total(books.refunds) or NOTHING
    if receipted < told and not _unsaid(books.sure(EventKind.RECEIPT_REFUND)):
        yield Gap(Lack.REFUND_RECEIPT, told - receipted)


def _unsaid(events: Iterable[Event]) -> bool:
    return any(amount_of(event) is None for event in events)
