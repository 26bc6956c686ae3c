"""Lines of letters, and which of them can hold a match of a pattern.

What a line says by itself is found out once and remembered: a letter's HTML has the lines
of its text, and letters of one sender share most of theirs.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache, reduce
from operator import or_

from triage.core.stems import DIGIT, SHORTEST, Stems, leads, lower, reach, stems
from triage.core.words import fold

LONG = 1000  # characters of a line that is not worth remembering

Patterns = tuple[re.Pattern[str], ...]


class Phrase:
    """A pattern with what each of its matches must hold; one for each pattern."""

    __slots__ = "bit finditer leads match needs reach search sets".split()

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.search, self.match = pattern.search, pattern.match
        self.finditer = pattern.finditer
        self.sets = tuple(map(_bit, stems(pattern)))  # the rarest first
        self.needs = reduce(or_, self.sets, 0)
        self.leads = leads(pattern)
        self.reach = reach(pattern)
        self.bit = 1 << len(_PHRASES)
        _PHRASES[self.bit] = self.needs


_PHRASES: dict[int, int] = {}  # what each phrase needs, by its own bit
_BITS: dict[Stems, int] = {}  # a bit for each set of words, to test many sets at once
_OF_DIGITS = {DIGIT: 0}
_BY_START = {DIGIT[:SHORTEST]: _OF_DIGITS}  # words by how they begin, with their bits
_DIGIT = re.compile(DIGIT)
_KNOWN: dict[int, tuple[Patterns, tuple[Phrase, ...], int]] = {}

phrase = cache(Phrase)


def phrases(patterns: Patterns) -> tuple[tuple[Phrase, ...], int]:
    """Return the phrase of each pattern, and their bits together.

    It is remembered by the tuple itself: to hash a hundred patterns takes longer.
    """
    known = _KNOWN.get(id(patterns))
    if known is None:
        every = tuple(map(phrase, patterns))
        bits = reduce(or_, (one.bit for one in every), 0)
        known = _KNOWN[id(patterns)] = patterns, every, bits  # the first keeps its id
    return known[1:]


def _bit(words: Stems) -> int:
    if words not in _BITS:
        bit = _BITS[words] = 1 << len(_BITS)
        for word in words:
            alike = _BY_START.setdefault(word[:SHORTEST], {})
            alike[word] = alike.get(word, 0) | bit
        _remembered_sets.cache_clear()
    return _BITS[words]


def known_sets() -> int:
    """Count the sets of words that are looked for; more patterns may come to be known."""
    return len(_BITS)


def _sets(word: str) -> int:
    """Return the bits of the sets of which a text without blanks holds a word."""
    found = _OF_DIGITS[DIGIT] if _DIGIT.search(word) else 0
    for at in range(len(word) - SHORTEST + 1):
        for stem, bits in _BY_START.get(word[at : at + SHORTEST], {}).items():
            if word.startswith(stem, at):
                found |= bits
    return found


_remembered_sets = lru_cache(maxsize=8192)(_sets)


class Line:
    """A normalised line, as patterns read it."""

    __slots__ = ("_asked", "_holds", "folded", "small", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self.small = lower(self.folded)
        self._holds = self._asked = 0

    @property
    def holds(self) -> int:
        """Return the bits of the sets of which it holds a word."""
        if self._asked != len(_BITS):  # more patterns are known than when it was asked
            self._asked = len(_BITS)
            sets = _remembered_sets if len(self.text) < LONG else _sets
            self._holds = reduce(or_, map(sets, {*self.small.split()}), 0)
        return self._holds

    def may_hold(self, sought: Phrase) -> bool:
        """Say whether a match may lie in it."""
        return not sought.needs & ~self.holds


_remembered = lru_cache(maxsize=2048)(Line)


def line(text: str) -> Line:
    """Return a line of a normalised text."""
    return (_remembered if len(text) < LONG else Line)(text)


class Vocabulary:
    """The words of some lines, in which those of patterns are looked for."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = {*lines}
        self._asked, self._worth = 0, 0
        self._possible: dict[int, tuple[Phrase, ...]] = {}

    def possible(self, patterns: Patterns) -> tuple[Phrase, ...]:
        """Choose the patterns that are worth a search; asked again, it knows."""
        known = self._possible.get(id(patterns))
        if known is None:
            every, bits = phrases(patterns)
            if self._asked != len(_PHRASES):
                self._asked = len(_PHRASES)
                lacks = ~reduce(or_, [one.holds for one in self._lines], 0)
                able = [bit for bit, needs in _PHRASES.items() if not needs & lacks]
                self._worth = sum(able)
            worth = bits & self._worth
            known = tuple([one for one in every if one.bit & worth]) if worth else ()
            self._possible[id(patterns)] = known
        return known
