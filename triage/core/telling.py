"""From a recognised phrase to events: whose they are, when, how much, in which words."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from triage.core.codes import quote
from triage.core.event import Event, EventKind
from triage.core.extracting import each
from triage.core.hearing import Heard, Spoken
from triage.core.message import Message, Where
from triage.core.naming import Names, in_text, meant
from triage.core.pack import Identifiers, Marketplace
from triage.core.words import parse_date

OF_THE_ORDER = frozenset(
    {
        EventKind.ORDER_PLACED,
        EventKind.ORDER_PAID,
        EventKind.PAYMENT_FAILED,
        EventKind.RECEIPT_PREPAYMENT,
        EventKind.SUPPORT_ASKED,
    }
)
"""Events that happen to an order whole, whichever parcels the letter lists."""

ON_THE_WAY = frozenset(
    {
        EventKind.POSTING_PACKED,
        EventKind.POSTING_SHIPPED,
        EventKind.DELIVERY_MOVED,
        EventKind.COURIER_OUT,
        EventKind.READY_FOR_PICKUP,
        EventKind.STORAGE_EXTENDED,
        EventKind.POSTING_DELIVERED,
    }
)
"""Events that happen to every parcel a letter lists, where it names none with them."""

OF_A_RETURN = frozenset(
    {
        EventKind.RETURN_REQUESTED,
        EventKind.RETURN_APPROVED,
        EventKind.RETURN_REFUSED,
        EventKind.RETURN_RECEIVED,
    }
)
OF_A_DISPUTE = frozenset({EventKind.DISPUTE_OPENED, EventKind.DISPUTE_DECIDED})
REFUNDS = frozenset({EventKind.REFUND_PROMISED, EventKind.REFUND_PAID})

HAPPENED = OF_A_RETURN | {
    EventKind.ORDER_PAID,
    EventKind.PAYMENT_FAILED,
    EventKind.ORDER_CANCELLED,
    EventKind.ITEM_CANCELLED,
    EventKind.REFUND_PAID,
    EventKind.RECEIPT_PREPAYMENT,
    EventKind.RECEIPT_FULL,
    EventKind.RECEIPT_REFUND,
}
"""Events that a letter tells of when they have happened, never before."""

Targets = tuple[tuple[str, str | None], ...]  # orders and parcels

_ELSE = re.compile(r"[,;:(—–]| (?:и|до|но|а) ")  # what follows is of something else
_UPTO = 40  # characters behind a phrase in which its day may stand

OLDEST = 2000  # a Date header from before was not set


def tell(
    found: Iterable[Heard],
    message: Message,
    *,
    letter: Spoken,
    names: Names,
    market: Marketplace,
    zone: ZoneInfo,
) -> tuple[Event, ...] | None:
    """Make the events of all that was heard; None where one of them is nobody's.

    `names` is all that the letter names. A thing told twice is one event, unless each
    time it names a sum of its own.
    """
    said: dict[tuple[EventKind, Targets], list[Heard]] = {}
    for heard in found:
        kind = heard.recogniser.kind
        if kind is None:
            continue  # a known letter that tells nothing
        targets = _targets(heard, kind, letter, names, market.identifiers)
        said.setdefault((kind, targets), []).append(heard)
    named = {kind for kind, targets in said if targets}
    if any(kind not in named for kind, _ in said):
        return None
    told: list[Event] = []
    written_on = _written_on(message, zone)
    for (kind, targets), many in said.items():
        for heard, attributes in each(kind, many, letter, market, written_on):
            shared = len(targets) > 1 and attributes.pop("amount", "")
            if shared and kind in REFUNDS:
                continue  # whose it is, or how it parts, is not said
            told += [
                Event(
                    kind=kind,
                    at=message.received_at,
                    pack=market.id,
                    order=order,
                    posting=posting,
                    certainty=heard.recogniser.certainty,
                    recogniser=heard.recogniser.id,
                    evidence=message.evidence,
                    quote=quote(heard.sentence, market.identifiers.secrets),
                    where=heard.voice.where if heard.voice else Where.LINK,
                    attributes={
                        **attributes,
                        **dict(_numbers(heard, letter, names, (kind, order), market)),
                    },
                )
                for order, posting in targets
            ]
    return _numbered([_with_its_own(one, told) for one in told])


def _with_its_own(event: Event, told: list[Event]) -> Event:
    """Leave the promised day to what else a letter tells of a paid order."""
    if event.kind is not EventKind.ORDER_PAID or not any(
        one.order == event.order
        and one.kind is not event.kind
        and "promised_on" in one.attributes
        for one in told
    ):
        return event
    kept = {k: v for k, v in event.attributes.items() if k != "promised_on"}
    return replace(event, attributes=kept)


def is_ahead(heard: Heard, message: Message, zone: ZoneInfo) -> bool:
    """Say whether a sentence gives what happens a day that is still to come."""
    if heard.voice is None or heard.recogniser.kind not in HAPPENED:
        return False
    written_on = _written_on(message, zone)
    text, (_, end) = heard.voice.text, heard.phrase
    behind = _ELSE.split(text[end : min(heard.end, end + _UPTO)], maxsplit=1)[0]
    said = (parse_date(one, written_on) for one in (text[heard.start : end], behind))
    return any(day and day > written_on for day in said)


def _numbered(told: list[Event]) -> tuple[Event, ...]:
    """Tell the events of one recogniser apart, and drop what another one says better."""
    kept = [
        one
        for one in told
        if one.posting
        or not any(
            (one.kind, one.order) == (other.kind, other.order) and other.posting
            for other in told
        )
    ]
    count: Counter[str] = Counter()
    events = []
    for one in kept:
        position = count[one.recogniser]
        events.append(replace(one, position=position) if position else one)
        count[one.recogniser] += 1
    return tuple(events)


def _targets(
    heard: Heard, kind: EventKind, letter: Spoken, names: Names, numbers: Identifiers
) -> Targets:
    scope = meant(heard, letter, numbers, names)
    if kind is EventKind.SUPPORT_ANSWERED and not scope.orders:
        scope = names  # an answer is one to all that was asked
    return tuple(
        (order, posting)
        for order in scope.orders
        for posting in _postings(kind, order, scope, names)
    )


def _postings(
    kind: EventKind, order: str, scope: Names, whole: Names
) -> tuple[str | None, ...]:
    """Name the parcels of an order that are meant; (None,) for the order itself."""
    if kind in OF_THE_ORDER:
        return (None,)
    named = scope.postings(order)
    if not named and kind is not EventKind.ORDER_CANCELLED:
        named = whole.postings(order)
        if len(named) > 1 and kind not in ON_THE_WAY:
            return (None,)
    return named or (None,)


def _numbers(
    heard: Heard,
    letter: Spoken,
    names: Names,
    event: tuple[EventKind, str],
    market: Marketplace,
) -> Iterator[tuple[str, str]]:
    kind, order = event
    scope = meant(heard, letter, market.identifiers, names)
    whole = Names() if len(names.postings(order)) > 1 else names
    if value := scope.only("shipment", order) or whole.only("shipment", order):
        yield "shipment", value
    if value := scope.only("receipt", order) or names.only("receipt", order):
        yield "receipt", value
    if kind in OF_A_RETURN:
        named = scope.only("return_number", order) or names.only("return_number", order)
    elif kind in OF_A_DISPUTE:  # its button may lead to any return
        texts = " \n".join(voice.text for voice in letter.voices)
        named = in_text(texts, market.identifiers).only("return_number", order)
    else:
        return
    if named:
        yield "return_number", named


def _written_on(message: Message, zone: ZoneInfo) -> date:
    """Return the letter's own day: its Date header, unless that cannot be."""
    at, sent = message.received_at, message.sent_at
    if sent and sent.year >= OLDEST and sent <= at + timedelta(days=1):
        at = sent
    return at.astimezone(zone).date()
