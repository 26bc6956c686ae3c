"""Which words of a letter can be found again. Numbers cannot: a code is one."""

import re
from collections.abc import Callable, Iterable

from triage.core.codes import quote, without_numbers
from triage.core.message import Message, Where
from triage.core.pack import Identifiers
from triage.core.recogniser import Reading
from triage.core.words import fold, normal

Stem = Callable[[str], str]

FOUND = frozenset({"recognised", "unrecognised", "ambiguous", "sent"})
"""The outcomes of letters that a search looks at: those about somebody's purchases."""

LONGEST = 200_000  # characters of a letter: what stands behind them is small print
LONGEST_WORD = 40
MOST_DIGITS = 3  # in a word such as «A52»; more of them may be a code

_WORD = re.compile(r"[^\W\d_][^\W_]*")
_DIGIT = re.compile(r"\d")


def words(text: str) -> tuple[str, ...]:
    """List the words of a text once each, small, with е for ё, first mention first."""
    lines = "\n".join(dict.fromkeys(text.split("\n")))  # text and HTML have the same
    once = " ".join(dict.fromkeys(fold(normal(lines)).lower().split()))
    return tuple(
        word
        for word in dict.fromkeys(_WORD.findall(once))
        if len(word) <= LONGEST_WORD and len(_DIGIT.findall(word)) <= MOST_DIGITS
    )


def shadow(message: Message, reading: Reading, stem: Stem) -> str:
    """Write the words of a letter and their stems, which is all that a search knows of it.

    "" for a letter that is not to be found: a sign-in code, advertising, what is not
    about purchases, and what nobody vouches for.
    """
    if reading.stream is not None or not reading.pack or reading.outcome not in FOUND:
        return ""
    text = message.text(Where.TEXT, Where.HTML)[:LONGEST]
    told = words(f"{message.subject}\n{text}")
    return " ".join(dict.fromkeys((*told, *map(stem, told))))


def snippet(
    message: Message, stems: Iterable[str], stem: Stem, numbers: Identifiers
) -> str:
    """Quote the first line that says most of what was asked for, with no code in it."""
    wanted = frozenset(stems)
    text = message.text(Where.TEXT, Where.HTML)[:LONGEST]
    lines = [line for line in (message.subject, *normal(text).split("\n")) if line]

    def matches(line: str) -> int:
        told = {form for word in words(line) for form in (word, stem(word))}
        return sum(any(form.startswith(one) for form in told) for one in wanted)

    best = max(lines, key=matches, default="")
    return (
        without_numbers(quote(best, numbers.secrets)) if best and matches(best) else ""
    )
