"""Recognise the usual record of a FETCH answer by its first line.

A full IMAP parser in Python takes half of a first run's time. Here only the usual shape
is read: one literal, and atoms before it. Any other is left to the full parser.
"""

import re
from typing import NamedTuple

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
