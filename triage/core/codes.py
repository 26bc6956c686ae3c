"""Sign-in and pickup codes never leave a letter: not to the index, not to a digest."""

import re
from collections.abc import Callable, Iterable, Sequence

from triage.core.pattern import Pattern
from triage.core.stems import DIGIT, Stems, lower, stems
from triage.core.words import fold

Blot = Callable[[str], str]
"""Puts dots in place of codes, one for each character."""

QUOTE = 200  # the longest quote, in characters

_NAMED = Pattern(
    r"(?P<name>\b(?:код|шифр|парол|пин|pin\b|code\b|password)\w*\D{0,40}?)"
    r"(?P<code>\d(?:[ \u00a0-]?\d){3,9})(?![\d-])"
)
_BEFORE = Pattern(
    r"(?<![\d.,-])(?P<code>\d(?:[ \u00a0-]?\d){3,9})(?![\d.,-])"
    r"(?P<name>\s*[-–—:]?\s*(?:(?:это|ваш|is|your)\s+){0,2}(?:код|парол|пин|code\b|password))"
)
_BARE = re.compile(
    r"(?<![\d.,№#-])(?:\d{5,8}|\d{3} \d{3})(?![\d.,-]|\s*(?:₽|руб|р\.))",
    re.IGNORECASE,
)


def _words_of(pattern: Pattern) -> tuple[Stems, ...]:
    """Return the sets of words of each of which every match holds one."""
    return tuple(words for words in stems(pattern) if DIGIT not in words)


_ANNOUNCES, _EXPLAINS = _words_of(_NAMED), _words_of(_BEFORE)


def without_codes(text: str) -> str:
    """Mask digits that a word such as «код» announces, or names behind them."""
    small = lower(text)
    if _holds(small, _ANNOUNCES):
        text = _NAMED.sub(lambda m: m["name"] + "•" * len(m["code"]), text)
    if _holds(small, _EXPLAINS):
        text = _BEFORE.sub(lambda m: "•" * len(m["code"]) + m["name"], text)
    return text


def _holds(small: str, words: tuple[Stems, ...]) -> bool:
    """Say whether a text in small letters is worth the search that these words are of."""
    return all(any(word in small for word in some) for some in words)


def without_numbers(text: str) -> str:
    """Mask bare numbers as well: for letters of which nothing is known."""
    return _BARE.sub(lambda m: "•" * len(m[0]), without_codes(text))


def blot_of(secrets: Iterable[Pattern], *, widely: bool) -> Blot:
    """Make a blot of a pack's own patterns, too; `widely` it takes any bare number."""
    patterns = [(one, _words_of(one)) for one in secrets]
    mask = without_numbers if widely else without_codes

    def blot(text: str) -> str:
        folded = fold(text)
        small = lower(folded)
        for pattern in (one for one, words in patterns if _holds(small, words)):
            for match in pattern.finditer(folded):
                start, end = match.span("secret")
                text = f"{text[:start]}{'•' * (end - start)}{text[end:]}"
        return mask(text)

    return blot


def quote(sentence: str, secrets: Iterable[Pattern]) -> str:
    """Make a sentence fit to be shown: one line, no codes, not too long."""
    for pattern in secrets:
        folded = fold(sentence)
        for match in reversed(list(pattern.finditer(folded))):
            start, end = match.span("secret")
            sentence = f"{sentence[:start]}•••{sentence[end:]}"
    line = " ".join(sentence.split())
    return line if len(line) <= QUOTE else f"{line[: QUOTE - 1].rstrip()}…"


def blotted(pieces: Sequence[str], blot: Blot) -> list[str]:
    """Blot codes out of a text in pieces, also where they, or their name, are cut apart."""
    tight = blot("".join(pieces).replace("\u00a0", " "))
    loose = blot("\n".join(pieces).replace("\u00a0", " "))
    found, start = [], 0
    for number, piece in enumerate(pieces):
        end = start + len(piece)
        one, other = tight[start:end], loose[start + number : end + number]
        if "•" in one or "•" in other:
            told = zip(piece, one, other, strict=True)
            piece = "".join("•" if "•" in three else three[0] for three in told)  # noqa: PLW2901
        found.append(piece)
        start = end
    return found
