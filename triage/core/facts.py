"""What the letters of an order say, as named facts and as sums of money."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from triage.core.case import Fact
from triage.core.event import Event, EventKind
from triage.core.once import name_of, receipts_once
from triage.core.timeline import Timeline

DATED: Mapping[EventKind, str] = {
    EventKind.ORDER_PLACED: "ordered_on",
    EventKind.ORDER_PAID: "paid_on",
    EventKind.POSTING_SHIPPED: "shipped_on",
    EventKind.READY_FOR_PICKUP: "ready_on",
    EventKind.POSTING_DELIVERED: "delivered_on",
    EventKind.ORDER_CANCELLED: "cancelled_on",
    EventKind.ITEM_CANCELLED: "item_cancelled_on",
    EventKind.REFUND_PROMISED: "refund_promised_on",
    EventKind.REFUND_PAID: "refunded_on",
    EventKind.RECEIPT_REFUND: "refund_receipt_on",
    EventKind.RETURN_REQUESTED: "return_requested_on",
    EventKind.RETURN_APPROVED: "return_approved_on",
    EventKind.RETURN_REFUSED: "return_refused_on",
    EventKind.RETURN_RECEIVED: "return_received_on",
}
"""The fact that the day of an event becomes."""

PARTS = frozenset({EventKind.ITEM_CANCELLED})
"""Events that nobody asks after once the order is cancelled whole."""

CARRIED: Mapping[str, str] = {
    "keep_until": "keep_until",
    "due_on": "refund_due_on",
    "cancelled_by": "cancelled_by",
    "return_number": "return_number",
    "item": "item",
    "seller": "seller_name",
    "seller_inn": "seller_inn",
}
"""The fact that an attribute of an event becomes; the newest letter wins."""

AMOUNTS: Mapping[EventKind, str] = {
    EventKind.ORDER_PLACED: "amount_paid",
    EventKind.ORDER_PAID: "amount_paid",
    EventKind.REFUND_PROMISED: "amount_promised",
    EventKind.REFUND_PAID: "amount_refunded",
    EventKind.RECEIPT_REFUND: "amount_refund_receipt",
}
"""The fact that the amount of an event becomes."""


def concerning(timeline: Timeline | None, posting: str | None) -> tuple[Event, ...]:
    """List what concerns an order, or one of its parcels.

    Of several parcels the sum of the order is nobody's, and a receipt that names none
    counts only once there are as many receipts as parcels.
    """
    if timeline is None:
        return ()
    events = receipts_once(timeline.of_posting(posting))
    parcels = len(timeline.postings())
    if posting is None or parcels == 1:
        return events
    receipts = dict.fromkeys(map(_receipt, receipts_once(timeline.events)))
    receipts.pop("", None)
    early = [*receipts][: parcels - 1]
    return tuple(
        event if event.posting else _without_sum(event)
        for event in events
        if event.posting or _receipt(event) not in early
    )


def _receipt(event: Event) -> str:
    """Name a receipt for goods that were handed over; "" for every other event."""
    if event.kind is not EventKind.RECEIPT_FULL:
        return ""
    return name_of(event)


def _without_sum(event: Event) -> Event:
    kept = {k: v for k, v in event.attributes.items() if k != "amount"}
    return replace(event, attributes=kept)


def facts_of(events: Sequence[Event], day: Callable[[datetime], date]) -> list[Fact]:
    """List what the letters say, oldest first, each with its letter and words.

    The first promised day is `promised_on` for good; a later one is `moved_to`: a date
    that was moved without the buyer's word does not reset the clock.
    """
    facts: list[Fact] = []
    whole = any(event.kind is EventKind.ORDER_CANCELLED for event in events)
    for event in events:
        told: list[tuple[str, str]] = []
        if event.kind in DATED and not (whole and event.kind in PARTS):
            told.append((DATED[event.kind], day(event.at).isoformat()))
        if promised := event.attributes.get("promised_on"):
            known = [f.value for f in facts if f.name in ("promised_on", "moved_to")]
            if promised not in known[-1:]:
                told.append(("moved_to" if known else "promised_on", promised))
        told += [
            (fact, event.attributes[name])
            for name, fact in CARRIED.items()
            if name in event.attributes
        ]
        if "amount" in event.attributes and event.kind in AMOUNTS:
            told.append((AMOUNTS[event.kind], event.attributes["amount"]))
        facts += [Fact(n, v, event.evidence, event.quote) for n, v in told]
    return facts


def amount_of(event: Event) -> Decimal | None:
    """Return the sum an event names, in roubles."""
    text = event.attributes.get("amount")
    return Decimal(text) if text else None


def owed(events: Iterable[Event]) -> tuple[Decimal, tuple[Event, ...]] | None:
    """Add up what must come back, and name the letters that say so.

    The whole order's cancellation says more than its items', and those more than a
    promise. None while some letter of the kind that counts names no sum.
    """
    told = list(events)
    whole = [e for e in told if e.kind is EventKind.ORDER_CANCELLED]
    parts = [
        e
        for e in told
        if e.kind in (EventKind.ITEM_CANCELLED, EventKind.RETURN_RECEIVED)
    ]
    promised = [e for e in told if e.kind is EventKind.REFUND_PROMISED]
    for group in (whole, parts, promised):
        sums = [amount_of(e) for e in group]
        if group and None not in sums:
            return _add(sums), tuple(group)
    paid = [e for e in told if e.kind is EventKind.ORDER_PAID and amount_of(e)]
    if whole and paid:
        return amount_of(paid[-1]) or Decimal(0), (*whole, paid[-1])
    return None


def paid_for(events: Iterable[Event]) -> Decimal | None:
    """Say what was paid for the whole order, as far as letters name the sum."""
    told = [e for e in events if amount_of(e)]
    for kind in (EventKind.ORDER_PAID, EventKind.ORDER_PLACED):
        if sums := [amount_of(e) for e in told if e.kind is kind]:
            return sums[-1]
    early = [e for e in told if e.kind is EventKind.RECEIPT_PREPAYMENT]
    receipts = {name_of(e): amount_of(e) for e in receipts_once(early)}
    return _add(receipts.values()) if receipts else None


def refunds(events: Iterable[Event], kinds: Collection[EventKind]) -> list[Event]:
    """List the refunds, oldest first; of a letter and a receipt of one sum the surer."""
    found: list[Event] = []
    for event in events:
        if event.kind not in kinds:
            continue
        twins = [
            place
            for place, e in enumerate(found)
            if e.kind is not event.kind and amount_of(e) == amount_of(event)
        ]
        if not twins:
            found.append(event)
        elif event.certainty > found[twins[0]].certainty:
            found[twins[0]] = event
    return sorted(found, key=lambda event: event.at)


def _add(sums: Iterable[Decimal | None]) -> Decimal:
    return sum((s for s in sums if s is not None), Decimal(0))
