"""The letters a pattern cannot do without: a quick look before a slow search.

A regular expression that begins with a boundary is tried at every character of a text.
To look first for the words that each of its matches must hold is a hundred times
cheaper, and each word is looked for once in a letter, whatever the number of patterns.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from triage.core.pattern import Pattern

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # another Python: searches are slower, and as right
    _parser = None

FEW = 4  # letters in brackets that are worth looking at one by one
SHORTEST = 3  # a shorter run of letters is in every text

DIGIT = r"[^\D]"  # any digit; its capital tells it from words, which are small
LINE = "^"
ENDLESS = 1000  # line ends
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")

Stems = frozenset[str]
_ANYTHING: Stems = frozenset([""])

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
def stems(pattern: Pattern) -> tuple[Stems, ...]:
    """Return sets of words in lower case: every match holds a word of each of them.

    No word holds a blank: what a pattern wants in a row is wanted word by word. DIGIT
    stands for any digit. The set that fewest texts will satisfy comes first.
    """
    if _parser is None:
        return ()
    found = _required(_tree(pattern))
    telling = dict.fromkeys(words for words in found if _weight(words) >= SHORTEST)
    needed = sorted(telling, key=lambda words: (len(words), -_weight(words)))
    for words in reversed([*needed]):
        if any(_implies(one, words) for one in needed if one is not words):
            needed.remove(words)
    return tuple(needed)


@cache
def leads(pattern: Pattern) -> tuple[str, ...]:
    """Return what matches begin with, in lower case: each with one of these.

    A lead with DIGIT in it is a pattern, LINE stands for where a line begins; () is
    anything.
    """
    if _parser is None:
        return ()
    tree = _tree(pattern)
    found = _beginnings(list(tree))
    if _weight(found) >= SHORTEST:
        shorter = [one for one in found if not any(map(one.startswith, found - {one}))]
        return tuple(sorted(shorter))
    shortest, _ = tree.getwidth()
    return (LINE,) if shortest and _begins_line(tree, pattern.flags) else ()


@cache
def reach(pattern: Pattern) -> int:
    """Return how many line ends a match may hold, ENDLESS where that cannot be said."""
    if _parser is None:
        return ENDLESS
    return _line_ends(_tree(pattern), pattern.flags)


@lru_cache(maxsize=1)  # all three are asked of one pattern after another
def _tree(pattern: Pattern) -> Any:
    return _parser.parse(pattern.pattern, pattern.flags)


def lower(text: str) -> str:
    """Write a text small, as a pattern without case reads it; positions stay."""
    for odd, plain in ALIKE.items():
        text = text.replace(odd, plain)
    return text.lower()


@cache
def _letter(code: int) -> str:
    """Return a small letter or a sign that nothing else is taken for, else ""."""
    letter = chr(code).lower()
    return letter if letter.isascii() or "а" <= letter <= "ё" else ""


def _required(tree: Any, run: str = "") -> list[Stems]:
    """List what a sequence must hold, set by set; a set may hold words that are short.

    `run` are the letters right before it: «получен|приехал» is parsed as «п», then one
    of «олучен» and «риехал».
    """
    found: list[Stems] = []
    for operation, value in tree.data:  # quicker than to ask the tree itself
        name = operation.name
        if name == "LITERAL" and (letter := _letter(value)):
            run += letter
            continue
        if run:
            found += _words(run)
        if name == "SUBPATTERN":
            found += _required(value[-1], run)
        elif name == "BRANCH":
            choices = [_telling(each, run) for each in value[1]]
            found.append(frozenset().union(*choices))
        elif name in REPEATS and value[0]:
            found += _required(value[2], run)
        elif name == "IN" and _is_digit([(operation, value)]):
            found.append(frozenset([DIGIT]))
        run = ""
    return [*found, *_words(run)] if run else found


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
            is_bound = place and _is_bound(tree[place - 1])
            fence = rf"(?<!\w{DIGIT})" if is_bound else ""  # behind: to scan is quicker
            return frozenset([f"{DIGIT}{fence}(?={DIGIT}{{{value[0] - 1}}})"])
        elif name in REPEATS and value[:2] == (0, 1):
            choices = [value[2], []]
        elif name == "IN" and len(value) <= FEW and str(value[0][0]) != "NEGATE":
            choices = [[one] for one in value]
        else:
            break
        every = (_beginnings([*each, *rest]) for each in choices)
        return frozenset(run + lead for leads in every for lead in leads)
    return frozenset([run])


def _begins_line(tree: Any, flags: int) -> bool:
    name, value = str(tree[0][0]), tree[0][1]
    if name == "SUBPATTERN" and len(value[-1]):
        return _begins_line(value[-1], (flags | value[1]) & ~value[2])
    return str(value) == "AT_BEGINNING" and bool(flags & re.MULTILINE)


def _line_ends(tree: Iterable[Any], flags: int) -> int:
    """Count the line ends that a match of a sequence may hold at most."""
    return min(sum(_ends_of(str(name), value, flags) for name, value in tree), ENDLESS)


def _ends_of(name: str, value: Any, flags: int) -> int:
    ends = ENDLESS
    if name in ("LITERAL", "NOT_LITERAL"):
        ends = int((chr(value) == "\n") == (name == "LITERAL"))
    elif name == "ANY":
        ends = int(bool(flags & re.DOTALL))
    elif name == "IN":
        is_negated = str(value[0][0]) == "NEGATE"
        ends = int(any(_is_line_end(str(n), one) for n, one in value) != is_negated)
    elif name == "SUBPATTERN":
        ends = _line_ends(value[-1], flags | value[1])
    elif name == "BRANCH":
        ends = max(_line_ends(each, flags) for each in value[1])
    elif name in REPEATS:
        ends = min(int(value[1]), ENDLESS) * _line_ends(value[2], flags)
    elif name in ("AT", "ASSERT", "ASSERT_NOT"):
        ends = 0
    return ends


def _is_line_end(name: str, value: Any) -> bool:
    """Say whether a line end is among some letters of a set."""
    if name == "LITERAL":
        return chr(value) == "\n"
    if name == "RANGE":
        return bool(value[0] <= ord("\n") <= value[1])
    return str(value) in ("CATEGORY_SPACE", "CATEGORY_NOT_WORD", "CATEGORY_NOT_DIGIT")


def _is_digit(tree: Iterable[Any]) -> bool:
    return str([*tree]) == "[(IN, [(CATEGORY, CATEGORY_DIGIT)])]"


def _is_bound(node: tuple[Any, Any]) -> bool:
    return str(node[1]) == "AT_BOUNDARY"


def _words(run: str) -> list[Stems]:
    return [frozenset([word]) for word in run.split()]


def _telling(choice: Any, run: str) -> Stems:
    """Return the most telling set that one of some choices adds to the letters before."""
    alone = _required(choice)
    begun = run[-1:].strip() and run.rsplit(maxsplit=1)[-1]
    behind = _required(choice, begun) if begun else alone
    pairs = zip(reversed(alone), reversed(behind), strict=False)  # a blank may be first
    added = max(pairs, key=lambda pair: _rank(pair[0]), default=(_ANYTHING, _ANYTHING))
    return added[1]


def _implies(one: Stems, other: Stems) -> bool:
    """Say whether every text that holds a word of one set holds one of the other."""
    return all(
        word in other or (word != DIGIT and any(part in word for part in other))
        for word in one
    )


def _rank(words: Stems) -> tuple[int, bool]:
    return _weight(words), DIGIT not in words


def _weight(words: Stems) -> int:
    """Say how telling a set is: as its shortest word. Few lines hold a digit."""
    return min((SHORTEST if w == DIGIT else len(w) for w in words), default=0)
