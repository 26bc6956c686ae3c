"""One passage of a letter: its sentences, its lines, and what governs them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

from triage.core.line import Phrase, Vocabulary, phrase
from triage.core.lines import Lines
from triage.core.message import Where
from triage.core.pattern import Pattern
from triage.core.words import normal

_STOP = re.compile(r"[.!?…\n](?:(?<=\n)|[.!?…]*(?=[\s»\")]|$))")
_SHORT = re.compile(r"\b(?:руб|р|г|д|ул|эт|кв|шт|т)\.\Z", re.IGNORECASE)
_CLOSES = re.compile(r"\d ?(?:руб|р|г|шт|т)\.$", re.IGNORECASE)  # «за 500 руб. Вернём»
_BEGINS = re.compile(r" ?[«\"(]?[A-ZА-ЯЁ]")
_LONGEST_SHORT = len("руб.")
_ITEM = re.compile(r"[-–—•·*✓>]|\d{1,2}[.)] |[a-zа-я]")  # how a line of a list begins
_SUPPOSES = re.compile(
    r"\W*(?:не|как|если|что (?:если|делать|будет)|можно|нужно|хотите|хочется|передумали"
    r"|остались|нашли)\b",
    re.IGNORECASE,
)
_QUOTED = ">"  # how a line of somebody else's letter begins
_PASSED_ON = r"original|forwarded|исходное|пересылаемое|пересланное"
_ANOTHER = tuple(  # what stands above a letter that is quoted or passed on
    phrase(Pattern(rf"^[ \t]*{one}$", re.IGNORECASE | re.MULTILINE))
    for one in (
        rf"[-—_=>]{{2,}} ?(?:{_PASSED_ON}|начало|цитата|сообщение|письмо)\b.*",
        rf"(?:{_PASSED_ON}) (?:message|сообщение):?",
        r".{0,200}\d.{0,200}\b(?:wrote|пишет|написала?|написал\(а\)):",
        r"(?:от|from):.*\n(?:.*\n){0,3}(?:тема|subject):.*",
    )
)
_CITED = re.compile(r"«[^»]{1,600}»|„[^“”]{1,600}[“”]|“[^”]{1,600}”|\"[^\"\n]{1,300}\"")
_MARKS = '«„“"'
_LABEL = re.compile(
    r"\b(?:чек\w*|статус\w*(?: \w+){0,3}|признак\w*(?: \w+){0,2}):? ?\Z", re.IGNORECASE
)
_NOTHING = re.compile(  # what stands below the name of something that there is not
    r"[:=]? ?(?:0(?:[.,]0+)?(?: ?(?:₽|руб\.?|р\.|шт\.?))?|нет|ноль|отсутству\w+|(?:не|ни)доступн\w+"
    r"|не (?:было|производил\w+|требуется|требовал\w+|оформлял\w+|выполнен\w*|отменял\w+"
    r"|предусмотрен\w*|запрошен\w*)|-|–|—|возможн\w+|доступн\w+|(?:в|от)ключен\w*)[.;]?",
    re.IGNORECASE,
)
_WRAP = re.compile(r"\n(?=[a-zа-яё])")
LONG_LINE = 120  # characters, where a letter has no line ends to count by
LONGEST_LIST = 30  # lines
WRAPPED = 40  # a line this long that goes on in a small letter was broken by a program


def _unwrap(line_end: re.Match[str]) -> str:
    start = line_end.start()
    line = line_end.string[max(start - WRAPPED, 0) : start]
    return " " if len(line) == WRAPPED and "\n" not in line else "\n"


class Voice:
    """One passage of a letter, normalised, with its ends of sentences and lines."""

    def __init__(self, where: Where, text: str) -> None:
        plain = normal(text)
        self.where = where
        self.text = _WRAP.sub(_unwrap, plain) if where is Where.TEXT else plain
        self.lines = Lines(self.text)
        self.folded = self.lines.folded
        self.vocabulary = Vocabulary(self.lines)
        self._known_ends: dict[int, int] = {}  # of its first lines, by how many
        self._known_stops: dict[int, list[int]] = {}  # by where the line begins

    def matches(
        self, sought: Phrase, limit: int, start: int = 0
    ) -> Iterator[re.Match[str]]:
        """Find a pattern as `finditer` does, only trying where a match may begin."""
        if not self.vocabulary.holds.issuperset(sought.sets):
            return iter(())
        return self.lines.matches(sought, limit, start)

    def _stops(self, start: int) -> list[int]:
        """Return where sentences end in the line that begins at a place."""
        if (stops := self._known_stops.get(start)) is None:
            end = self.text.find("\n", start) + 1 or len(self.text)
            found = _STOP.finditer(self.text, start, end)
            stops = [stop.end() for stop in found if self._ends(stop)]
            self._known_stops[start] = stops
        return stops

    def _begin(self, at: int) -> int:
        """Return where the sentence begins in which a place lies."""
        line = self.text.rfind("\n", 0, at) + 1
        stops = self._stops(line)
        before = bisect_right(stops, at)
        return stops[before - 1] if before else line

    def _ends(self, stop: re.Match[str]) -> bool:
        """Tell the end of a sentence from the point of «руб.» and the like."""
        if stop[0] != ".":
            return True
        end = stop.end()
        if self.text[end - 2].isdigit():
            line = self.text.rfind("\n", 0, end) + 1
            if self.text[line : end - 1].isdigit():
                return False  # the number of a list
        near = max(0, end - _LONGEST_SHORT - 2)
        if _BEGINS.match(self.text, end) and _CLOSES.search(self.text, near, end):
            return True
        return not _SHORT.search(self.text, max(0, end - _LONGEST_SHORT), end)

    @cached_property
    def _quoted_from(self) -> int:
        found = [
            start
            for one in _ANOTHER
            for first, last in self.lines.which_may(one, len(self.text))
            for start in self.lines.starts_within(first, last)
            if one.match(self.text, start)
        ]
        return min(found, default=len(self.text) + 1)

    def upto(self, lines: int) -> int:
        """Return where the first lines end, very long ones cut; 0 lines are all."""
        if not lines:
            return len(self.text)
        if (known := self._known_ends.get(lines)) is None:
            known = self._known_ends[lines] = self._upto(lines)
        return known

    def _upto(self, lines: int) -> int:
        end, furthest = -1, min(lines * LONG_LINE, len(self.text))
        for _ in range(lines):
            end = self.text.find("\n", end + 1, furthest)
            if end < 0:
                return furthest
        return end

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of the sentence in which a stretch of text lies."""
        stops = self._stops(self.text.rfind("\n", 0, max(end - 1, 0)) + 1)
        behind = bisect_left(stops, end)
        last = stops[behind] if behind < len(stops) else len(self.text)
        return self._begin(start), last

    def governing(self, start: int, end: int) -> Iterator[str]:
        """Yield the sentences whose conditions hold for one.

        They are itself, the question that it answers, and of a list the line that
        leads it in («Если …:»).
        """
        yield self.folded[start:end].strip()
        if asked := self._asked(start):
            yield asked
        line = self.text.rfind("\n", 0, self._first_letter(start)) + 1
        for _ in range(LONGEST_LIST):
            if not line:
                return
            above = self.text.rfind("\n", 0, line - 1) + 1
            last = self.text[above : line - 1].rstrip()
            if last.endswith(":"):
                yield self.folded[above:line]
                return
            if not _ITEM.match(self.folded, line) or not _ITEM.match(
                self.folded, above
            ):
                return
            line = above

    def _asked(self, start: int) -> str:
        """Return the question before a sentence, if that may be its condition."""
        end = self._begin(start)
        first = self._begin(end - 1) if end else 0
        before = self.folded[first:start].strip()
        if not before and first:  # the line above: a heading may ask what is told
            first = self._begin(first - 1)
            before = self.folded[first:start].strip()
            before = before if _SUPPOSES.match(before) else ""
        return before if before.endswith("?") else ""

    def line(self, start: int, end: int) -> str:
        """Return the lines in which a sentence stands, folded: its paragraph."""
        first = self.text.rfind("\n", 0, self._first_letter(start)) + 1
        last = self.text.find("\n", max(end - 1, first))
        return self.folded[first : last if last >= 0 else len(self.text)]

    def leading_in(self, start: int) -> str:
        """Return the line that leads in the paragraph of a sentence; "" for none.

        It ends in a colon, and stands right above the paragraph or in it.
        """
        line = self.text.rfind("\n", 0, self._first_letter(start)) + 1
        is_above = False
        for _ in range(LONGEST_LIST if line else 0):
            above = self.text.rfind("\n", 0, line - 1) + 1
            last = self.folded[above : line - 1].rstrip()
            if last.endswith(":"):
                return last
            if not above or (is_above and last):
                return ""
            is_above = is_above or not last
            line = above
        return ""

    def is_cited(self, start: int, end: int) -> bool:
        """Say whether words stand between quotation marks, and not as a status."""
        return any(one < start and end < other for one, other in self._cited)

    @cached_property
    def _cited(self) -> list[tuple[int, int]]:
        if not any(mark in self.text for mark in _MARKS):
            return []
        return [
            match.span()
            for match in _CITED.finditer(self.text)
            if not _LABEL.search(self.folded, max(match.start() - 40, 0), match.start())
        ]

    def below(self, end: int) -> str:
        """Return what is left of a line behind a sentence, or the line below it."""
        start = end
        while start < len(self.text) and self.text[start] in ": \n":
            start += 1
        last = self.text.find("\n", start)
        return self.folded[start : last if last >= 0 else len(self.text)]

    def is_of_nothing(self, end: int) -> bool:
        """Say whether what follows a sentence says that there is no such thing."""
        return bool(_NOTHING.fullmatch(self.below(end)))

    def is_quoted(self, start: int) -> bool:
        """Say whether a sentence is another letter's, which this one quotes."""
        at = self._first_letter(start)
        if at >= self._quoted_from:
            return True
        line = self.text.rfind("\n", 0, at) + 1
        return self.text.startswith(_QUOTED, line)

    def _first_letter(self, start: int) -> int:
        while start < len(self.text) and self.text[start].isspace():
            start += 1
        return start
