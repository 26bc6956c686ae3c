"""What a recognised phrase says besides its kind: sums, days, things, each in its place."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from triage.core.codes import QUOTE
from triage.core.event import EventKind
from triage.core.hearing import Heard, Spoken
from triage.core.line import phrases
from triage.core.naming import stretch_of
from triage.core.pack import Identifiers, Marketplace
from triage.core.pattern import Patterns
from triage.core.rows import dealt_below
from triage.core.sides import may_be_its
from triage.core.voice import Voice
from triage.core.words import Lies, fold, parse_amount, parse_date, sums

DATES = frozenset({"promised_on", "keep_until", "due_on"})


SHARED = frozenset(
    {
        EventKind.REFUND_PROMISED,
        EventKind.REFUND_PAID,
        EventKind.ITEM_CANCELLED,
        EventKind.RECEIPT_REFUND,
    }
)
"""Events of which an order may have several, each with its sum."""

OF_ONE_SUM = frozenset(
    {
        EventKind.ORDER_PAID,
        EventKind.PAYMENT_FAILED,
        EventKind.RECEIPT_PREPAYMENT,
        EventKind.RECEIPT_FULL,
    }
)
"""Events whose sum is the one that their sentence names."""

OWN_WORDS = frozenset({"item", "due_on"})  # what is never taken from another sentence
BEFORE_A_SUM = 30  # characters in which words tell what a sum is
_BESIDES = re.compile(
    r"\b(?:из|на сумму|стоимост\w*|итого|всего|вместо|удерж\w+|комисси\w+|цен\w+)"
    r"\b[^\d₽]*$",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\bне (?:возвраща|верн)|\bудерж|\bза вычетом|\bкроме\b|\bбез уч[её]та",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\bза (?P<item>[^\n,;.]{2,80}?)(?=(?: и)?[ ,;.\n]*$|[,;.\n])", re.IGNORECASE
)


def each(
    kind: EventKind,
    many: list[Heard],
    letter: Spoken,
    market: Marketplace,
    written_on: date,
) -> Iterator[tuple[Heard, dict[str, str]]]:
    """Yield what is told of the same thing, each with its attributes.

    Sentences that each name another sum are events of their own; the rest say together
    what the first one says. A sum that the letter may mean for something else is none.
    """
    texts = [voice.text for voice in letter.voices]
    for heard, said in _each(kind, many, letter, market, written_on):
        amount = said.get("amount")
        if amount and not may_be_its(kind, Decimal(amount), texts):
            del said["amount"]
        yield heard, said


def _each(
    kind: EventKind,
    many: list[Heard],
    letter: Spoken,
    market: Marketplace,
    written_on: date,
) -> Iterator[tuple[Heard, dict[str, str]]]:
    own = [(heard, dict(_own(heard, written_on))) for heard in many]
    if kind in SHARED:
        parts = [
            (heard, {**said, "amount": str(amount)} | ({"item": item} if item else {}))
            for heard, said in own
            for amount, item in shares(heard.said)
        ]
        by_sum = {said["amount"]: (heard, said) for heard, said in reversed(parts)}
        amounts = {text: Decimal(text) for text in by_sum}
        total = [t for t, one in amounts.items() if one * 2 == sum(amounts.values())]
        if len(by_sum) > 2:
            for text in total:
                del by_sum[text]
        if len(by_sum) > 1:
            for heard, said in reversed(by_sum.values()):
                yield heard, {**heard.recogniser.attributes, **said}
            return
    for heard, said in own[:1]:
        rows = _rows(kind, heard, said)
        for amount, item in rows:
            told = {"amount": str(amount)} | ({"item": item[:QUOTE]} if item else {})
            yield heard, {**heard.recogniser.attributes, **said, **told}
        if rows:
            return
    merged: dict[str, str] = {}
    for heard, said in own:
        merged = {**heard.recogniser.attributes, **said} | merged
    for heard, _ in own[:1]:
        wide = dict(_wide(heard, letter, market.identifiers, written_on))
        yield heard, {name: value for name, value in (wide | merged).items() if value}


def _rows(
    kind: EventKind, heard: Heard, said: dict[str, str]
) -> list[tuple[Decimal, str]]:
    """Return the cancelled goods that are listed below the words that cancel them."""
    if kind is not EventKind.ITEM_CANCELLED or said.get("amount") or not heard.voice:
        return []
    return dealt_below(heard.voice.text, heard.end)


def shares(said: str) -> list[tuple[Decimal, str]]:
    """Return the sums that a sentence deals out, and what each is for."""
    text = fold(said)
    found = [
        (at, amount)
        for at, amount in sums(text)
        if not _BESIDES.search(text, max(at - BEFORE_A_SUM, 0), at)
    ]
    if len({amount for _, amount in found}) > 1:
        first, *rest = (amount for _, amount in found)
        if first == sum(rest):
            return [(first, "")]
        ends = [at for at, _ in found[1:]] + [len(text)]
        dealt = []
        for (at, amount), end in zip(found, ends, strict=True):
            item = _FOR.search(said[at:end])
            if item is None:
                return []  # what the sums have to do with each other is not said
            dealt.append((amount, item["item"].strip()))
        return dealt
    return [(amount, "") for _, amount in found[:1]]


def _own(heard: Heard, written_on: date) -> Iterator[tuple[str, str]]:
    """Take from a phrase's own sentence what its recogniser extracts."""
    if heard.voice is None:
        return
    start, end = heard.clause or (heard.start, heard.end)
    named = {amount for _, amount in sums(heard.said)}
    kind = heard.recogniser.kind
    kept = kind in SHARED and _KEPT.search(heard.said)
    dealt = shares(heard.said) if kind in SHARED | OF_ONE_SUM else []
    for name, patterns in heard.recogniser.extract.items():
        places = [(heard.voice, start, end)]
        value = _found(name, patterns, places, written_on)
        if name == "amount" and len(dealt) == 1 and not kept:
            value = str(dealt[0][0])
        elif name == "amount" and (kept or len(named) > 1):
            value = ""
            yield name, ""  # and no other sentence may say it
        if value:
            yield name, value


def _wide(
    heard: Heard, letter: Spoken, numbers: Identifiers, written_on: date
) -> Iterator[tuple[str, str]]:
    """Take from the letter, or from its part about this parcel, what is extracted."""
    recogniser = heard.recogniser
    around = stretch_of(heard, numbers)
    if around and heard.voice:
        places = [(heard.voice, around.start, around.end)]
    else:
        places = [(voice, 0, voice.upto(recogniser.lines)) for voice in letter.voices]
    for name, patterns in recogniser.extract.items():
        if name in OWN_WORDS:
            continue
        if value := _found(name, patterns, places, written_on):
            yield name, value


def _found(
    name: str,
    patterns: Patterns,
    places: Iterable[tuple[Voice, int, int]],
    written_on: date,
) -> str:
    """Return what the first pattern that matches says; "" where it says two things."""
    for pattern in phrases(patterns)[0]:
        values = [
            value
            for voice, start, end in places
            for match in voice.matches(pattern, end, start)
            if (
                value := _value(
                    name, voice.text[slice(*match.span("value"))], written_on
                )
            )
        ]
        if len({*values}) == 1:
            return values[0]
    return ""


def _value(name: str, text: str, written_on: date) -> str:
    """Write an attribute's value as events carry it; "" where it cannot be read."""
    if name in DATES:
        day = parse_date(text, written_on, Lies.AFTER)
        return day.isoformat() if day else ""
    if name == "amount":
        amount = parse_amount(text)
        return str(amount) if amount is not None else ""
    return " ".join(text.split())[:QUOTE]
