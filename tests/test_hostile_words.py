"""What a shop, a seller or a stranger may write, wherever the owner reads it again."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import html5lib
import pytest
from icalendar import Calendar
from mails import NINE, a_letter
from offline import an_app, bring

from triage.jobs.compose import compose

WORDS = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)><a href='javascript:alert(1)'>z</a>",
    "{{ 7*7 }}{% raw %}{{ digest }}",
    "\u202eexe.fdp\u202c при\u200bвет\ufeff\U000e0041",
    "\x1b[31mкрасный\x07\x9b31m",
    "a\u2028b\u2029c\x85d\x0be",
    "x,y;z\\n\\N\\,\nEND:VEVENT",
    "a%0ABcc:evil@evil.example%0D%0A",
    "</title></svg></style>]]>&amp;&#x202e;",
    "url(http://evil.example/x.png)",
    "Ж" * 400,
    "../../etc/passwd $(id) =1+1 #read(1)",
]
LATER = NINE + timedelta(days=4)
NOW = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)
NEWS = NOW - timedelta(hours=12)
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ue000-\uf8ff\U000e0000-\U000effff]"
)


def letters():
    for number, words in enumerate(WORDS, 1):
        order = f"12345678-{number:04}"
        link = f"https://www.ozon.ru/my/orderdetails/?order={order}"
        line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
        yield a_letter(
            subject=f"Заказ {order} оплачен {line}",
            text=f"Заказ {order} оплачен.\nИтого: 12 490,00 ₽\n{link}\n",
        )
        yield a_letter(
            subject=f"Заказ {order} отменён",
            text=f"Заказ отменён: «{words}»\n{words}\n{link}\n",
            html=f"<p>Заказ {order} отменён: «{words}»</p><a href='{link}'>{words}</a>",
            date=LATER,
            attachments=[(f"{line[:60]}.html", "text/html", words.encode())],
        )
        yield a_letter(
            subject=f"Заберите ваши товары: {line}",
            text=f"Заберите ваши товары «{words}».\n{words}\nЗабрать до вторника 17 марта,"
            f" 21:00\n{link}\n",
            date=NEWS,
        )
        yield a_letter(subject=f"{line} {order}", text=f"{words}\n", date=NEWS)
        name = re.sub(r"[^\w ]", "", line)[:40]
        yield a_letter(
            auth="none",
            sender=f"Ozon {name} <a@oz0n.ru>",
            subject=f"Ozon {line} {order}",
            text=f"{words}\nhttps://evil.example/pay\n",
            date=NEWS,
        )


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The pages of the orders, and the letter of the day as it goes out."""
    folder = tmp_path_factory.mktemp("home")
    app = an_app(folder, NOW)
    bring(app, letters())
    place = app.place
    with place.writing() as store:
        today = place.scribe.today(store, NOW, everything=True)
        assert compose(store, place.scribe.letterhead, today, NOW, at_once=True)
        [row] = store.rows("SELECT raw FROM outbox")
    yield (
        email.message_from_bytes(row["raw"], policy=email.policy.default),
        {p: p.read_text("utf-8") for p in place.home.orders.rglob("*.html")},
    )
    app.close()


def part(letter, media_type):
    [found] = [p for p in letter.walk() if p.get_content_type() == media_type]
    return found.get_content().replace("\r\n", "\n")


def assert_harmless(page):
    """A browser, of the parser that forgives nothing, finds only words and our own links."""
    assert not UNSEEN.search(page)
    assert "49{% raw" not in page
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    for element in parser.parse(page).iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in {"script", "iframe", "object", "form", "base"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            if name in ("href", "src"):
                assert re.match(
                    r"mailto:|#|data:image/svg|(?:\.\./|[\w-]+/)*[\w.-]*(?:#[\w-]+)?$",
                    value,
                ), value
            assert "evil" not in value or name in ("alt", "title")


def test_the_pages_of_the_orders_show_them_as_words(read):
    _, pages = read
    for page in pages.values():
        assert_harmless(page)
    assert len(pages) > 2 * len(WORDS)
    assert any("&lt;script&gt;alert(1)" in page for page in pages.values())


def test_the_letter_of_the_day_shows_them_as_words(read):
    letter, _ = read
    page = part(letter, "text/html")
    assert_harmless(page)
    assert "&lt;script&gt;" in page
    assert "a@oz0n.ru" in page
    assert not UNSEEN.search(part(letter, "text/plain"))
    assert "https://evil.example" not in part(letter, "text/plain")
    assert not UNSEEN.search(letter["Subject"])


def test_an_answer_that_is_prepared_has_one_recipient_and_two_fields(read):
    letter, _ = read
    links = re.findall(r'href="mailto:([^"]*)"', part(letter, "text/html"))
    assert links
    for link in links:
        to, _, fields = link.replace("&amp;", "&").partition("?")
        assert to == "me@example.org"
        assert re.fullmatch(r"subject=[^&=?#]*&body=[^&=?#]*", fields)
        assert not re.search(r"[\r\n]", unquote(fields))


def test_the_calendar_has_one_event_for_a_case_and_only_its_own_fields(read):
    letter, _ = read
    raw = part(letter, "text/calendar").encode()
    lines = raw.split(b"\n")
    assert max(map(len, lines)) <= 75
    calendar = Calendar.from_ical(raw.replace(b"\n", b"\r\n"))
    assert {each.name for each in calendar.walk()} <= {"VCALENDAR", "VEVENT", "VALARM"}
    for event in calendar.walk("VEVENT"):
        assert not {"ATTENDEE", "URL", "ATTACH", "LOCATION"} & set(event)
        assert not UNSEEN.search(f"{event['summary']}{event['description']}")
