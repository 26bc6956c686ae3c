"""On which side a letter puts its sums: paid, come back, or neither said.

A letter about a refund names what had been paid as well, in any order; what is taken for
the one must not be the other.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import Enum

from triage.core.event import EventKind
from triage.core.words import fold, sums

CAME_BACK = frozenset(
    {EventKind.REFUND_PROMISED, EventKind.REFUND_PAID, EventKind.RECEIPT_REFUND}
)
WAS_PAID = frozenset(
    {
        EventKind.ORDER_PLACED,
        EventKind.ORDER_PAID,
        EventKind.RECEIPT_PREPAYMENT,
        EventKind.RECEIPT_FULL,
    }
)

_PAID = (
    r"оплат|оплач|(?:за|у)плат|платеж(?!н)|списан|списал|внес|предоплат|аванс|покупка\b"
    r"|приход|исходн|первонач|изначальн|было\b"
    r"|(?:сумм|стоимост|итог|всего)\w* (?:\w+ ){0,2}(?:заказ|покупк)"
)
_BACK = r"верн|возвр|возмещ|возмест|компенс|выплат|выплач"
_MOVED = r"перечисл|зачисл|перевел|перевед|придет|придут|поступ|отправ"
_WORDS = re.compile(rf"\b(?:(?P<back>{_BACK})|(?P<paid>{_PAID}))", re.IGNORECASE)
_ON_ITS_WAY = re.compile(rf"\b(?:{_MOVED})", re.IGNORECASE)
_OUT_OF = re.compile(r"\b(?:из|до|без|вместо)\b", re.IGNORECASE)
_SENTENCES = re.compile(r"[.!?](?: |$)")
_CLAUSES = re.compile(r"[,;()]| (?:и|а|но) ", re.IGNORECASE)
_BARE = re.compile(r"[-–—+=≡ :]*\d[\d ]*(?:[.,]\d\d?)? ?[^\W\d]*[₽.]?", re.IGNORECASE)
_GOES_ON = re.compile(r"(?: за [^,;.!?]{2,60}?)?(?:, | и |, и )")
_CUT = re.compile(r"[,;()!?]|\.(?: |$)")
_SUM = re.compile(r"\d[\d ]*(?:[.,]\d\d?)? ?(?:₽|[^\W\d]+\.?)")


class Side(Enum):
    """What a sum is said to be."""

    PAID = "paid"
    BACK = "back"
    MOVED = "moved"  # «поступили на карту»: whose, only the rest of the letter can say
    UNSURE = "unsure"  # of a table whose columns were lost
    NEITHER = "neither"


def may_be_its(kind: EventKind, amount: Decimal, texts: Iterable[str]) -> bool:
    """Say whether a letter's own labels leave a sum to an event of this kind.

    Kinds that are neither a payment nor a refund may have any sum.
    """
    if kind not in CAME_BACK | WAS_PAID:
        return True
    called: dict[Side, set[Decimal]] = {side: set() for side in Side}
    for text in texts:
        for side, one in sided(text):
            called[side].add(one)
    paid, back, moved = called[Side.PAID], called[Side.BACK], called[Side.MOVED]
    if amount in called[Side.UNSURE]:
        return False
    if kind in CAME_BACK:
        back = back | moved
        if amount in back:
            return True
        if amount in paid or back:
            return bool(back) and amount == sum(back) and amount not in paid
        return not paid
    if back or paid - moved:
        back = back | moved
    return amount not in back and (amount in paid or not back)


def sided(text: str) -> Iterator[tuple[Side, Decimal]]:
    """Yield the sums of a text, each with its side."""
    lines = [line.strip() for line in fold(text).split("\n") if line.strip()]
    found = [sums(line) for line in lines]
    bare = [
        bool(f) and bool(_BARE.fullmatch(one))
        for f, one in zip(found, lines, strict=True)
    ]
    above = ""  # the words over a run of bare sums
    for place, line in enumerate(lines):
        if not found[place]:
            above = line
            continue
        if bare[place]:
            alone = not any(
                bare[max(place - 1, 0) : place] + bare[place + 1 : place + 2]
            )
            side = _side(above)
            if not alone and side is not Side.NEITHER:
                side = Side.UNSURE
            yield side, found[place][0][1]
            continue
        above = ""
        yield from _dealt(line, found[place])


def _dealt(
    line: str, found: Sequence[tuple[int, Decimal]]
) -> Iterator[tuple[Side, Decimal]]:
    """Yield the sums of one line, by the words between them."""
    starts = [*(at for at, _ in found), len(line)]
    ends = [one.end() if (one := _SUM.match(line, at)) else at for at, _ in found]
    side = Side.NEITHER
    for place, (at, amount) in enumerate(found):
        before = line[ends[place - 1] if place else 0 : at]
        behind = line[ends[place] : starts[place + 1]]
        if not (place and _GOES_ON.fullmatch(before)):
            side = _side(before, _CUT.split(behind, maxsplit=1)[0])
        yield side, amount


def _side(before: str, behind: str = "") -> Side:
    """Tell what the words before a sum make of it, or else those behind it."""
    for clause in reversed(_CLAUSES.split(_SENTENCES.split(before)[-1])):
        if (side := _said(clause)) is not Side.NEITHER:
            return side
    return _said(behind)


def _said(clause: str) -> Side:
    words = list(_WORDS.finditer(clause))
    if not words:
        return Side.MOVED if _ON_ITS_WAY.search(clause) else Side.NEITHER
    first, last = words[0], words[-1]
    out_of = last["paid"] and _OUT_OF.search(clause, first.end(), last.start())
    return Side.PAID if first["paid"] or out_of else Side.BACK
