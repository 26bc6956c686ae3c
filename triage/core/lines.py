"""The lines of a text, and where in them a pattern can match at all."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from triage.core.line import Line, Phrase, known_sets, line
from triage.core.stems import DIGIT, LINE
from triage.core.words import fold


class Lines:
    """A normalised text, line by line."""

    def __init__(self, text: str) -> None:
        self.folded = fold(text)
        self._lines = [line(one) for one in text.split("\n")]
        self._small = "\n".join([one.small for one in self._lines])
        self.starts = [
            *accumulate([len(one.text) + 1 for one in self._lines], initial=0)
        ]
        """Where each line begins, and where one behind the last would."""
        self._holds: list[tuple[int, frozenset[int]]] = []  # of each line, with its bit
        self._holding: dict[int, int] = {}  # by the number of a set, its lines' bits
        self._asked = 0

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def starts_within(self, start: int, end: int) -> list[int]:
        """Return where the lines begin that begin in a stretch of the text."""
        return self.starts[
            bisect_left(self.starts, start) : bisect_left(self.starts, end)
        ]

    def matches(
        self, sought: Phrase, limit: int, end: int = 0
    ) -> Iterator[re.Match[str]]:
        """Find a pattern from `end` up to a limit, as `finditer` does, and sooner."""
        lines = self.which_may(sought, limit)
        if not lines:
            return iter(())
        if not sought.leads:
            return sought.finditer(self.folded, max(lines[0][0], end), limit)
        places = self._beginnings(sought, lines)
        return self._matches_at(places, sought, limit, end) if places else iter(())

    def _matches_at(
        self, places: list[int], sought: Phrase, limit: int, end: int
    ) -> Iterator[re.Match[str]]:
        for start in places:
            if end <= start < limit:
                match = sought.match(self.folded, start, limit)
                if match is not None:
                    yield match
                    end = match.end()

    def which_may(self, sought: Phrase, limit: int) -> list[tuple[int, int]]:
        """Return the stretches of lines in which a match may begin before a limit.

        Every set of words that a match needs is in the line where it begins, or in one
        that it may reach.
        """
        if len(self._lines) == 1:
            whole = [(0, len(self.folded) + 1)]
            return whole if self._lines[0].may_hold(sought) else []
        lines = (1 << bisect_left(self.starts, limit, 0, len(self._lines))) - 1
        for one in sought.sets:
            lines &= _or_before(self._lines_with(one), sought.reach)
            if not lines:
                return []
        found = []
        while lines:
            first = (lines & -lines).bit_length() - 1
            lines += 1 << first  # carries over all lines behind it that may
            last = (lines & -lines).bit_length() - 1
            lines &= lines - 1
            found.append((self.starts[first], self.starts[last]))
        return found

    def _lines_with(self, number: int) -> int:
        """Return the bits of the lines that hold a word of a set."""
        bits = self._holding.get(number)
        if bits is None:
            if self._asked != known_sets():
                self._asked = known_sets()
                self._holds = [(1 << n, one.holds) for n, one in enumerate(self._lines)]
            bits = sum([bit for bit, holds in self._holds if number in holds])
            self._holding[number] = bits
        return bits

    def _beginnings(self, sought: Phrase, lines: list[tuple[int, int]]) -> list[int]:
        """Return the places where one of a pattern's leads begins, whatever its case."""
        small = self._small
        places: list[int] = []
        for lead in sought.leads:
            if lead == LINE:
                for start, end in lines:
                    places += self.starts_within(start, end)
            elif DIGIT in lead:
                digits = re.compile(lead)
                for start, end in lines:
                    places += [m.start() for m in digits.finditer(small, start, end)]
            else:
                for start, end in lines:
                    last = end + len(lead) - 1  # it may go on in the next line
                    at = small.find(lead, start, last)
                    while at >= 0:
                        places.append(at)
                        at = small.find(lead, at + 1, last)
        return sorted({*places}) if len(places) > 1 else places


def _or_before(lines: int, reach: int) -> int:
    """Add to each line, by bits, so many lines before it."""
    if reach >= lines.bit_length():
        return (1 << lines.bit_length()) - 1
    near = 1
    while reach:
        step = min(near, reach)
        lines |= lines >> step
        reach, near = reach - step, near + step
    return lines
