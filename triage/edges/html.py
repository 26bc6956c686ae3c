"""HTML becomes text in which cells never fuse and bold letters never split a number.

Block elements end a line, table cells end with a tab, inline elements leave no mark.
What a reader would not see is kept apart. Nothing is fetched and nothing is run.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from triage.core.charset import one_line

TOO_LARGE = "html-too-large"
LARGEST = 2 << 20  # characters; lexbor is quadratic in attributes and in depth
MOST_MARKS = 20_000  # attributes of one tag, or elements inside each other

_MOST_LINKS = 2_000
_SHORT = 500  # characters of a style that is worth remembering
_LONGEST_LINK = 4_096
_LINE, _CELL = "\x1e", "\x1f"  # of the letter's own, only &#30; and &#31; get here
_BETWEEN = f" {_CELL}"
_NOT_THEIRS = (b"\0", _LINE.encode(), _CELL.encode())  # in a page, a space
_BLOCKS = (
    "address article aside blockquote br center dd div dl dt fieldset figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section table tr ul"
)
_MARKS = {**dict.fromkeys(_BLOCKS.split(), _LINE), "td": _CELL, "th": _CELL}
_LINKS = frozenset(("a", "area"))
_QUOTES = "blockquote, .gmail_quote, .yahoo_quoted"
_NO_TEXT = frozenset("script style template head iframe object svg".split())
_SPACES = re.compile(" {2,}")
_BLANK = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1d\x7f-\x9f]")  # but for our marks
_HIDES = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|mso-hide:all"
    r"|opacity:0(?:\.0+)?(?=;|$|!)|max-height:0(?:px)?(?=;|$|!))"
)
_NO_SIZE = re.compile(r"(?:^|;)font-size:0(?:\.0+)?(?:px|pt|em|rem|%)?(?:;|$|!)")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset(b"area base br col embed hr img input link meta wbr".split())


class Page(NamedTuple):
    """What one HTML part says."""

    text: str
    links: tuple[str, ...] = ()
    hidden: str = ""
    defect: str = ""


def read_html(markup: str | bytes, *, but_quotes: bool = False) -> Page:
    """Read visible text, hidden text and the addresses of links, in document order.

    Bytes are UTF-8. What a mail program marks as quoted can be left out.
    """
    if len(markup) > LARGEST:
        return Page("", defect=TOO_LARGE)
    page = markup.encode("utf-8", "ignore") if isinstance(markup, str) else markup
    if _is_too_deep(page):
        return Page("", defect=TOO_LARGE)
    for sign in _NOT_THEIRS:
        page = page.replace(sign, b" ")
    body = LexborHTMLParser(page).body
    if body is None:
        return Page("")
    if but_quotes:
        for quote in reversed(body.css(_QUOTES)):  # those inside others first
            quote.decompose()
    seen, unseen, links = _walk(body)
    return Page(
        _flat("".join(seen)),
        tuple(dict.fromkeys(filter(None, map(link, links)))),
        _flat("".join(unseen)),
    )


def link(address: str) -> str:
    """Clean the address of a link as a browser would; "" when it is no address."""
    plain = address.isprintable() and " " not in address
    if not plain and _BLANK.search(address):
        address = one_line(address).replace(" ", "")
    return address if len(address) <= _LONGEST_LINK else ""


def _is_too_deep(markup: bytes) -> bool:
    if len(markup) < 2 * MOST_MARKS:
        return False
    if any(_attributes(tag) > MOST_MARKS for tag in _long_tags(markup)):
        return True
    if markup.count(b"<") <= MOST_MARKS:
        return False
    depth = deepest = 0
    for closing, name in _TAG.findall(markup):
        if closing:
            depth -= 1
        elif name.lower() not in _VOID:
            depth += 1
            deepest = max(deepest, depth)
    return deepest > MOST_MARKS


def _long_tags(markup: bytes) -> Iterator[bytes]:
    """Yield the stretches without the end of a tag that are long enough to matter."""
    start = 0
    while len(markup) - start >= 2 * MOST_MARKS:
        end = markup.rfind(b">", start, start + 2 * MOST_MARKS)
        if end < 0:
            end = markup.find(b">", start)
            end = len(markup) if end < 0 else end
            yield markup[start:end]
        start = end + 1


def _attributes(tag: bytes) -> int:
    """Count the places in a tag where an attribute may begin."""
    return len(tag) - len(tag.translate(None, b" \t\n\r\f/\"'"))


_SEEN, _TINY, _HIDDEN, _SKIPPED = range(4)  # tiny: until something inside sets a size


def _walk(body: LexborNode) -> tuple[list[str], list[str], dict[str, None]]:
    """Collect seen and unseen texts with their marks, and the links that are seen.

    Walks in document order without recursion.
    """
    seen: list[str] = []
    unseen: list[str] = []
    sinks: tuple[list[str], ...] = (seen, unseen, unseen, [])
    links: dict[str, None] = {}
    above: list[tuple[LexborNode, int, str]] = []
    state, node = _SEEN, body.first_child
    while node is not None or above:
        if node is None:
            node, around, mark = above.pop()
            sinks[state].append(mark)
            state = around
        elif (tag := node.tag or "-") == "-text":
            sinks[state].append(node.text_content or "")
        elif tag[0] != "-":  # neither a comment nor anything else without text
            around = state
            if state < _HIDDEN or tag in _LINKS:
                attributes = node.attributes
                if state < _HIDDEN and attributes:
                    state = _styled(attributes, state)
                if tag in _LINKS and (address := attributes.get("href")):
                    if state != _SEEN:
                        unseen.append(f" {address} ")
                    elif len(links) < _MOST_LINKS:
                        links[address] = None
            if tag in _NO_TEXT:
                state = _SKIPPED
            if state != around:
                unseen.append(_LINE)
            mark = _MARKS.get(tag, "")
            sinks[state].append(mark)
            if (child := node.first_child) is not None:
                above.append((node, around, mark))
                node = child
                continue
            sinks[state].append(mark)
            state = around
        node = node.next
    return seen, unseen, links


def _styled(attributes: Mapping[str, str | None], state: int) -> int:
    """Return the state inside an element, given the state it stands in."""
    if "hidden" in attributes:
        return _HIDDEN
    if not (style := attributes.get("style")):
        return state
    own = (_known if len(style) < _SHORT else _said)(style)
    return state if own is None else own


def _said(style: str) -> int | None:
    """Return the state that a style sets, None when it leaves it as it is."""
    plain = "".join(style.lower().split())
    if _HIDES.search(plain):
        return _HIDDEN
    if "font-size" in plain:
        # Layouts set no size on a wrapper, against gaps, and one on what is inside.
        return _TINY if _NO_SIZE.search(plain) else _SEEN
    return None


_known = lru_cache(maxsize=512)(_said)
"""Letters of one sender have the same styles."""


def _flat(text: str) -> str:
    """Turn marks into line ends and tabs, and every other run of blanks into a space."""
    for blank in "\t\r\n\f":
        text = text.replace(blank, " ")
    text = _CONTROL.sub(" ", text)
    if "  " in text:
        text = _SPACES.sub(" ", text)
    lines = (line.strip(_BETWEEN) for line in text.split(_LINE))
    return "\n".join([_cells(line) for line in lines if line]).strip(" \t\n")


def _cells(line: str) -> str:
    if _CELL not in line:
        return line
    cells = (cell.strip(" ") for cell in line.split(_CELL))
    return "\t".join(filter(None, cells))
