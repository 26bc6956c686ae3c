"""The lines of a text, and where in them a pattern can match at all."""

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from triage.core.line import Line, Phrase, known_sets, line
from triage.core.stems import DIGIT
from triage.core.words import fold


class Lines:
    """A normalised text, line by line."""

    def __init__(self, text: str) -> None:
        self.folded = fold(text)
        self._lines = [line(one) for one in text.split("\n")]
        self._holds: list[tuple[int, frozenset[int]]] = []  # of each line, with its bit
        self._holding: dict[int, int] = {}  # by the number of a set, its lines' bits
        self._asked = 0

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    @cached_property
    def starts(self) -> list[int]:
        """Return where each line begins, and where one behind the last would."""
        return [*accumulate([len(one.text) + 1 for one in self._lines], initial=0)]

    def matches(
        self, sought: Phrase, limit: int, end: int = 0
    ) -> Iterator[re.Match[str]]:
        """Find a pattern from `end` up to a limit, as `finditer` does, and sooner."""
        lines = self.which_may(sought)
        if not lines:
            return
        if not sought.leads:
            yield from sought.finditer(self.folded, max(lines[0][0], end), limit)
            return
        for start in self._beginnings(sought, lines):
            if end <= start < limit:
                match = sought.match(self.folded, start, limit)
                if match is not None:
                    yield match
                    end = match.end()

    def which_may(self, sought: Phrase) -> list[tuple[int, int]]:
        """Return the bounds of the stretches of lines in which a match may begin.

        Every set of words that a match needs is in the line where it begins, or in one
        that it may reach.
        """
        count = len(self._lines)
        if count == 1:
            whole = [(0, len(self.folded) + 1)]
            return whole if self._lines[0].may_hold(sought) else []
        lines = (1 << count) - 1
        for one in sought.sets:
            lines &= _or_before(self._lines_with(one), min(sought.reach, count))
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
        small, places = self._small, set[int]()
        for lead in sought.leads:
            if DIGIT in lead:
                digits = re.compile(lead)
                for start, end in lines:
                    places.update(
                        [m.start() for m in digits.finditer(small, start, end)]
                    )
                continue
            for start, end in lines:
                last = end + len(lead) - 1  # it may go on in the next line
                at = small.find(lead, start, last)
                while at >= 0:
                    places.add(at)
                    at = small.find(lead, at + 1, last)
        return sorted(places)

    @cached_property
    def _small(self) -> str:
        return "\n".join([one.small for one in self._lines])


def _or_before(lines: int, reach: int) -> int:
    """Add to each line, by bits, so many lines before it."""
    near = 1
    while reach:
        step = min(near, reach)
        lines |= lines >> step
        reach, near = reach - step, near + step
    return lines
