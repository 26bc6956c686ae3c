"""Regular expressions that are compiled when they are first used.

Packs hold more than a thousand, of which one letter asks for some fifty.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

_COMPILED = "finditer fullmatch groupindex match search sub".split()


class Pattern:
    """A regular expression, used like one that is compiled."""

    __slots__ = ("flags", "pattern", *_COMPILED)

    finditer: Callable[..., Iterator[re.Match[str]]]
    fullmatch: Callable[..., re.Match[str] | None]
    groupindex: Mapping[str, int]
    match: Callable[..., re.Match[str] | None]
    search: Callable[..., re.Match[str] | None]
    sub: Callable[..., str]

    def __init__(self, pattern: str, flags: re.RegexFlag = re.IGNORECASE) -> None:
        self.pattern = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        """Compile it: something is asked for that is not known yet.

        Raises:
            re.error, OverflowError: it is not a regular expression.
        """
        if name not in _COMPILED:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for each in _COMPILED:
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)

    def __repr__(self) -> str:
        return f"Pattern({self.pattern!r})"


Patterns = tuple[Pattern, ...]

pattern = cache(Pattern)
"""Equal ones are one and the same: what is found out about it is found out once."""
