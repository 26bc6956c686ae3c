"""From a recognised phrase to events: whose they are, when, how much, in which words."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from triage.core.event import Event, EventKind
from triage.core.hearing import Heard, Spoken
from triage.core.message import Message, Where
from triage.core.naming import Names, meant
from triage.core.pack import Identifiers, Marketplace
from triage.core.words import Lies, fold, parse_amount, parse_date

DATES = frozenset({"promised_on", "keep_until", "due_on"})
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

OLDEST = 2000  # a Date header from before was not set

QUOTE = 200  # the longest quote, in characters


def tell(
    found: Iterable[Heard],
    message: Message,
    *,
    letter: Spoken,
    names: Names,
    market: Marketplace,
    zone: ZoneInfo,
) -> tuple[Event, ...] | None:
    """Make the events of all that was heard; None where one of them is nobody's."""
    told: list[Event] = []
    for heard in found:
        if heard.recogniser.kind is None:
            continue  # a known letter that tells nothing
        one = events(
            heard,
            heard.recogniser.kind,
            message,
            letter=letter,
            names=names,
            market=market,
            zone=zone,
        )
        if not one:
            return None
        told += one
    return tuple(told)


def events(
    heard: Heard,
    kind: EventKind,
    message: Message,
    *,
    letter: Spoken,
    names: Names,
    market: Marketplace,
    zone: ZoneInfo,
) -> list[Event]:
    """Make an event for each order and parcel that a phrase speaks of.

    `names` is all that the letter names. No events come of a phrase of which that
    does not tell whose it is.
    """
    recogniser = heard.recogniser
    scope = meant(heard, letter, market.identifiers, names)
    targets = [
        (order, posting)
        for order in scope.orders
        for posting in _postings(kind, order, scope, names)
    ]
    attributes = {
        **recogniser.attributes,
        **dict(_extracted(heard, letter, _written_on(message, zone))),
    }
    if len(targets) > 1:
        attributes.pop("amount", None)  # whose it is, or how it parts, is not said
    return [
        Event(
            kind=kind,
            at=message.received_at,
            pack=market.id,
            order=order,
            posting=posting,
            certainty=recogniser.certainty,
            recogniser=recogniser.id,
            evidence=message.evidence,
            position=position,
            quote=quote(heard.sentence, market.identifiers),
            where=heard.voice.where if heard.voice else Where.LINK,
            attributes={**attributes, **dict(_numbers(names, order))},
        )
        for position, (order, posting) in enumerate(targets)
    ]


def _postings(
    kind: EventKind, order: str, scope: Names, whole: Names
) -> tuple[str | None, ...]:
    """Name the parcels of an order that are meant; (None,) for the order itself."""
    if kind in OF_THE_ORDER:
        return (None,)
    named = scope.postings(order)
    if not named and kind is not EventKind.ORDER_CANCELLED:
        named = whole.postings(order)
    return named or (None,)


def _numbers(names: Names, order: str) -> Iterator[tuple[str, str]]:
    for what in ("shipment", "return_number", "receipt"):
        if value := names.only(what, order):
            yield what, value


def _extracted(
    heard: Heard, letter: Spoken, written_on: date
) -> Iterator[tuple[str, str]]:
    """Take what the recogniser extracts: from its own sentence, else from the letter."""
    recogniser = heard.recogniser
    places = [(voice, 0, voice.upto(recogniser.lines)) for voice in letter.voices]
    if heard.voice:
        places.insert(0, (heard.voice, heard.start, heard.end))
    for name, patterns in recogniser.extract.items():
        found = (
            (voice, match)
            for voice, start, end in places
            for pattern in patterns
            for match in pattern.finditer(voice.folded, start, end)
        )
        for voice, match in found:
            text = voice.text[slice(*match.span("value"))]
            if value := _value(name, text, written_on):
                yield name, value
                break


def _value(name: str, text: str, written_on: date) -> str:
    """Write an attribute's value as events carry it; "" where it cannot be read."""
    if name in DATES:
        day = parse_date(text, written_on, Lies.AFTER)
        return day.isoformat() if day else ""
    if name == "amount":
        amount = parse_amount(text)
        return str(amount) if amount is not None else ""
    return " ".join(text.split())[:QUOTE]


def _written_on(message: Message, zone: ZoneInfo) -> date:
    """Return the letter's own day: its Date header, unless that cannot be."""
    at, sent = message.received_at, message.sent_at
    if sent and sent.year >= OLDEST and sent <= at + timedelta(days=1):
        at = sent
    return at.astimezone(zone).date()


def quote(sentence: str, numbers: Identifiers) -> str:
    """Make a sentence fit to be shown: one line, no codes, not too long."""
    for pattern in numbers.secrets:
        folded = fold(sentence)
        for match in reversed(list(pattern.finditer(folded))):
            start, end = match.span("secret")
            sentence = f"{sentence[:start]}•••{sentence[end:]}"
    line = " ".join(sentence.split())
    return line if len(line) <= QUOTE else f"{line[: QUOTE - 1].rstrip()}…"
