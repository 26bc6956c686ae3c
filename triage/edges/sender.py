"""Who a letter says it is from, read with mail-parser and trusted only when clean.

mail-parser gets the address and date headers and nothing else: its reading of whole
letters is not used, and costs the most.
"""

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import Any

from triage.core.charset import GUESSED, Decoded, decode, header_text, one_line

FAILED = "mail-parser-failed"
LONGEST_NAME = 2_000
SHORT = 1_000  # characters of a header that is worth remembering
LONGEST = 65536  # bytes of a header value that anything is allowed to decode

_WANTED = ("from", "to", "cc", "date")
_PLAIN = re.compile(
    r"[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+@(?:[^\W_](?:[\w-]*\w)?\.)+\w[\w-]+"
)
# What is wrong only with the name beside an address does not touch the address.
_NAME_ONLY = frozenset({"overlong-encoded-word", "invalid-encoded-word"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The envelope as the letter itself writes it."""

    address: str = ""  # the one clean address of the one From header, else ""
    name: str = ""  # beside the address; of an unclear header all that it says
    recipients: tuple[str, ...] = ()
    sent_at: datetime | None = None
    defects: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def read_sender(raw_headers: Iterable[tuple[str, str]]) -> Sender:
    """Read sender, recipients and date; what is unclear is left out and named."""
    defects: list[str] = []
    wanted: dict[str, list[str]] = {name: [] for name in _WANTED}
    for name, value in raw_headers:
        if (key := name.lower()) in wanted:
            text, defect = _as_text(value)
            wanted[key].append(text)
            defects += [defect] * bool(defect)
    try:
        senders, recipients, sent_at, wrong = _mail_parser(wanted)
    except Exception:  # noqa: BLE001 - it has crashed on real letters; this one is shown
        return Sender(name=_shown(wanted["from"]), defects=(*defects, FAILED))
    if len(wanted["from"]) != 1:
        defects.append("several-from" if wanted["from"] else "no-from")
    elif not _is_clean(wanted["from"][0], senders, wrong) or (
        GUESSED in defects and not senders[0][1].isascii()
    ):
        defects.append("from-unclear")
    elif wrong:
        defects.append("from-name-unclear")
    clean = len(wanted["from"]) == 1 and "from-unclear" not in defects
    if len(wanted["date"]) > 1:
        defects.append("several-dates")
    sent_at = _plausible(sent_at or _forgiving_date(wanted["date"]))
    if sent_at is None:
        defects.append("date-unreadable" if wanted["date"] else "no-date")
    return Sender(
        address=senders[0][1].lower() if clean else "",
        name=_shown([senders[0][0]] if clean else wanted["from"]),
        recipients=tuple(one_line(address).lower() for address in recipients),
        sent_at=sent_at,
        defects=tuple(defects),
    )


def _shown(values: Iterable[str]) -> str:
    return header_text(" ".join(values)[:LONGEST_NAME]).text


def _mail_parser(
    wanted: Mapping[str, Sequence[str]],
) -> tuple[list[tuple[str, str]], list[str], datetime | None, list[Mapping[str, Any]]]:
    """Return senders, recipients, date, and what is wrong with the first of these."""

    def first(name: str) -> tuple[list[tuple[str, str]], list[Mapping[str, Any]]]:
        read = [_remembered(value) for value in wanted[name]]
        found = [("" if n == a else n, a) for n, a in (read[0][0] if read else ()) if a]
        return found, [defect for _, defects in read for defect in defects]

    senders, wrong = first("from")
    recipients = [address for name in ("to", "cc") for _, address in first(name)[0]]
    read_date, _ = _library()
    dates = [read_date(value).value for value in wanted["date"][:1]]
    return senders, recipients, dates[0] if dates else None, wrong


def _addresses(value: str) -> tuple[list[tuple[str, str]], list[Mapping[str, Any]]]:
    """Return names and addresses of a header, and what is wrong with it."""
    wrong: list[Mapping[str, Any]] = []
    _, read_addresses = _library()
    return read_addresses(value, defects=wrong, decode_names=True), wrong


@cache
def _library() -> tuple[Any, Any]:
    """Return mail-parser's readers of dates and of addresses, and keep it from logging."""
    from mailparser.dates import parse_mail_date
    from mailparser.utils import get_addresses

    logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)  # it logs headers
    return parse_mail_date, get_addresses


_known = lru_cache(maxsize=256)(_addresses)


def _remembered(value: str) -> tuple[list[tuple[str, str]], list[Mapping[str, Any]]]:
    """Read a header once: a shop has one address, and so has the owner."""
    return (_known if len(value) < SHORT else _addresses)(value)


def _is_clean(
    value: str, senders: Sequence[tuple[str, str]], wrong: Sequence[Mapping[str, Any]]
) -> bool:
    """Tell whether a From header holds one mailbox that nobody reads differently."""
    reasons = {reason for defect in wrong for reason in defect["reason"].split(",")}
    return (
        len(senders) == 1
        and reasons <= _NAME_ONLY
        and not value.rstrip().endswith(";")  # a group (RFC 6854), even of one
        and _PLAIN.fullmatch(senders[0][1]) is not None
    )


def _as_text(value: str) -> Decoded:
    """Turn the 8-bit bytes of a header into text, and leave its syntax alone."""
    if len(value) > LONGEST:
        return Decoded("", "header-value-too-long")
    return decode(value.encode("utf-8", "surrogateescape"))


def _forgiving_date(values: Sequence[str]) -> datetime | None:
    if not values:
        return None
    try:
        found = parsedate_to_datetime(values[0])
        if str(found.year) not in values[0]:  # it takes year 1 for 2001
            return None
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _plausible(instant: datetime | None) -> datetime | None:
    return instant if instant and 1990 <= instant.year <= 2100 else None
