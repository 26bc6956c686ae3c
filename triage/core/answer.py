"""Read a FETCH answer of headings as imaplib hands it over.

A full IMAP parser in Python takes half of a first run's time on these few fields. Here
only the usual shape is read: one literal, and atoms before it. For any other the caller
asks the full parser.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from triage.core.folder import Heading

_MONTHS = {
    name: number
    for number, name in enumerate(
        b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1
    )
}
_USUAL = re.compile(
    rb"\d+ \(((?:UID \d+|INTERNALDATE \"[^\"\\]*\"|FLAGS \([^()\"]*\)| )*)"
    rb"BODY\[HEADER\.FIELDS \([^()\"{]*\)\] \{\d+\}"
)
_ITEM = re.compile(rb"(UID|INTERNALDATE) (?:(\d+)|\"([^\"]*)\")")
_DATE = re.compile(
    rb" ?(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"
)
_UNASKED = re.compile(rb"\d+ \((?:UID \d+|MODSEQ \(\d+\)|FLAGS \([^()\"]*\)| )*\)")


def read_headings(records: Sequence[object]) -> dict[int, Heading] | None:
    """Read imaplib's records of one answer by UID; None for an unusual shape."""
    headings: dict[int, Heading] = {}
    rest = iter(records)
    for record in rest:
        if isinstance(record, bytes) and _UNASKED.fullmatch(record):
            continue  # a flag that another program changed
        if not (isinstance(record, tuple) and len(record) == 2):
            return None
        if not (match := _USUAL.fullmatch(record[0])) or next(rest, None) != b")":
            return None
        items = {name: number or date for name, number, date in _ITEM.findall(match[1])}
        if b"UID" not in items:
            return None
        uid = int(items[b"UID"])
        headings[uid] = Heading(
            uid=uid,
            received_at=read_date(items.get(b"INTERNALDATE", b"")),
            header=record[1],
        )
    return headings


def read_date(text: bytes) -> datetime | None:
    """Read an INTERNALDATE (RFC 3501, date-time) in UTC; None for no such date."""
    if not (match := _DATE.fullmatch(text)):
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        zone = timezone(offset if sign == b"+" else -offset)
        date = (int(year), _MONTHS[month], int(day))
        at = datetime(*date, int(hour), int(minute), int(second), tzinfo=zone)
        return at.astimezone(UTC)
    except (ValueError, LookupError, OverflowError):
        return None
