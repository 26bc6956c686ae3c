"""Read the records of a FETCH answer; the usual ones are known by their first line.

A full IMAP parser in Python takes half of a first run's time. Here only the usual shape
is read: one literal, and atoms before it. Any other is left to the full parser, and what
that made of it is looked into here.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from triage.core.folder import Heading, Listed, Stamp, Status

_ITEMS = rb"(?:UID (\d{1,10})|FLAGS \([^()\"]*\)| )*"
_FIELDS = rb"HEADER\.FIELDS \([^()\"{]*\)"
_HEADING, _LETTER = (
    re.compile(rb"\* \d+ FETCH \(%s ?BODY\[%s\] \{(\d{1,10})\}\r\n" % (_ITEMS, section))
    for section in (_FIELDS, b"")
)


class Beginning(NamedTuple):
    """What stands before the only literal of a record."""

    size: int  # of the literal
    uid: int


Usual = Sequence[tuple[Beginning, bytes]]  # records of one literal
Others = Mapping[int, Mapping[bytes, Any]]


def heading_begins(line: bytes) -> Beginning | None:
    """Read the line before header fields; None for any other."""
    return _begins(_HEADING.fullmatch(line))


def letter_begins(line: bytes) -> Beginning | None:
    """Read the line before a whole letter; None for any other."""
    return _begins(_LETTER.fullmatch(line))


def _begins(match: re.Match[bytes] | None) -> Beginning | None:
    if match is None or match[1] is None:
        return None
    return Beginning(int(match[2]), int(match[1]))


def headings_of(usual: Usual, others: Others) -> dict[int, Heading]:
    """Return the header fields of letters."""
    headings = {begun.uid: Heading(begun.uid, header) for begun, header in usual}
    for uid, told in others.items():
        header = body_of(told, b"BODY[HEADER.FIELDS")
        if header is not None:
            headings[uid] = Heading(uid, header)
    return headings


def stamp_of(told: Mapping[bytes, Any]) -> Stamp:
    """Return how long a letter is and when it came in."""
    size = told.get(b"RFC822.SIZE")
    known = size if isinstance(size, int) else 0
    return Stamp(known, _utc(told.get(b"INTERNALDATE")))


def letters_of(usual: Usual, others: Others) -> dict[int, bytes]:
    """Return letters that have bytes."""
    letters = {begun.uid: raw for begun, raw in usual if raw}
    bodies = {uid: body_of(told, b"BODY[]") for uid, told in others.items()}
    return letters | {uid: raw for uid, raw in bodies.items() if raw}


def status_of(answer: Mapping[bytes, Any]) -> Status:
    """Read UIDVALIDITY and UIDNEXT; what is not told is 0, which equals no cursor."""
    return Status(int(answer.get(b"UIDVALIDITY", 0)), int(answer.get(b"UIDNEXT", 0)))


def listed_of(name: str, delimiter: Any, flags: Sequence[Any]) -> Listed:
    """Read a row of LIST, whose name is readable already."""
    words = (f.decode("ascii", "replace") for f in flags if isinstance(f, bytes))
    between = delimiter if isinstance(delimiter, bytes) else b""
    return Listed(
        name,
        between.decode("ascii", "replace"),
        frozenset(word.lstrip("\\").lower() for word in words),
    )


def body_of(answer: Mapping[bytes, Any], section: bytes) -> bytes | None:
    """Find a section in an answer; unasked answers and NIL hold none."""
    bodies = (
        value
        for key, value in answer.items()
        if key.startswith(section) and isinstance(value, bytes)
    )
    return next(bodies, None)


def _utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
