"""Recognise the usual record of a FETCH answer by its first line.

A full IMAP parser in Python takes half of a first run's time. Here only the usual shape
is read: one literal, and atoms before it. Any other is left to the full parser.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

_MONTHS = {
    name: number
    for number, name in enumerate(
        b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1
    )
}
_ITEMS = rb"(?:UID (\d{1,10})|INTERNALDATE \"([^\"\\]*)\"|FLAGS \([^()\"]*\)| )*"
_FIELDS = rb"HEADER\.FIELDS \([^()\"{]*\)"
_HEADING, _LETTER = (
    re.compile(rb"\* \d+ FETCH \(%s ?BODY\[%s\] \{(\d{1,10})\}\r\n" % (_ITEMS, section))
    for section in (_FIELDS, b"")
)
_DATE = re.compile(
    rb" ?(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"
)


class Beginning(NamedTuple):
    """What stands before the only literal of a record."""

    size: int  # of the literal
    uid: int
    date: bytes  # INTERNALDATE, for `read_date`; empty where it was not told


def heading_begins(line: bytes) -> Beginning | None:
    """Read the line before header fields; None for any other."""
    return _begins(_HEADING.fullmatch(line))


def letter_begins(line: bytes) -> Beginning | None:
    """Read the line before a whole letter; None for any other."""
    return _begins(_LETTER.fullmatch(line))


def _begins(match: re.Match[bytes] | None) -> Beginning | None:
    if match is None or match[1] is None:
        return None
    return Beginning(int(match[3]), int(match[1]), match[2] or b"")


def read_date(text: bytes) -> datetime | None:
    """Read an INTERNALDATE (RFC 3501, date-time) in UTC; None for no such date."""
    if not (match := _DATE.fullmatch(text)):
        return None
    day, month, year, hour, minute, second, *zone = match.groups()
    try:
        date = (int(year), _MONTHS[month], int(day))
        time = (int(hour), int(minute), int(second))
        return datetime(*date, *time, tzinfo=_zone(*zone)).astimezone(UTC)
    except (ValueError, LookupError, OverflowError):
        return None


@lru_cache(maxsize=64)
def _zone(sign: bytes, hours: bytes, minutes: bytes) -> timezone:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(offset if sign == b"+" else -offset)
