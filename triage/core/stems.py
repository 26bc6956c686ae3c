"""The letters a pattern cannot do without: a quick look before a slow search.

A regular expression that begins with a boundary is tried at every character of a text.
To look first for the words that each of its matches must hold is a hundred times cheaper.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # another Python: searches are slower, and as right
    _parser = None

SHORTEST = 3  # a shorter run of letters is in every text

Stems = frozenset[str]


@cache
def stems(pattern: re.Pattern[str]) -> tuple[Stems, ...]:
    """Return sets of words in lower case: every match holds a word of each of them."""
    if _parser is None:
        return ()
    found = _required(_parser.parse(pattern.pattern, pattern.flags))
    return tuple(dict.fromkeys(words for words in found if _weight(words) >= SHORTEST))


def _required(tree: Iterable[Any]) -> list[Stems]:
    """List what a sequence must hold, set by set; a set may hold words that are short."""
    found: list[Stems] = []
    run = ""
    for operation, value in tree:
        name = str(operation)
        if name == "LITERAL":
            run += chr(value).lower()
            continue
        found.append(frozenset([run]))
        run = ""
        if name == "SUBPATTERN":
            found += _required(value[-1])
        elif name == "BRANCH":
            choices = [max(_required(each), key=_weight) for each in value[1]]
            found.append(frozenset().union(*choices))
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0]:
            found += _required(value[2])
    found.append(frozenset([run]))
    return found


def _weight(words: Stems) -> int:
    """Say how telling a set is: as its shortest word."""
    return min(map(len, words), default=0)
