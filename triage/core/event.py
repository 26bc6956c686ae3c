"""What happened to an order, as one letter tells it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from triage.core.message import Where


class EventKind(StrEnum):
    """Everything that can happen to an order. Packs may use no other word."""

    ORDER_PLACED = "order_placed"  # may carry amount, promised_on
    ORDER_PAID = "order_paid"  # carries amount where the letter says it
    PAYMENT_FAILED = "payment_failed"
    POSTING_PACKED = "posting_packed"
    POSTING_SHIPPED = "posting_shipped"  # left the seller; may carry promised_on
    DELIVERY_MOVED = "delivery_moved"  # a new promised_on by the marketplace's own word
    COURIER_OUT = "courier_out"
    READY_FOR_PICKUP = "ready_for_pickup"  # may carry keep_until
    STORAGE_EXTENDED = "storage_extended"  # carries keep_until
    POSTING_DELIVERED = "posting_delivered"  # by the marketplace's own word
    ORDER_CANCELLED = "order_cancelled"  # may carry amount, cancelled_by
    ITEM_CANCELLED = "item_cancelled"  # a part of the order; carries amount
    REFUND_PROMISED = "refund_promised"  # carries amount; money not seen yet
    REFUND_PAID = "refund_paid"  # carries amount where the letter says it
    RETURN_REQUESTED = "return_requested"  # may carry return_number, amount
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    RETURN_RECEIVED = "return_received"  # the goods are back with the seller
    RECEIPT_PREPAYMENT = "receipt_prepayment"
    RECEIPT_FULL = "receipt_full"
    RECEIPT_REFUND = "receipt_refund"
    SUPPORT_ASKED = "support_asked"  # a letter in the owner's Sent folder; carries step
    SUPPORT_ANSWERED = "support_answered"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_DECIDED = "dispute_decided"


class Stream(StrEnum):
    """Letters of the marketplace that tell nothing about an order."""

    SECURITY_CODE = "security_code"  # never indexed beyond its own existence
    MARKETING = "marketing"
    SELLER_STREAM = "seller_stream"
    REVIEW_REQUEST = "review_request"


class Certainty(IntEnum):
    """How sure an event is; a case is as sure as the weakest word it rests on."""

    GUESS = 1  # status vocabulary only
    TAUGHT = 2  # the owner confirmed a letter of this shape
    PINNED = 3  # a phrase or link shape with evidence

    @property
    def word(self) -> str:
        return self.name.lower()


ATTRIBUTES = frozenset(
    {
        "amount",  # roubles with two decimals: "12490.00"
        "promised_on",  # last promised day, ISO
        "keep_until",  # last day of storage, ISO
        "due_on",  # day by which money was promised, ISO
        "cancelled_by",  # seller, buyer or marketplace
        "return_number",
        "shipment",  # the marketplace's shipment id from a link
        "receipt",  # id of an electronic receipt from a link
        "fiscal",  # a receipt's ФН/ФД/ФПД, which name it for all the state
        "operation",  # the bank's or the marketplace's name of one charge
        "item",
        "seller",
        "seller_inn",
        "thread",  # SHA-256 of the owner's letter by whose thread the order is known
        "step",  # which ladder step a letter of the owner's was: support or claim
    }
)
"""The closed vocabulary of event attributes; every value is a string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, with the words that say so."""

    kind: EventKind
    at: datetime  # aware UTC instant: when the letter came in
    pack: str  # id of the marketplace
    order: str
    posting: str | None = None
    certainty: Certainty
    recogniser: str
    evidence: str  # SHA-256 of the letter
    position: int = 0  # tells events of one letter apart
    quote: str = ""  # the words in the letter
    where: Where = Where.TEXT
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def id(self) -> str:
        """Name the event by its letter, recogniser and position: stable over rebuilds."""
        text = f"{self.evidence}\n{self.recogniser}\n{self.position}\n{self.order}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def in_life(event: Event) -> tuple[datetime, int, str]:
    """Put events as they came, and what one letter tells as an order lives."""
    return event.at, _AGES[event.kind], event.id


_AGES = {kind: age for age, kind in enumerate(EventKind)}
