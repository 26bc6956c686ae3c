"""A fiscal receipt (54-ФЗ): what was settled, by whom, under which fiscal signs.

How the words of one look is data of the country's pack (`packs/ru/receipts.toml`); the
text may come from a letter of an operator of fiscal data or from a PDF.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from triage.core.event import Certainty, EventKind
from triage.core.pattern import Patterns
from triage.core.words import fold, normal, parse_amount

LONGEST = 100_000  # characters: what stands behind them is no receipt
_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """How receipts look. Patterns have a group `value`, `issued` those of a date."""

    operators: tuple[str, ...] = ()  # domains, or whole addresses, that send receipts
    zone: tzinfo = UTC  # of the times that receipts print
    fn: Patterns = ()  # the number of the fiscal drive
    fd: Patterns = ()  # the number of the document on it
    fpd: Patterns = ()  # the document's fiscal sign
    issued: Patterns = ()
    total: Patterns = ()
    inn: Patterns = ()  # of who takes the money
    seller_inn: Patterns = ()  # of whose goods they are
    seller: Patterns = ()
    kinds: Mapping[EventKind, Patterns] = field(default_factory=dict, hash=False)
    """What a receipt is, the first that matches. Two of the last two are neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What could be read. "" and None stand for what was not there, or was not one."""

    kind: EventKind | None = None
    amount: Decimal | None = None
    issued_at: datetime | None = None
    fn: str = ""
    fd: str = ""
    fpd: str = ""
    inns: frozenset[str] = frozenset()
    seller_inn: str = ""
    seller: str = ""
    quote: str = ""
    several: bool = False  # documents of more than one number: no one of them is read

    @property
    def is_fiscal(self) -> bool:
        """Say whether the three signs are there that name a receipt for all the state."""
        return all((self.fn, self.fd, self.fpd))

    @property
    def certainty(self) -> Certainty:
        """Return how sure the receipt's kind is: all that the law wants on it, or less."""
        whole = self.is_fiscal and self.issued_at and self.inns and self.amount
        return Certainty.PINNED if whole and self.kind else Certainty.GUESS

    @property
    def attributes(self) -> dict[str, str]:
        """Return what an event of this receipt carries."""
        told = {
            "amount": "" if self.amount is None else str(self.amount),
            "fiscal": "/".join((self.fn, self.fd, self.fpd)) if self.is_fiscal else "",
            "seller_inn": self.seller_inn,
            "seller": self.seller,
        }
        return {name: value for name, value in told.items() if value}


def read_receipt(text: str, shapes: Shapes) -> Receipt:
    """Read a receipt from its text; what is there twice and differs is not there."""
    plain = normal(text)[:LONGEST]
    folded = fold(plain)
    kind, words = _kind(folded, plain, shapes)
    amounts = {parse_amount(one) for one in _values(folded, plain, shapes.total)}
    amount = amounts.pop() if len(amounts) == 1 else None
    fd, fpd = (_values(folded, plain, one) for one in (shapes.fd, shapes.fpd))
    sellers = {one for one in _values(folded, plain, shapes.seller_inn) if is_inn(one)}
    names = {one.strip(" .,;") for one in _values(folded, plain, shapes.seller)}
    return Receipt(
        kind=kind,
        amount=amount,
        issued_at=_issued(folded, shapes),
        fn=_only(_values(folded, plain, shapes.fn)),
        fd=_only(fd),
        fpd=_only(fpd),
        inns=frozenset(filter(is_inn, _values(folded, plain, shapes.inn))),
        seller_inn=_only(sellers),
        seller=_only(names),
        quote=words,
        several=len(set(fd)) > 1 and len(set(fpd)) > 1,
    )


def is_inn(text: str) -> bool:
    """Say whether a text is a taxpayer's number: 10 digits or 12, with their checks."""
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", text):
        return False
    digits = [int(sign) for sign in text]
    ends = (10,) if len(digits) == 10 else (11, 12)
    return len(set(digits)) > 1 and all(
        digits[end - 1] == _check(digits[: end - 1]) for end in ends
    )


def _check(digits: list[int]) -> int:
    weights = _WEIGHTS[-len(digits) :]
    total = sum(w * d for w, d in zip(weights, digits, strict=True))
    return total % 11 % 10


def _kind(folded: str, plain: str, shapes: Shapes) -> tuple[EventKind | None, str]:
    found = {
        kind: match
        for kind, patterns in shapes.kinds.items()
        if (match := _first(folded, patterns))
    }
    partly = {EventKind.RECEIPT_FULL, EventKind.RECEIPT_PREPAYMENT} <= found.keys()
    if partly and EventKind.RECEIPT_REFUND not in found:
        return None, ""  # goods of which some are handed over: neither of the two
    for kind, match in found.items():
        return kind, _line(plain, match)
    return None, ""


def _first(folded: str, patterns: Patterns) -> re.Match[str] | None:
    return next(filter(None, (one.search(folded) for one in patterns)), None)


def _line(plain: str, match: re.Match[str]) -> str:
    start = plain.rfind("\n", 0, match.start()) + 1
    end = plain.find("\n", match.end())
    return plain[start : end if end >= 0 else len(plain)].strip()[:200]


def _values(folded: str, plain: str, patterns: Patterns) -> list[str]:
    return [
        plain[slice(*match.span("value"))].strip()
        for pattern in patterns
        for match in pattern.finditer(folded)
    ]


def _only(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _issued(folded: str, shapes: Shapes) -> datetime | None:
    """Read when the receipt was made out: the first pattern that finds an instant."""
    for pattern in shapes.issued:
        for match in pattern.finditer(folded):
            day, month, year, hour, minute = (
                int(match[name]) for name in ("day", "month", "year", "hour", "minute")
            )
            try:
                local = datetime(
                    year if year > 99 else 2000 + year,
                    month,
                    day,
                    hour,
                    minute,
                    tzinfo=shapes.zone,
                )
            except ValueError:
                continue
            return local.astimezone(UTC)
    return None
