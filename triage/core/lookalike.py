"""Domains that are made to be taken for another."""

import unicodedata
from collections.abc import Iterable

# What the eye takes for a Latin letter: Cyrillic, Greek, and digits in a word.
_TAKEN_FOR = str.maketrans(
    "авеікмнорстухѕјԁԛԝһοανυρ" + "0135",
    "abeikmhopctyxsjdqwhoavup" + "oles",
)


def lookalike(domain: str, domains: Iterable[str] = ()) -> str:
    """Name what is odd about a domain as a warning code, "" for nothing.

    `lookalike-domain` when it or a part of it looks like one of `domains` and is not;
    `mixed-script-domain` when one of its labels mixes alphabets.
    """
    shown = ".".join(_shown(label) for label in domain.lower().split("."))
    for real in domains:
        if _under(shown, real):
            return ""
        if _under(_skeleton(shown), _skeleton(real)):
            return "lookalike-domain"
    if any(len(_scripts(label)) > 1 for label in shown.split(".")):
        return "mixed-script-domain"
    return ""


def _under(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith("." + parent)


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


def _scripts(label: str) -> set[str]:
    """Return the alphabets of a label's letters, by the first word of their names."""
    return {unicodedata.name(c, "?").split(" ")[0] for c in label if c.isalpha()}
