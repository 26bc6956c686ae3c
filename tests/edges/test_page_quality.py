"""The page in the eyes of those who read it: validators, mail programs, poor sight."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import pytest
from needs import needs
from PIL import Image, ImageChops, ImageStat
from sample_digest import full
from screen import NAMES, SCHEMES, WIDTHS, measure, shoot
from selectolax.lexbor import LexborHTMLParser

from triage.core.unbroken import whole_numbers
from triage.edges.pages import CLIPPED, render

TESTS = Path(__file__).parents[1]
PICTURES = TESTS / "screens"
CLIENTS = json.loads((TESTS / "mail_clients" / "caniemail.json").read_text("utf-8"))
languages = pytest.mark.parametrize("language", ["ru", "en"])
schemes = pytest.mark.parametrize("scheme", [*SCHEMES])


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {language: render(full(language), language).html for language in BOTH}


BOTH = ("ru", "en")


@languages
def test_the_page_is_valid_html(pages: dict[str, str], language: str) -> None:
    html5lib.HTMLParser(strict=True).parse(pages[language])


@languages
def test_the_encoding_is_said_where_browsers_look_for_it(
    pages: dict[str, str], language: str
) -> None:
    assert '<meta charset="utf-8">' in pages[language][:1024]


@languages
def test_the_page_says_its_language_and_its_headings_leave_no_level_out(
    pages: dict[str, str], language: str
) -> None:
    tree = LexborHTMLParser(pages[language])
    levels = [int(each.tag[1]) for each in tree.css("h1, h2, h3, h4")]

    assert tree.css_first("html").attributes["lang"] == language
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


@languages
def test_what_is_drawn_is_said_in_words_too(
    pages: dict[str, str], language: str
) -> None:
    tree = LexborHTMLParser(pages[language])
    ladders = tree.css("table")

    assert ladders
    for each in ladders:
        assert each.attributes["role"] == "img"
        assert str(each.attributes["aria-label"]).count(";") >= 5
    for link in tree.css("a"):
        assert link.text().strip()
        assert str(link.attributes["href"]).startswith("mailto:")


@languages
def test_the_page_is_far_below_what_is_clipped(
    pages: dict[str, str], language: str
) -> None:
    assert len(pages[language].encode()) < CLIPPED / 2


# --- contrast


def test_black_on_white_is_21_to_1() -> None:
    assert round(_contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(_contrast("#767676", "#ffffff"), 2) == 4.54


@languages
@schemes
def test_every_word_stands_out_from_its_ground(
    pages: dict[str, str], language: str, scheme: str
) -> None:
    seen = set()
    for text, colour, ground in _painted(pages[language], scheme):
        seen.add((colour, ground))
        ratio = _contrast(colour, ground)
        assert ratio >= 4.5, (text, colour, ground, round(ratio, 2))
    assert len(seen) > 8


def _painted(html: str, scheme: str) -> Iterator[tuple[str, str, str]]:
    """Yield every text with its colour and the colour behind it."""
    tree = LexborHTMLParser(html)
    dark = _rules(html) if scheme == "dark" else []

    def walk(node: Any, colour: str, ground: str) -> Iterator[tuple[str, str, str]]:
        style = dict(_declared(node.attributes.get("style") or ""))
        names = {
            node.tag,
            *(f".{c}" for c in str(node.attributes.get("class")).split()),
        }
        for selectors, declared in dark:
            if names & selectors:
                style |= declared
        if style.get("display") == "none":
            return
        colour = style.get("color", colour)
        ground = style.get("background-color", ground)
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                if words := child.text().strip():
                    yield words, colour, ground
            else:
                yield from walk(child, colour, ground)

    yield from walk(tree.body, "#000000", "#ffffff")


def _rules(html: str) -> list[tuple[set[str], dict[str, str]]]:
    media = html.partition("@media (prefers-color-scheme: dark) {")[2]
    block = media.partition("</style>")[0]
    return [
        (set(re.split(r",\s*", names.strip())), dict(_declared(body)))
        for names, body in re.findall(r"([^{}]+)\{([^{}]*)\}", block)
    ]


def _declared(style: str) -> Iterator[tuple[str, str]]:
    for each in style.split(";"):
        name, _, value = each.partition(":")
        if value:
            yield name.strip(), value.replace("!important", "").strip()


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, success criterion 1.4.3)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


# --- mail programs

GRACEFUL = {
    "css-at-media-prefers-color-scheme": "the page stays light, or is inverted",
    "css-border-radius": "corners are square",
    "css-border-spacing": "the rungs touch",
    "css-table-layout": "the rungs differ in width",
    "css-display-none": "the line for the list of letters is seen above the page",
    "css-max-height": "beside display: none",
    "css-overflow": "beside display: none",
    "css-overflow-wrap": "beside word-break",
    "css-white-space": "a number may break at its hyphen",
    "css-word-break": "a very long word makes the page wider",
    "html-aria-label": "the caption below the ladder says where the case stands",
    "html-role": "the same",
    "html-body": "the first element inside has the same colours",
    "html-doctype": "nothing here depends on it",
    "html-meta-color-scheme": "as without a dark scheme",
    "html-style": "all but the dark scheme stands in the elements",
}
"""What some program cannot do, and what is seen there instead."""

PLAIN = {
    *("css-color", "css-font-family", "css-border-left", "css-border-top"),
    *("css-border-color", "html-html", "html-head", "html-title", "html-meta"),
    *("html-a", "html-b", "html-br", "html-charset", "html-name", "html-content"),
    *("html-class", "html-href"),
}
"""What is as old as mail itself, so that nobody lists it."""


@languages
def test_the_page_asks_no_more_than_the_big_mail_programs_can_do(
    pages: dict[str, str], language: str
) -> None:
    used = set(_features(pages[language])) - PLAIN
    unknown = {feature for feature in used if feature not in CLIENTS}
    lacking = {
        feature: CLIENTS[feature]
        for feature in used - unknown - GRACEFUL.keys()
        if CLIENTS[feature]
    }

    assert not unknown
    assert not lacking
    assert all(CLIENTS[feature] and feature in used for feature in GRACEFUL)


@pytest.mark.parametrize("feature", ["html-svg", "css-display-flex", "css-position"])
def test_the_list_knows_what_does_not_work(feature: str) -> None:
    assert "gmail" in CLIENTS[feature] or "outlook" in CLIENTS[feature]


LISTED_AS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4"), "html-h1-h6"),
    **dict.fromkeys(("ul", "li"), "html-lists"),
    **dict.fromkeys(("table", "tbody", "tr", "td"), "html-table"),
    "style": "html-style",
}


def _features(html: str) -> Iterator[str]:
    """Name all that a page makes use of, as caniemail.com does."""
    yield "html-doctype"
    yield "css-at-media-prefers-color-scheme"
    for node in LexborHTMLParser(html).css("*"):
        yield LISTED_AS.get(node.tag, f"html-{node.tag}")
        for name, value in node.attributes.items():
            if name == "style":
                for declared, word in _declared(value or ""):
                    both = f"css-{declared}-{word}"
                    yield both if both in CLIENTS else f"css-{declared}"
            elif name == "name" and value == "color-scheme":
                yield "html-meta-color-scheme"
            elif name == "href":
                yield "html-mailto-links"
            else:
                yield f"html-{name}"


# --- pictures

browser = needs(*NAMES)
APPROVED_IN = "DejaVu Sans"  # the stored pictures; another font breaks lines elsewhere
SMALL = 80  # pixels: wide enough to see what moved, too few to see whose font it is


@browser
@pytest.mark.slow
def test_nothing_is_wider_than_the_screen(pages: dict[str, str]) -> None:
    shown = [(pages[language], width) for language in BOTH for width in WIDTHS]

    for (_, width), (_, needed) in zip(shown, measure(shown), strict=True):
        assert needed <= width


@browser
@pytest.mark.slow
def test_the_number_of_an_order_is_not_torn_at_its_hyphen() -> None:
    """In a frame narrower than the number, it hangs out whole or is torn."""
    torn = (
        '<body style="margin: 0; overflow-wrap: anywhere;"><p>12345678-0001</p></body>'
    )

    (_, before), (_, now) = measure([(torn, 75), (whole_numbers(torn), 75)])

    assert before <= 75 < now


def fonts() -> set[str]:
    """Ask which fonts this machine has for those that the page wants."""
    if (match := shutil.which("fc-match")) is None:
        return set()
    asked = ([match, "-f", "%{family}", name] for name in ("Roboto", "Arial", "sans"))
    return {subprocess.check_output(each, text=True) for each in asked}


@browser
@pytest.mark.slow
@pytest.mark.skipif(fonts() != {APPROVED_IN}, reason="other fonts than the pictures'")
@schemes
def test_the_page_looks_as_it_was_approved(
    pages: dict[str, str], tmp_path: Path, scheme: str
) -> None:
    for width, now in taken(pages["ru"], scheme, tmp_path / "now.png"):
        stored = Image.open(PICTURES / f"digest-{width}-{scheme}.png").convert("RGB")
        assert abs(now.height / stored.height - 1) < 0.06, width
        apart = ImageChops.difference(now.resize(stored.size), stored)
        assert sum(ImageStat.Stat(apart).mean) / 3 < 10, width


def taken(page: str, scheme: str, path: Path) -> Iterator[tuple[int, Image.Image]]:
    """Take a page's picture in every width, small."""
    heights = shoot([(page, width) for width in WIDTHS], scheme, path)
    left = 0
    with Image.open(path) as found:
        for width, height in zip(WIDTHS, heights, strict=True):
            yield width, reduced(found.crop((left, 0, left + width, height)))
            left += width


def reduced(picture: Image.Image) -> Image.Image:
    """Make a picture small; the letters go, the layout and its colours stay."""
    height = round(picture.height * SMALL / picture.width)
    return picture.convert("RGB").resize((SMALL, height), Image.Resampling.BOX)


if (
    __name__ == "__main__"
):  # after a look at them: python tests/edges/test_page_quality.py
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for scheme in SCHEMES:
            whole = Path(folder, "now.png")
            for width, picture in taken(render(full(), "ru").html, scheme, whole):
                stored = picture.quantize(32)
                stored.save(PICTURES / f"digest-{width}-{scheme}.png", optimize=True)
