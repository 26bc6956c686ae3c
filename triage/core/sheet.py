"""A prepared letter as a sheet of paper: who writes to whom, the text, table, signature.

A letter of the packs marks its title with "# " and its headings with "## "; what stands
above the title is the block of addresses. All else shows by itself: lists begin with a
dash or a number, a table is what `calculation.plain` wrote, a day stands alone, a
signature has a line to sign on, and below "— — —" stands what the owner strikes out before sending.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from triage.core.words import NBSP

NOTE = "— — —"

_MARK = re.compile(r"^#{1,2} ", re.MULTILINE)
_ITEM = re.compile(r"(?:— |\d{1,2}[.)] )")
_SIGN = re.compile(r"_{3,}")
_DAY = re.compile(rf"\d{{1,2}}[ {NBSP}][а-я]+[ {NBSP}]\d{{4}}[ {NBSP}]г\.")


class Part(StrEnum):
    """What a stretch of a letter is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEMS = "items"
    TABLE = "table"
    DATE = "date"  # stands alone above the signature
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a letter; `rows` are the cells of a table, head first."""

    part: Part
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    apart: bool = False  # a paragraph that stands after a blank line


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter, ready to be set on paper."""

    head: tuple[str, ...]  # addresses, above the title; "" parts one from the next
    title: str
    blocks: tuple[Block, ...]
    note: str = ""  # for the owner, never for the addressee


def plain(text: str) -> str:
    """Return a letter as it is pasted: without the marks."""
    return _MARK.sub("", text)


def sheet(text: str) -> Sheet:
    """Take a rendered letter apart; one without a title is all text."""
    letter, _, note = text.partition(f"\n{NOTE}\n")
    lines = letter.rstrip("\n ").split("\n")
    place = next((n for n, line in enumerate(lines) if line.startswith("# ")), -1)
    head = "\n".join(lines[: max(place, 0)]).strip("\n")
    title = lines[place].removeprefix("# ") if place >= 0 else ""
    head_lines = tuple(head.split("\n")) if head else ()
    return Sheet(head_lines, title, tuple(_blocks(lines[place + 1 :])), note.strip())


def _blocks(lines: list[str]) -> Iterator[Block]:
    for kind, group, apart in _runs(lines):
        if kind is Part.TABLE:
            yield Block(kind, rows=_cells(group))
        elif kind is Part.HEADING:
            yield from (Block(kind, (line.removeprefix("## "),)) for line in group)
        elif kind is Part.ITEMS:
            yield Block(kind, tuple(group))
        elif kind is Part.SIGNATURE:
            yield from (Block(kind, (_SIGN.sub("", x).strip(),)) for x in group)
        else:
            opens = apart and kind is Part.PARAGRAPH
            for number, line in enumerate(group):
                yield Block(kind, (line,), apart=opens and number == 0)


def _runs(lines: Iterable[str]) -> Iterator[tuple[Part, list[str], bool]]:
    """Group neighbouring lines of one kind; a blank line ends a group.

    The last value says whether a blank line parts the group from one before it.
    """
    group: list[str] = []
    kind: Part | None = None
    apart = begun = False
    for line in (*lines, ""):
        now = _part(line) if line.strip() else None
        if kind is not None and now is not kind:
            yield kind, group, apart
            group = []
        if now is not None:
            apart = apart if group else begun and kind is None
            begun = True
            group.append(line)
        kind = now


def _part(line: str) -> Part:
    if line.startswith("## "):
        return Part.HEADING
    if _ITEM.match(line):
        return Part.ITEMS
    if NBSP * 2 in line:
        return Part.TABLE
    if _SIGN.search(line):
        return Part.SIGNATURE
    if _DAY.fullmatch(line):
        return Part.DATE
    return Part.PARAGRAPH


def _cells(lines: list[str]) -> tuple[tuple[str, ...], ...]:
    """Take an aligned table apart where all of its rows have a gap at the same place."""
    width = max(map(len, lines))
    padded = [line.ljust(width, NBSP) for line in lines]
    blank = [all(line[n] == NBSP for line in padded) for n in range(width)]
    gaps = [
        n
        for n in range(1, width)
        if blank[n] and blank[n - 1] and not (n > 1 and blank[n - 2])
    ]
    ends = zip([0, *gaps], [*gaps, width], strict=True)
    columns = [[line[start:end] for line in padded] for start, end in ends]
    return tuple(
        tuple(cell.strip(NBSP + " ").replace(NBSP * 2, " ") for cell in row)
        for row in zip(*columns, strict=True)
    )
