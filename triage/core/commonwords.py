"""Which words of a letter say nothing of anybody: common ones, and those of the packs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from triage.core.pack import Marketplace
from triage.core.words import fold

SOFT = "\u00ad\u200b\u200c\u200d\u2060"
"""Signs that nobody sees, within a word or a number."""

ANSWER = "re"  # begins the subject of an answer: too short to be found in a pattern
LONGEST_END = 3  # letters that may follow the beginning of a word that a pattern names

_PATTERN_WORD = re.compile(r"[^\W\d_]{3,}")
_PATTERN_PATH = re.compile(r"[A-Za-z_][A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class CommonWords:
    """The words that say nothing of anybody."""

    words: frozenset[str]  # small, with е for ё
    stems: tuple[str, ...] = ()  # beginnings that the recognisers look for
    numbers: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()  # what the links of the shop are made of

    @classmethod
    def of(cls, words: Iterable[str], market: Marketplace) -> "CommonWords":
        """Take common words, and those that the recognisers of a pack look for."""
        patterns = [
            pattern
            for one in market.recognisers
            for pattern in chain(
                one.subject, one.any_of, one.none_of, one.unless, *one.extract.values()
            )
        ]
        links = [*market.identifiers.links]
        links += [p for one in market.recognisers for p in one.links]
        named = {
            word.lower()
            for pattern in patterns
            for word in _PATTERN_WORD.findall(_plain(pattern.pattern))
        }
        named |= {
            word for name in market.needles for word in (name, market.title.lower())
        }
        return cls(
            words=frozenset(fold(word.lower()) for word in words) | named | {ANSWER},
            stems=tuple(sorted(word for word in named if len(word) > 4)),
            numbers=frozenset(
                n
                for p in patterns
                for n in re.findall(r"(?<![\d{,])\d{2,3}(?![\d},])", p.pattern)
            ),
            paths=frozenset(
                word.lower()
                for pattern in links
                for word in _PATTERN_PATH.findall(
                    re.sub(r"\(\?P<\w+>|\\[a-z]", "", pattern.pattern)
                )
            )
            | {"my", "orderdetails", "order"},
        )

    def with_words(self, words: Iterable[str]) -> "CommonWords":
        """Add words that the owner says may be kept."""
        return replace(self, words=self.words | {fold(word.lower()) for word in words})

    def has(self, word: str) -> bool:
        small = fold("".join(c for c in word if c not in SOFT)).lower()
        if small in self.words:
            return True
        return any(
            small.startswith(stem) and len(small) - len(stem) <= LONGEST_END
            for stem in self.stems
        )


def _plain(pattern: str) -> str:
    """Write a pattern so that its words stand whole: without groups and classes."""
    return re.sub(
        r"\\[a-zA-Z]|\(\?P<\w+>|\[ее\]",
        lambda m: "е" if m[0] == "[ее]" else " ",
        pattern,
    )
