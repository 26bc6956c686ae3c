"""Makes the HTML of a letter fit to be looked at: nothing loads, runs or leads anywhere.

What is left is words in paragraphs, lists and tables. Colours and sizes go, so that no
text hides in the page's own; what the letter hid stays hidden. Links keep their words and
a number, under which their address stands as text.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import nh3

from triage.core.codes import Blot, blotted

LARGEST = 512 << 10  # characters
DEEPEST = 250  # elements inside each other; the sanitiser's time grows with the square
MOST_LINKS = 200
LONGEST_ADDRESS = 500

_TAGS = frozenset(
    "a abbr address article b blockquote br caption center cite code dd div dl dt em"
    " figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins li main ol p pre q s"
    " section small span strong sub sup table tbody td tfoot th thead tr u ul".split()
)
_GONE = frozenset(
    "script style title template noscript iframe object embed applet svg math audio"
    " video canvas textarea select option button datalist".split()
)
"""Elements of which not even the words are for a reader."""

_ATTRIBUTES = {
    "*": {"dir", "hidden", "style"},
    "a": {"href"},
    "img": {"alt"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_STYLE = re.compile(
    r"(?:^|;)\s*(text-align\s*:\s*(?:left|right|center|justify)"
    r"|font-weight\s*:\s*(?:bold|normal|[1-9]00)|font-style\s*:\s*(?:italic|normal)"
    r"|text-decoration\s*:\s*(?:underline|line-through|none)"
    r"|display\s*:\s*none|visibility\s*:\s*hidden)\s*(?:!important\s*)?(?=;|$)",
    re.IGNORECASE,
)
_SMALL = re.compile(r"\d{1,2}")
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff<>\"'`]")
_TAG = re.compile(r"(<[^>]*>)")
_TITLE = re.compile(r"^(</?)h1(?=[ >])")  # the page has one of its own
_NAME = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()
)
_OTHERS = frozenset("Cc Cf Cn Co Cs Zl Zp".split())


class Shown(NamedTuple):
    """Harmless HTML, and where its numbered links lead."""

    html: str
    links: tuple[str, ...]


def harmless(markup: str, blot: Blot, first: int = 1) -> Shown | None:
    """Clean a letter's HTML; None for one too large or too deep to be taken apart.

    `first` is the number of the first link.
    """
    if len(markup) > LARGEST or _depth(markup) > DEEPEST:
        return None
    clean = nh3.clean(
        markup,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE),
        attributes={name: set(some) for name, some in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        link_rel=None,
    )
    return _without_links(_TAG.split(clean), blot, first)


def _attribute(_tag: str, name: str, value: str) -> str | None:
    """Keep of an attribute what is harmless; nothing with a sign of markup in it."""
    if name == "style":
        return _style(value)
    if name in ("colspan", "rowspan", "start"):
        return value if _SMALL.fullmatch(value) else None
    if name == "href":
        return _ODD.sub("", value)[:LONGEST_ADDRESS] or None
    if name == "alt":
        return " ".join(_ODD.sub(" ", value).split())[:200]
    return "hidden" if name == "hidden" else value if value in ("rtl", "ltr") else None


@lru_cache(maxsize=64)
def _style(value: str) -> str | None:
    """Keep of a style what only lays words out; a letter says the same one many times."""
    kept = (match[1].lower() for match in _STYLE.finditer(value))
    return ";".join("".join(each.split()) for each in kept) or None


def _without_links(pieces: list[str], blot: Blot, first: int) -> Shown:
    """Put numbers in place of links, words in place of pictures, dots in place of codes."""
    found: list[str] = []
    places: list[int] = []  # of what is text
    texts: list[str] = []
    links: dict[str, int] = {}
    number: int | None = None
    for piece in pieces:
        if not piece.startswith("<"):
            places.append(len(found))
            texts.append(_printable(html.unescape(piece)))
            found.append("")
        elif piece.startswith(("<a ", "<a>")):
            address = html.unescape(piece.partition('href="')[2].partition('"')[0])
            number = links.setdefault(address, len(links)) if address else None
            found.append("<span>")
        elif piece == "</a>":
            listed = number is not None and number < MOST_LINKS
            found.append("</span>" + listed * f"<sup>[{first + (number or 0)}]</sup>")
            number = None
        elif piece.startswith("<img"):
            words = html.unescape(piece.partition('alt="')[2].partition('"')[0])
            if words:
                places.append(len(found) + 1)
                texts.append(f"[{_printable(words)}]")
                found += ["<span>", "", "</span>"]
        else:
            found.append(_TITLE.sub(r"\1h2", piece))
    for place, text in zip(places, blotted(texts, blot), strict=True):
        found[place] = html.escape(text, quote=False)
    return Shown("".join(found), tuple(links)[:MOST_LINKS])


def _printable(text: str) -> str:
    """Drop what has no shape of its own: controls, turned and hidden letters, soft hyphens."""
    plain = text.replace("\n", "").replace("\t", "").replace("\u00a0", "")
    if plain.isprintable():  # nearly all of them
        return text
    return "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in _OTHERS
    )


def _depth(markup: str) -> int:
    """Say how deep elements lie in each other at most, unclosed ones as if they did."""
    if markup.count("<") <= DEEPEST:
        return 0
    open_ones: dict[str, int] = {}
    depth = deepest = 0
    for closing, name in _NAME.findall(markup):
        name = name.lower()  # noqa: PLW2901
        if closing and open_ones.get(name):
            open_ones[name] -= 1
            depth -= 1
        elif not closing and name not in _VOID:
            open_ones[name] = open_ones.get(name, 0) + 1
            depth += 1
            deepest = max(deepest, depth)
    return deepest
