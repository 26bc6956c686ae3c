"""Facts told in words: «продавец ООО «Пример», ИНН 7704217370» is two of them."""

import re
from collections.abc import Collection, Iterator, Mapping

from triage.core.phrasebook import Phrase
from triage.core.words import fold

LONGEST_NAME = 6  # words

_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)?|\d+(?:[.:\-/]\d+)*")


def said(text: str) -> list[tuple[str, int, int]]:
    """List the words of a text in small letters, with their places."""
    return [
        (fold(m[0]).lower().replace("’", "'"), m.start(), m.end())
        for m in _WORD.finditer(text)
    ]


def names_of(facts: Mapping[str, str]) -> dict[Phrase, str]:
    """Return facts by what they are called, without what explains the name."""
    return {
        tuple(word for word, _, _ in said(re.split(r"[(:]", title)[0])): name
        for name, title in facts.items()
    }


def tell(
    text: str, names: Mapping[Phrase, str], known: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield name and value of each fact; "" stands for what is not told."""
    parts: list[str] = []
    for piece in re.split(r"(?<=[,;]) ", text):
        open_ = parts and parts[-1].endswith((",", ";"))
        if parts and not (
            open_
            and all(_fact(piece, names, known))
            and all(_fact(parts[-1], names, known))
        ):
            parts[-1] += f" {piece}"
        else:
            parts.append(piece)
    for part in parts:
        yield _fact(part.rstrip(",; "), names, known)


def _fact(
    text: str, names: Mapping[Phrase, str], known: Collection[str]
) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if equals and key.strip().lower() in known:
        return key.strip().lower(), value.strip()
    words = said(text)
    for length in range(min(LONGEST_NAME, len(words)), 0, -1):
        name = names.get(tuple(word for word, _, _ in words[:length]), "")
        if name in known:
            return name, text[words[length - 1][2] :].strip(" :=—–-")
    return "", ""
