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
def stems(pattern: re.Pattern[str]) -> Stems:
    """Return words in lower case, one of which is in every match; none if unsure."""
    if _parser is None:
        return frozenset()
    return _required(_parser.parse(pattern.pattern, pattern.flags))


def _required(tree: Iterable[Any]) -> Stems:
    """Choose, of all that a sequence must hold, what is the least common in texts."""
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
            found.append(_required(value[-1]))
        elif name == "BRANCH":
            choices = [_required(each) for each in value[1]]
            if all(choices):
                found.append(frozenset().union(*choices))
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0]:
            found.append(_required(value[2]))
    found.append(frozenset([run]))
    best = max(found, key=lambda words: min(map(len, words), default=0))
    return best if all(len(word) >= SHORTEST for word in best) else frozenset()
