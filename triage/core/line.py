"""Lines of letters, and the words in them that patterns cannot do without.

What a line says by itself is found out once and remembered: a letter's HTML has the lines
of its text, and letters of one sender share most of theirs.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from triage.core.pattern import Pattern, Patterns
from triage.core.stems import DIGIT, SHORTEST, Stems, leads, lower, reach, stems
from triage.core.words import fold

LONG = 1000  # characters of a line that is not worth remembering
_LATE = ("finditer", "leads", "match", "reach", "search")


class Phrase:
    """A pattern with what each of its matches must hold; one for each pattern."""

    __slots__ = (*_LATE, "bit", "pattern", "sets", "words")

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern
        self.words = stems(pattern)  # the rarest first
        self.sets = tuple(map(_number, self.words))
        self.bit = 1 << len(_PHRASES)
        _PHRASES.append(self)
        _BY_RAREST.setdefault(self.sets[0] if self.sets else _NONE, []).append(self)

    def __getattr__(self, name: str) -> Any:
        """Find out the rest: most patterns are never worth a search."""
        if name not in _LATE:
            raise AttributeError(name)
        pattern = self.pattern
        self.search, self.match = pattern.search, pattern.match
        self.finditer = pattern.finditer
        self.leads, self.reach = leads(pattern), reach(pattern)
        return getattr(self, name)

    def may_match(self, small: str) -> bool:
        """Say whether a text in small letters is worth a search."""
        return all(
            DIGIT in words or any(word in small for word in words)
            for words in self.words
        )


_NONE = -1  # stands for a set where a pattern needs none
_NUMBERS: dict[Stems, int] = {}  # of the sets of words that patterns need
_OF_DIGITS: dict[str, tuple[int, ...]] = {}
_BY_START = {DIGIT[:SHORTEST]: _OF_DIGITS}  # words by how they begin, with their sets
_PHRASES: list[Phrase] = []
_BY_RAREST: dict[int, list[Phrase]] = {}  # the phrases by the first set they need
_KNOWN: dict[int, tuple[Patterns, tuple[Phrase, ...], int]] = {}
_DIGIT = re.compile(DIGIT)

phrase = cache(Phrase)


def phrases(patterns: Patterns) -> tuple[tuple[Phrase, ...], int]:
    """Return the phrase of each pattern, and their bits together.

    It is remembered by the tuple itself: to hash a hundred patterns takes longer.
    """
    known = _KNOWN.get(id(patterns))
    if known is None:
        every = tuple(map(phrase, patterns))
        bits = sum({one.bit for one in every})
        known = _KNOWN[id(patterns)] = patterns, every, bits  # the first keeps its id
    return known[1:]


def known_sets() -> int:
    """Count the sets of words that are looked for; more may come to be."""
    return len(_NUMBERS)


def _number(words: Stems) -> int:
    if words not in _NUMBERS:
        number = _NUMBERS[words] = len(_NUMBERS)
        for word in words:
            alike = _BY_START.setdefault(word[:SHORTEST], {})
            alike[word] = (*alike.get(word, ()), number)
        _remembered_sets.cache_clear()
    return _NUMBERS[words]


def _sets(word: str) -> frozenset[int]:
    """Return the sets of which a text without blanks holds a word."""
    found = set(_OF_DIGITS.get(DIGIT, ()) if _DIGIT.search(word) else ())
    for at in range(len(word) - SHORTEST + 1):
        for stem, numbers in _BY_START.get(word[at : at + SHORTEST], {}).items():
            if word.startswith(stem, at):
                found.update(numbers)
    return frozenset(found)


_remembered_sets = lru_cache(maxsize=8192)(_sets)


class Line:
    """A normalised line, as patterns read it."""

    __slots__ = ("_asked", "_holds", "folded", "small", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self.small = lower(self.folded)
        self._asked, self._holds = 0, frozenset[int]()

    @property
    def holds(self) -> frozenset[int]:
        """Return the numbers of the sets of which it holds a word."""
        if self._asked != len(_NUMBERS):  # more are known than when it was asked
            self._asked = len(_NUMBERS)
            sets = _remembered_sets if len(self.text) < LONG else _sets
            held = filter(None, map(sets, {*self.small.split()}))
            self._holds = frozenset().union(*held)
        return self._holds

    def may_hold(self, sought: Phrase) -> bool:
        """Say whether a match may lie in it."""
        return self.holds.issuperset(sought.sets)


_remembered = lru_cache(maxsize=2048)(Line)


def line(text: str) -> Line:
    """Return a line of a normalised text."""
    return (_remembered if len(text) < LONG else Line)(text)


class Choice:
    """Which of the phrases that are known is worth a search where so much is held."""

    def __init__(self, holds: frozenset[int], known: int) -> None:
        self.bits = 0  # of the phrases
        self.made: dict[int, tuple[Phrase, ...]] = {}  # by the patterns it was among
        for rarest in (holds | {_NONE}) & _BY_RAREST.keys() if known else ():
            for one in _BY_RAREST[rarest]:
                if holds.issuperset(one.sets):
                    self.bits |= one.bit

    def among(self, patterns: Patterns) -> tuple[Phrase, ...]:
        known = self.made.get(id(patterns))
        if known is None:
            every, bits = phrases(patterns)
            worth = bits & self.bits
            known = tuple([one for one in every if one.bit & worth]) if worth else ()
            self.made[id(patterns)] = known
        return known


_choice = lru_cache(maxsize=64)(Choice)
"""Text and HTML hold the same words, and letters of one template nearly the same."""


class Vocabulary:
    """The words of some lines, in which those of patterns are looked for."""

    def __init__(self, of: "Iterable[Line | Vocabulary]") -> None:
        self._of = {*of}
        self._asked, self._holds = 0, frozenset[int]()
        self._choice = Choice(self._holds, 0)

    @property
    def holds(self) -> frozenset[int]:
        """Return the numbers of the sets of which they hold a word."""
        if self._asked != len(_NUMBERS):  # more are known than when it was asked
            self._asked = len(_NUMBERS)
            self._holds = frozenset().union(*[one.holds for one in self._of])
        return self._holds

    def possible(self, patterns: Patterns) -> tuple[Phrase, ...]:
        """Choose the patterns that are worth a search; asked again, it knows."""
        known = self._choice.made.get(id(patterns))
        if known is None:
            phrases(patterns)  # it may be the first time that they are asked for
            self._choice = _choice(self.holds, len(_PHRASES))
            known = self._choice.among(patterns)
        return known
