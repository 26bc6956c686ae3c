"""Write the HTML of a letter anew, masked: the same elements, none of the data."""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

_ELEMENTS = frozenset(
    "a abbr address article aside b big blockquote body br caption center code col"
    " colgroup dd del details div dl dt em figcaption figure font footer h1 h2 h3 h4 h5"
    " h6 head header hr html i img ins label li main map mark meta nav ol p pre q s"
    " section small span strike strong sub summary sup table tbody td tfoot th thead tr"
    " tt u ul wbr".split()
)
_UNSEEN = frozenset("script style template title noscript iframe object svg".split())
_VOID = frozenset("br col hr img meta wbr".split())
_WORDS = {
    "align": "left right center justify",
    "valign": "top middle bottom baseline",
    "dir": "ltr rtl",
    "border": "0 1",
    "cellpadding": "0 1 2 4 5 8 10",
    "cellspacing": "0 1 2 4 5 8 10",
    "colspan": "1 2 3 4 5 6",
    "rowspan": "1 2 3 4 5 6",
    "width": "100% 50% 600 640 560",
    "role": "presentation",
    "hidden": "hidden",
}
"""The attributes that are kept, and their values: of layout, never of a person."""

_STYLE = re.compile(
    r"(?:display: ?(?:none|block|inline|inline-block|table)|visibility: ?hidden"
    r"|opacity: ?[01]|max-height: ?0(?:px)?|mso-hide: ?all|font-weight: ?bold"
    r"|font-size: ?(?:0|1px|1[0-9]px|2[0-9]px)|text-align: ?(?:left|right|center)"
    r"|padding: ?(?:0|[1-9]px)|overflow: ?hidden)(?: ?!important)?",
    re.IGNORECASE,
)


class _Writer(HTMLParser):
    """Writes what it reads, element by element; what it does not know it leaves out."""

    def __init__(self, text: Callable[[str], str], link: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._text = text
        self._link = link
        self._unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen = self._unseen or tag
        elif tag in _ELEMENTS and not self._unseen:
            kept = "".join(self._attribute(name, value or "") for name, value in attrs)
            charset = ' charset="utf-8"' if tag == "meta" else ""
            self.written.append(f"<{tag}{charset}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = ""
        elif tag in _ELEMENTS - _VOID and not self._unseen:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.written.append(escape(self._text(data), quote=False))

    def _attribute(self, name: str, value: str) -> str:
        if name == "href":
            return f' href="{escape(self._link(value))}"'
        if name == "alt":
            return f' alt="{escape(self._text(value))}"'
        if name == "style":
            kept = [one.strip() for one in value.split(";")]
            kept = [one for one in kept if _STYLE.fullmatch(one)]
            return f' style="{"; ".join(kept)}"' if kept else ""
        if name == "hidden":
            return " hidden"
        if value.strip().lower() in _WORDS.get(name, "").split():
            return f' {name}="{value.strip().lower()}"'
        return ""


def masked_html(
    markup: str, text: Callable[[str], str], link: Callable[[str], str]
) -> str:
    """Mask the texts and links of a page; comments, scripts and styles are left out."""
    writer = _Writer(text, link)
    writer.feed(markup)
    writer.close()
    return "<!DOCTYPE html>\n" + "".join(writer.written).strip() + "\n"
