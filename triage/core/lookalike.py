"""Domains that are made to be taken for another."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from triage.core.warning import Suspicion

# What the eye takes for a Latin letter: Cyrillic, Greek, and digits in a word.
_TAKEN_FOR = str.maketrans(
    "авеікмнорстухѕјԁԛԝһοανυρ" + "0135",
    "abeikmhopctyxsjdqwhoavup" + "oles",
)
_TOKEN = re.compile(r"[^\W_]+")
_TWICE = re.compile(r"(.)\1+")
_SHORTEST = 4  # letters of a name that is looked for inside other words


def lookalike(domain: str, domains: Iterable[str] = ()) -> Iterator[Suspicion]:
    """Yield what is odd about a domain.

    LOOKALIKE when it or a part of it looks like one of `domains` and is not;
    BRAND_IN_DOMAIN when the name of one stands in it, at either end of a word;
    MIXED_DOMAIN when one of its labels mixes alphabets.
    """
    real = tuple(domains)
    shown = ".".join(_shown(label) for label in domain.lower().split("."))
    if under(shown, real):
        return
    skeleton = _skeleton(shown)
    if under(skeleton, map(_skeleton, real)):
        yield Suspicion.LOOKALIKE
    elif any(_carries(skeleton, one) for one in real):
        yield Suspicion.BRAND_IN_DOMAIN
    if any(mixes_scripts(label) for label in shown.split(".")):
        yield Suspicion.MIXED_DOMAIN


def under(domain: str, parents: Iterable[str]) -> bool:
    """Say whether a domain is one of others, or lies below it."""
    return any(domain == one or domain.endswith("." + one) for one in parents)


def mixes_scripts(word: str) -> bool:
    """Say whether a word has letters of more than one alphabet."""
    scripts = {unicodedata.name(c, "?").split(" ")[0] for c in word if c.isalpha()}
    return not word.isascii() and len(scripts) > 1


def _carries(skeleton: str, real: str) -> bool:
    """Say whether a word of a domain begins or ends with another's own name."""
    brand = _skeleton(real).split(".", maxsplit=1)[0]
    words = (_TWICE.sub(r"\1", word) for word in _TOKEN.findall(skeleton))
    return len(brand) >= _SHORTEST and any(
        word.startswith(brand) or word.endswith(brand) for word in words
    )


def _shown(label: str) -> str:
    """Return a label as a mail program shows it (RFC 3492)."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _skeleton(domain: str) -> str:
    return domain.translate(_TAKEN_FOR).replace("rn", "m").replace("vv", "w")
