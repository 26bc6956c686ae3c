"""The life of one order: its events in order of time, split by posting."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from triage.core.event import Certainty, Event, EventKind

STATUS = {
    EventKind.ORDER_PLACED: "placed",
    EventKind.ORDER_PAID: "paid",
    EventKind.PAYMENT_FAILED: "payment failed",
    EventKind.POSTING_PACKED: "packed",
    EventKind.POSTING_SHIPPED: "shipped",
    EventKind.COURIER_OUT: "with the courier",
    EventKind.READY_FOR_PICKUP: "ready for pickup",
    EventKind.STORAGE_EXTENDED: "ready for pickup",
    EventKind.POSTING_DELIVERED: "delivered",
    EventKind.ORDER_CANCELLED: "cancelled",
    EventKind.RETURN_REQUESTED: "return requested",
    EventKind.RETURN_APPROVED: "return approved",
    EventKind.RETURN_REFUSED: "return refused",
    EventKind.RETURN_RECEIVED: "returned",
    EventKind.REFUND_PAID: "refunded",
}
"""Which status of a posting an event leaves behind."""


def _when(event: Event) -> tuple[datetime, str, str]:
    return (event.at, event.kind, event.id)


@dataclass(frozen=True, slots=True)
class Timeline:
    """All events of one order. Equal for any order of arrival."""

    pack: str
    order: str
    events: tuple[Event, ...]

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """Build the timeline of one order.

        Raises:
            ValueError: the events are none, or of several orders.
        """
        unique = {event.id: event for event in events}
        ordered = tuple(sorted(unique.values(), key=_when))
        if len({(event.pack, event.order) for event in ordered}) != 1:
            raise ValueError("a timeline holds the events of exactly one order")
        return cls(ordered[0].pack, ordered[0].order, ordered)

    def postings(self) -> tuple[str | None, ...]:
        """Name the postings, sorted; (None,) while no letter has named one."""
        named = {event.posting for event in self.events} - {None}
        return tuple(sorted(filter(None, named))) or (None,)

    def of_posting(self, posting: str | None) -> Iterator[Event]:
        """Yield the events that concern a posting: its own and the order's."""
        for event in self.events:
            if posting is None or event.posting in (None, posting):
                yield event

    def status(self, posting: str | None) -> str:
        """Say where a posting stands by the last event that is not a guess, else a guess."""
        told = [e for e in self.of_posting(posting) if e.kind in STATUS]
        sure = [e for e in told if e.certainty > Certainty.GUESS]
        return STATUS[(sure or told)[-1].kind] if told else "unknown"

    def guess(self, posting: str | None) -> str:
        """Say what a guess that is newer than the status would make of it; "" if none."""
        told = [e for e in self.of_posting(posting) if e.kind in STATUS]
        last = STATUS[told[-1].kind] if told else ""
        return "" if last in ("", self.status(posting)) else last
