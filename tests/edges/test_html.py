import pytest

from triage.edges.html import read_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Заказ 123<b>45</b>678-0001</p>", "Заказ 12345678-0001"),
        ("12<wbr>34<span>56</span><i>78</i>-0001", "12345678-0001"),
        ("<td>no table</td>", "no table"),
        (
            "<table><tr><td>12345678</td><td>0001</td></tr><tr><td>x</td></tr></table>",
            "12345678\t0001\nx",
        ),
        ("<table><tr><th>a<th>b<tr><td>c<td>d</table>", "a\tb\nc\td"),
        ("<div>a</div>b<div>c</div>", "a\nb\nc"),
        ("a<p>b<p>c", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("a<br>b<br/><br>c", "a\nb\nc"),
        ("<h1>Заказ</h1>принят", "Заказ\nпринят"),
        ("Забрать до\r\n   вторника", "Забрать до вторника"),
        ("12&nbsp;490&#8239;₽", "12\xa0490\u202f₽"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<!-- a -->b<!-- unclosed", "b"),
        ("<title>a</title>b<script>c</script><style>d</style>", "b"),
        ("<svg><text>a</text></svg>b<template>c</template>", "b"),
        ("a\x00b\x1ec\x07d", "a b c d"),
        ("&#0;&#30;a&#31;b&#xD800;", "\ufffd\na\tb\ufffd"),
        ("plain words", "plain words"),
        ("", ""),
        ("<", "<"),
    ],
)
def test_text_is_separated_where_a_reader_sees_it(markup, text):
    assert read_html(markup).text == text


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "color:red; DISPLAY : None !important",
        "visibility: hidden",
        "mso-hide:all",
        "opacity:0",
        "max-height:0;overflow:hidden",
        "max-height: 0px",
        "font-size:0",
        "font-size: 0px !important",
    ],
)
def test_what_a_style_hides_is_kept_apart(style):
    page = read_html(
        f'<p>Заказ</p><div style="{style}">12345678<b>-0001</b>'
        '<a href="https://x.example/1">там</a></div><p>принят</p>'
    )

    assert page.text == "Заказ\nпринят"
    assert page.hidden == "12345678-0001 https://x.example/1 там"
    assert page.links == ()


def test_the_hidden_attribute_hides():
    assert read_html("<p hidden>a</p>b") == ("b", (), "a", "")


@pytest.mark.parametrize(
    "style",
    ["opacity:0.9", "max-height:40px", "font-size:0.9em", "border-display:nonesuch"],
)
def test_a_style_that_hides_nothing_hides_nothing(style):
    assert read_html(f'<p style="{style}">a</p>').text == "a"


def test_a_wrapper_without_a_size_shows_what_has_one():
    page = read_html(
        '<div style="font-size:0">gap<p style="font-size:14px">Заказ</p>gap</div>'
    )

    assert page.text == "Заказ"
    assert page.hidden == "gap\ngap"


def test_links_are_unescaped_cleaned_and_named_once():
    page = read_html(
        '<a href="https://x.example/?a=1&amp;b=2">a</a>'
        '<a href=" https://x.example/?a=1&amp;b=\r\n2 ">b</a>'
        "<area href=//y.example><a href=''>c</a><a>d</a>"
        '<a href="javascript:alert(1)">e</a>'
    )

    assert page.links == (
        "https://x.example/?a=1&b=2",
        "//y.example",
        "javascript:alert(1)",
    )


def test_a_base_changes_no_link():
    page = read_html('<base href="https://ozon.ru/"><a href="/my">a</a>')

    assert page.links == ("/my",)


@pytest.mark.parametrize(
    "markup",
    [
        "<p>" + "a " * (1 << 20),
        "<div " + "a1 " * 100_000 + ">text",
        '<div "' + 'a="b"' * 100_000 + ">text",
        "<div>" * 100_000,
        "<b>" * 50_000 + "text" + "</b>" * 50_000,
    ],
    ids=["long", "attributes", "quoted", "deep", "bold"],
)
def test_what_would_take_too_long_is_not_read(markup):
    assert read_html(markup).defect == "html-too-large"


def test_depth_within_the_limit_is_read():
    assert read_html("<div>" * 5_000 + "text").text == "text"
