"""The letters a pattern cannot do without: a quick look before a slow search.

A regular expression that begins with a boundary is tried at every character of a text.
To look first for the words that each of its matches must hold is a hundred times
cheaper, and each word is looked for once in a letter, whatever the number of patterns.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, reduce
from operator import or_
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # another Python: searches are slower, and as right
    _parser = None

FEW = 4  # letters in brackets that are worth looking at one by one
SHORTEST = 3  # a shorter run of letters is in every text

DIGIT = r"\d+"  # stands for any digit among what matches begin with
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")

Stems = frozenset[str]
Patterns = tuple[re.Pattern[str], ...]

ALIKE = {
    "\u0130": "i",
    "\u0131": "i",
    "\u017f": "s",
    "\u1c80": "в",
    "\u1c81": "д",
    "\u1c82": "о",
    "\u1c83": "с",
    "\u1c84": "т",
    "\u1c85": "т",
    "\u1c86": "ъ",
}
"""Letters that a pattern without case takes for others, though they are no capitals."""


@cache
def stems(pattern: re.Pattern[str]) -> tuple[Stems, ...]:
    """Return sets of words in lower case: every match holds a word of each of them.

    No word holds a blank: what a pattern wants in a row is wanted word by word. The set
    that fewest texts will satisfy comes first.
    """
    if _parser is None:
        return ()
    found = _required(_parser.parse(pattern.pattern, pattern.flags))
    telling = dict.fromkeys(words for words in found if _weight(words) >= SHORTEST)
    return tuple(sorted(telling, key=lambda words: (len(words), -_weight(words))))


@cache
def leads(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return what matches begin with, in lower case: each with one of these.

    DIGIT is any digit; () is anything.
    """
    if _parser is None:
        return ()
    found = _beginnings(list(_parser.parse(pattern.pattern, pattern.flags)))
    return tuple(sorted(found)) if _weight(found) >= SHORTEST else ()


class Vocabulary:
    """The words of a text, each once, in which stems are looked for."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.words = "\n".join({word for text in texts for word in lower(text).split()})
        self.whole: Vocabulary | None = None  # one that is known to hold all of these
        self._found: dict[str, int] = {}
        self._held = self._looked_for = 0
        self._possible: dict[int, tuple[Patterns, Patterns]] = {}

    def possible(self, patterns: Patterns) -> Patterns:
        """Choose the patterns that are worth a search; asked again, it knows."""
        known = self._possible.get(id(patterns))
        if known is None:
            needs = _needs(patterns)
            lacking = ~self._bits()
            worth = tuple([one for one, needed in needs if not needed & lacking])
            known = self._possible[id(patterns)] = (patterns, worth)
        return known[1]  # the first keeps the id from being given to others

    def may_hold(self, pattern: re.Pattern[str]) -> bool:
        """Say whether a pattern is worth a search."""
        needed = _bits_of(pattern)
        return not needed & ~self._bits()

    def _bits(self) -> int:
        """Return the bits of all sets of which a word is held."""
        if self._looked_for != len(_BITS):
            self._looked_for = len(_BITS)
            words = self.whole.found() if self.whole else _BITS_BY_WORD
            self._found = {w: bits for w, bits in words.items() if w in self.words}
            self._held = reduce(or_, self._found.values(), 0)
        return self._held

    def found(self) -> dict[str, int]:
        """Return the words of any set that are held, with the bits of their sets."""
        self._bits()
        return self._found


_BITS: dict[Stems, int] = {}  # a bit for each set of words, to test many sets at once
_BITS_BY_WORD: defaultdict[str, int] = defaultdict(int)


def _bit(words: Stems) -> int:
    if words not in _BITS:
        _BITS[words] = 1 << len(_BITS)
        for word in words:
            _BITS_BY_WORD[word] |= _BITS[words]
    return _BITS[words]


@cache
def _bits_of(pattern: re.Pattern[str]) -> int:
    return reduce(or_, map(_bit, stems(pattern)), 0)


Needs = tuple[tuple[re.Pattern[str], int], ...]
_NEEDS: dict[int, tuple[Patterns, Needs]] = {}


def _needs(patterns: Patterns) -> Needs:
    """Return each pattern with its bits; to hash a hundred patterns takes longer."""
    known = _NEEDS.get(id(patterns))
    if known is None:
        known = patterns, tuple((one, _bits_of(one)) for one in patterns)
        _NEEDS[id(patterns)] = (
            known  # the first keeps the id from being given to others
        )
    return known[1]


def lower(text: str) -> str:
    """Write a text small, as a pattern without case reads it; positions stay."""
    for odd, plain in ALIKE.items():
        text = text.replace(odd, plain)
    return text.lower()


def _letter(code: int) -> str:
    """Return a small letter or a sign that nothing else is taken for, else ""."""
    letter = chr(code).lower()
    return letter if letter.isascii() or "а" <= letter <= "ё" else ""


def _required(tree: Iterable[Any]) -> list[Stems]:
    """List what a sequence must hold, set by set; a set may hold words that are short."""
    found: list[Stems] = []
    run = ""
    for operation, value in tree:
        name = str(operation)
        if name == "LITERAL" and (letter := _letter(value)):
            run += letter
            continue
        found += _words(run)
        run = ""
        if name == "SUBPATTERN":
            found += _required(value[-1])
        elif name == "BRANCH":
            choices = [max(_required(each), key=_weight) for each in value[1]]
            found.append(frozenset().union(*choices))
        elif name in REPEATS and value[0]:
            found += _required(value[2])
    return [*found, *_words(run)]


def _beginnings(tree: list[Any]) -> Stems:
    """List what a sequence may begin with, no further than is telling; "" is anything."""
    run = ""
    for place, (operation, value) in enumerate(tree):
        name, rest = str(operation), tree[place + 1 :]
        if name == "LITERAL" and (letter := _letter(value)):
            run += letter
            continue
        if name in ("AT", "ASSERT", "ASSERT_NOT") and not run:
            continue  # a place, not a letter
        if len(run) >= SHORTEST:
            break
        if name == "SUBPATTERN":
            choices = [value[-1]]
        elif name == "BRANCH":
            choices = value[1]
        elif name in REPEATS and value[0] and _is_digit(value[2]) and not run:
            return frozenset([DIGIT])
        elif name in REPEATS and value[:2] == (0, 1):
            choices = [value[2], []]
        elif name == "IN" and len(value) <= FEW and str(value[0][0]) != "NEGATE":
            choices = [[one] for one in value]
        else:
            break
        every = (_beginnings([*each, *rest]) for each in choices)
        return frozenset(run + lead for leads in every for lead in leads)
    return frozenset([run])


def _is_digit(tree: Iterable[Any]) -> bool:
    return str([*tree]) == "[(IN, [(CATEGORY, CATEGORY_DIGIT)])]"


def _words(run: str) -> list[Stems]:
    return [frozenset([word]) for word in run.split() or [""]]


def _weight(words: Stems) -> int:
    """Say how telling a set is: as its shortest word."""
    return min(map(len, words), default=0)
