"""The words of which a sentence may consist to be taken at its word.

No list of words that take a statement back is ever whole. Of sentences about money the
reverse is asked: one with a word that is not of the lexicon is not understood, and tells
nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from triage.core.pattern import Patterns

LONGEST = 500  # characters: nobody says more in a sentence about money

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_NAMED = re.compile(
    rf"«[^»\n]{{0,{LONGEST}}}»|\b[A-Za-z][\w.+&-]*"
)  # goods, shops, brands
_BEGINS = ".!?:;…|—\n"  # a capital behind one of these is no name


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words, beginnings of words, and asides that change nothing."""

    words: frozenset[str] = frozenset()  # small, with е for ё
    stems: frozenset[str] = frozenset()
    harmless: Patterns = ()

    @classmethod
    def of(cls, lists: Iterable[str], harmless: Patterns = ()) -> "Lexicon":
        """Read lists of words; «отмен*» stands for every word that begins so."""
        every = [word for one in lists for word in one.lower().split()]
        return cls(
            frozenset(word for word in every if not word.endswith("*")),
            frozenset(word[:-1] for word in every if word.endswith("*")),
            harmless,
        )

    def __add__(self, other: "Lexicon") -> "Lexicon":
        return Lexicon(
            self.words | other.words,
            self.stems | other.stems,
            self.harmless + other.harmless,
        )

    def strange(
        self, sentence: str, phrase: str = "", asides: Patterns | None = None
    ) -> list[str]:
        """Return the words of a folded sentence that are not of the lexicon.

        What stands in quotation marks or is a name counts as known, unless the phrase
        that was recognised lies in it. `asides` are as in `without_asides`.
        """
        if len(sentence) > LONGEST:
            return [sentence]
        text = self.without_asides(sentence, asides)
        text = _NAMED.sub(lambda m: m[0] if phrase and phrase in m[0] else " 0 ", text)
        return [
            match[0]
            for match in _WORD.finditer(text)
            if not (self.has(match[0].lower()) or _is_name(match))
        ]

    def without_asides(self, sentence: str, asides: Patterns | None = None) -> str:
        """Take out of a folded sentence what changes nothing: reasons, names of goods.

        `asides` are those of the harmless that may be in it; None is all of them.
        """
        for pattern in self.harmless if asides is None else asides:
            sentence = pattern.sub(" ", sentence)
        return sentence

    def has(self, word: str) -> bool:
        return word in self.words or any(one in self.stems for one in accumulate(word))


def _is_name(word: re.Match[str]) -> bool:
    """Tell a name by its capital within a sentence."""
    before = word.string[: word.start()].rstrip(" «\"'(*•-")
    return word[0][0].isupper() and before != "" and before[-1] not in _BEGINS
