"""To which order a receipt belongs that names none: by its sum and its day, or to none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from triage.core.event import Certainty, Event, EventKind
from triage.core.facts import amount_of, paid_for


@dataclass(frozen=True, slots=True)
class _Anchors:
    """The events a receipt goes with, and how long before and after them it comes."""

    kinds: frozenset[EventKind]
    before: timedelta
    after: timedelta


_DAY = timedelta(days=1)
FURTHEST = 4 * _DAY  # nothing further off from a receipt than that goes with it
_ANCHORS: Mapping[EventKind, _Anchors] = {
    EventKind.RECEIPT_PREPAYMENT: _Anchors(
        frozenset({EventKind.ORDER_PLACED, EventKind.ORDER_PAID}), _DAY, _DAY
    ),
    EventKind.RECEIPT_FULL: _Anchors(
        frozenset({EventKind.POSTING_DELIVERED}), _DAY, _DAY
    ),
    EventKind.RECEIPT_REFUND: _Anchors(
        frozenset(
            {
                EventKind.ORDER_CANCELLED,
                EventKind.ITEM_CANCELLED,
                EventKind.RETURN_RECEIVED,
                EventKind.REFUND_PROMISED,
                EventKind.REFUND_PAID,
            }
        ),
        _DAY,
        3 * _DAY,
    ),
}


def tie(
    untied: Iterable[Event], orders: Mapping[str, Sequence[Event]]
) -> dict[str, Event]:
    """Give receipts of one marketplace to its orders, by the evidence of each receipt.

    A receipt goes to an order only where it fits no other, and where no second receipt
    fits that order as well. What is concluded so is a guess.
    """
    fits = {
        receipt.id: (receipt, [o for o, told in orders.items() if _fits(receipt, told)])
        for receipt in untied
    }
    claims: dict[tuple[str, EventKind], set[str]] = {}
    for receipt, fitting in fits.values():
        for order in fitting:
            name = receipt.attributes.get("fiscal", receipt.id)
            claims.setdefault((order, receipt.kind), set()).add(name)
    return {
        receipt.evidence: replace(receipt, order=fitting[0], certainty=Certainty.GUESS)
        for receipt, fitting in fits.values()
        if len(fitting) == 1 and len(claims[fitting[0], receipt.kind]) == 1
    }


def _fits(receipt: Event, told: Sequence[Event]) -> bool:
    """Say whether something of an order's sum happened on the receipt's day."""
    amount, anchors = amount_of(receipt), _ANCHORS.get(receipt.kind)
    if amount is None or anchors is None:
        return False
    fiscal = receipt.attributes.get("fiscal")
    for other in told:
        if other.kind is receipt.kind and other.attributes.get("fiscal", fiscal) != (
            fiscal
        ):
            return False  # it has its own receipt
    paid = paid_for(told)
    return any(
        (amount_of(event) or paid) == amount
        and -anchors.before <= receipt.at - event.at <= anchors.after
        for event in told
        if event.kind in anchors.kinds
    )
