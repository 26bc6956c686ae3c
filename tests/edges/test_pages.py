"""The written-out digest: one source, two sides, and nothing hostile in either."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sample_digest
from selectolax.lexbor import LexborHTMLParser
from standings import (
    MORNING,
    TODAY,
    WELL,
    a_digest,
    a_full_day,
    a_standing,
    a_step,
    told,
)

from triage.core.case import Fact
from triage.core.digest import Digest
from triage.core.news import (
    Health,
    Letters,
    Recognised,
    Unconfirmed,
    Undelivered,
    Unread,
)
from triage.core.step import Standing
from triage.edges.pages import CLIPPED, Page, render
from triage.errors import ConfigError

EVIL = (
    "\x1b[2J<script>alert(1)</script>\r\nBcc: x@y\u202e{{ 7 * 7 }}<img src=http://x/>"
)


def full() -> Digest:
    day = a_full_day()
    digest = a_digest(*day.pop("standings"), **day)
    assert digest is not None
    return digest


def page(*standings: Any, language: str = "ru", **more: Any) -> Page:
    digest = a_digest(*standings, always=True, **more)
    assert digest is not None
    return render(digest, language)


def test_the_subject_says_how_many_cases_and_how_much_money() -> None:
    assert page(a_standing()).subject == (
        "1 дело требует ответа сегодня · в работе 12\u00a0490\u00a0₽"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1 дело требует"),
        (2, "2 дела требуют"),
        (5, "5 дел требуют"),
        (11, "11 дел требуют"),
        (20, "20 дел требуют"),
    ],
)
def test_the_subject_counts_in_russian(number: int, words: str) -> None:
    crowd = [a_standing(order=f"1-{n}", number=n + 1) for n in range(number)]

    assert page(*crowd).subject.startswith(words)


def test_the_subject_leads_with_a_near_last_day() -> None:
    def subject(days: int) -> str:
        last_day = TODAY + timedelta(days=days)
        return page(
            a_standing(step=a_step(deadline_on=last_day, deadline_of="owner"))
        ).subject

    assert subject(0).startswith("Срок сегодня: 1 дело требует ответа ·")
    assert subject(1).startswith("Срок завтра: ")
    assert subject(2).startswith("Срок 25 ноября: ")
    assert subject(-3).startswith("Срок прошёл: ")
    assert subject(9).startswith("1 дело требует ответа сегодня")


def test_the_subject_of_a_quiet_day_says_so() -> None:
    waiting = a_standing("waiting", amount=None)
    history = {waiting.case.id: [told(waiting, TODAY)]}
    old = replace(WELL, last_read_at=MORNING - timedelta(days=2))

    assert page().subject == "Всё спокойно, открытых дел нет"
    assert page(waiting, told=history).subject == (
        "Сегодня делать нечего, ждём ответа по 1 делу"
    )
    assert page(health=old).subject == "Почта не читается с 21 ноября"


def test_the_first_line_is_the_age_of_the_last_good_read() -> None:
    def first(**ago: int) -> str:
        health = replace(WELL, last_read_at=MORNING - timedelta(**ago))
        return page(health=health).text.splitlines()[0]

    assert first(minutes=21) == "Почта прочитана 21 минуту назад."
    assert first(seconds=1) == "Почта прочитана только что."
    assert first(hours=3) == "Почта прочитана 3 часа назад."
    assert first(days=3).startswith(
        "Внимание: почта последний раз прочитана 20 ноября 2026 г. в 08:00."
    )
    never = page(health=replace(WELL, last_read_at=None)).text
    assert never.startswith("Внимание: почта ещё ни разу не прочитана")


def test_each_case_beside_a_story_has_a_line_of_its_own() -> None:
    def beside(number: int) -> Standing:
        return a_standing("waiting", number=number, name=f"beside-{number}")

    text = page(a_standing(number=1), beside(2), beside(3)).text

    lines = text.splitlines()
    place = lines.index("   Ещё по этому заказу:")
    assert [line[:13] for line in lines[place + 1 : place + 4]] == [
        "   - Дело 2: ",
        "   - Дело 3: ",
        "",
    ]


@pytest.mark.parametrize("side", ["text", "html"])
def test_what_stands_in_the_settings_is_not_asked_for_by_mail(side: str) -> None:
    step = replace(a_step("claim"), lacks=("owner_name", "seller_inn"))
    digest = a_digest(a_standing(step=step, number=3))

    written = _plain(getattr(render(digest, "ru"), side))

    assert "Впишите в настройки: " in written
    assert "owner_name=" not in written
    assert "не хватает сведений" in written


@pytest.mark.parametrize("side", ["text", "html"])
def test_both_sides_tell_the_whole_day(side: str) -> None:
    written = _plain(getattr(render(full(), "ru"), side))

    for words in (
        "Последний день завтра",
        "Отправьте претензию продавцу заказным письмом",
        "12 490,00 ₽",
        "Ваш последний день: 24 ноября 2026 г. (срок по закону)",
        "ждать ответа до 25 ноября 2026 г. (наш совет)",
        "ст. 22, п. 4 ст. 26.1 Закона РФ № 2300-1",
        "проверьте редакцию нормы",
        "ООО «Пример» — заказное письмо с описью",
        "страница заказа (снимок)",
        "triage fact 3 seller_inn=…",
        "Прошу назвать точный день доставки.",
        "«Заказ отменён, деньги вернём»",
        "Похоже, заказ отменён. Верно?",
        "Ждём до 25 ноября 2026 г. (наш совет), потом: Претензия продавцу",
        "до 1 декабря 2026 г.",
        "Деньги возвращены.",
        "заказ 12345678-0010: посылка передана в доставку",
        "письмо о заказе, которого никто не узнал",
        "noreply@shop-bonus.example",
        "Писем Shop на сервере 214, в архиве 214, не прочитано 0",
        "последний успешный опрос 07:40",
        "Опись: 214 строк, " + "ab" * 32,
        "Журнал: 57 строк, " + "cd" * 32,
    ):
        assert words in written, words


def test_a_case_that_asks_is_told_as_its_question() -> None:
    asking = a_standing(asks="Похоже, заказ отменён. Верно?")

    text = page(asking).text

    assert "1. Новое дело. Вопрос к вам" in text
    assert "Похоже, заказ отменён. Верно?" in text
    assert "Под вопросом: «Деньги за отменённый заказ не вернулись»." in text
    tail = page(asking, told={asking.case.id: [told(asking, TODAY)]}).text
    assert "Дело 3: Похоже, заказ отменён. Верно?" in tail
    assert asking.case.title not in tail


@pytest.mark.parametrize("side", ["text", "html"])
def test_no_question_ends_with_two_marks(side: str) -> None:
    asking = "Похоже, заказ отменён. Верно?"
    leading, alone = (
        a_standing(number=number, order=f"12345678-000{number}", asks=words)
        for number, words in ((1, None), (3, asking))
    )
    beside = a_standing(
        "waiting", number=2, name="other", order=leading.case.order, asks=asking
    )

    before = {beside.case.id: [told(beside, TODAY)]}
    written = getattr(page(leading, beside, alone, told=before), side)

    assert "Ещё по этому заказу" in written
    assert written.count("Верно?") >= 2
    assert not re.search(r"[?!.](?:</[a-z]+>)?[.?!]", written)


def test_problems_are_told_on_top() -> None:
    health = replace(WELL, problems={"main": "неверный пароль"})

    written = page(health=health, undelivered=[Undelivered(TODAY, "550 spam")])

    for side in (written.text, written.html):
        top = _plain(side)[: _plain(side).index("ничего не требуется")]
        assert "Ящик «main»: неверный пароль" in top
        assert "Письмо за 23 ноября почтовый сервер не принял: 550 spam" in top


def test_nothing_from_mail_becomes_markup_or_a_line_of_its_own() -> None:
    hostile = a_standing(
        title=EVIL,
        asks=EVIL,
        facts=(Fact("x", EVIL, "ab" * 32, EVIL),),
        step=a_step(lacks=(EVIL,), action=EVIL, addressee=EVIL, after=EVIL),
    )
    letters = Letters(
        recognised=[Recognised(order=EVIL, title=EVIL, received_on=TODAY)],
        unread=[Unread(evidence=EVIL, reason=EVIL, order=EVIL, received_on=TODAY)],
        unconfirmed=[
            Unconfirmed(evidence=EVIL, sender=EVIL, reason=EVIL, received_on=TODAY)
        ],
    )
    health = replace(WELL, problems={EVIL: EVIL})

    for language in ("ru", "en"):
        written = page(hostile, letters=letters, health=health, language=language)

        assert "\n" not in written.subject
        for side in (written.subject, written.text, written.html):
            assert not _controls(side)
        assert not any(line.startswith("Bcc") for line in written.text.splitlines())
        assert "49" not in written.text.replace("12 490", "").replace("12\u00a0490", "")
        assert _tags(written.html).isdisjoint({"script", "img", "a", "form", "link"})


def test_a_prepared_letter_keeps_its_lines_and_cannot_leave_its_box() -> None:
    case = a_standing()
    texts = {case.case.id: "Здравствуйте!\n</div><h1>СДЕЛАТЬ СЕГОДНЯ</h1>\n\x07--\nх"}

    written = page(case, texts=texts)

    assert "\n—— начало текста ——\nЗдравствуйте!\n</div>" in written.text
    assert "\n- -\nх\n—— конец текста ——\n" in written.text
    assert "&lt;/div&gt;&lt;h1&gt;СДЕЛАТЬ" in written.html


@pytest.mark.parametrize(
    ("addressee", "channel", "line"),
    [
        ("юристу", "по почте", "Кому: юристу — по почте"),
        ("юристу", "", "Кому: юристу"),
        ("", "в пункте выдачи", "Где: в пункте выдачи"),
        ("", "", ""),
    ],
)
def test_what_is_sent_to_nobody_names_a_place_and_no_addressee(
    addressee: str, channel: str, line: str
) -> None:
    written = page(a_standing(step=a_step(addressee=addressee, channel=channel)))
    lines = [
        each.strip()
        for each in written.text.splitlines()
        if each.strip().startswith(("Кому", "Где"))
    ]

    assert lines == [line] * bool(line)
    assert ("<b>Кому:</b>" in written.html) == line.startswith("Кому")
    assert ("<b>Где:</b>" in written.html) == line.startswith("Где")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_page_needs_nothing_from_outside(language: str) -> None:
    html = render(full(), language).html

    assert not re.search(r"https?:|//|url\(|@import|src=|<script|<form", html)
    assert _tags(html) >= {"h1", "h2", "h3", "title"}
    assert html.count("<h1") == 1
    assert "@media (prefers-color-scheme: dark)" in html
    assert re.search(r'<div class="card[^>]*style="', html)


def test_the_english_letter_has_english_words_around_the_packs_own() -> None:
    written = render(full(), "en")

    assert written.subject.startswith("Due tomorrow: 3 cases need you · ")
    assert "Your last day: 24 November 2026" in written.text
    chrome = _without_values(written.text)
    assert not re.search("[а-яё]{3}", chrome), chrome


def test_a_crowded_day_stays_below_what_mail_programs_clip() -> None:
    crowd = [
        a_standing(
            order=f"1-{n}", number=n, amount=Decimal(n), step=a_step(basis="н" * 400)
        )
        for n in range(1, 300)
    ]
    texts = {each.case.id: "Длинный текст. " * 800 for each in crowd}
    unread = Unread(evidence="ab" * 32, reason="п" * 5000, received_on=TODAY)
    letters = Letters(
        recognised=[Recognised(order="1", title="т" * 900, received_on=TODAY)] * 500,
        unread=[unread] * 500,
    )

    written = page(*crowd, texts=texts, letters=letters)

    assert len(written.html.encode()) <= CLIPPED
    assert "triage letter " in written.html
    assert "И ещё" in _plain(written.html)
    assert "Длинный текст." in written.text


def test_unknown_counts_are_left_out() -> None:
    health = Health(on_server=None, archived=7, unread=1, last_read_at=None)

    assert (
        "Писем Shop в архиве 7, не прочитано 1, последний успешный опрос — не было"
        in (page(health=health).text)
    )


def test_the_owners_own_template_replaces_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "digest.txt.j2").write_text("мой {{ digest.today }}\n")

    written = render(full(), "ru", tmp_path)

    assert written.text == "мой 2026-11-23\n"
    assert "Сделать сегодня" in written.html


@pytest.mark.parametrize(
    "template",
    [
        "{{ digest.nothing }}",
        "{% if %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    ],
)
def test_a_template_that_does_not_work_is_a_fault_of_the_pack(
    tmp_path: Path, template: str
) -> None:
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "digest.txt.j2").write_text(template)

    with pytest.raises(ConfigError, match="ru"):
        render(full(), "ru", tmp_path)


def test_an_unknown_language_is_said() -> None:
    with pytest.raises(ConfigError, match="xx"):
        render(full(), "xx")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def _tags(html: str) -> set[str]:
    parser = _Tags()
    parser.feed(html)
    return parser.tags


def _plain(side: str) -> str:
    """Return the words of either side with single spaces."""
    if side.startswith("<"):
        parser = _Tags()
        parser.feed(side)
        side = "".join(parser.said)
    return " ".join(side.split())


def _controls(text: str) -> Iterator[str] | list[str]:
    return [c for c in text if unicodedata.category(c)[0] == "C" and c != "\n"]


def _without_values(text: str) -> str:
    """Drop what the packs and letters say, leaving the template's own words."""
    day = a_full_day()
    values = [words for s in day["standings"] for words in _strings(s)]
    values += [
        words
        for kind in ("recognised", "unread", "unconfirmed")
        for each in getattr(day["letters"], kind)
        for words in _strings(each)
    ]
    values += ["срок по закону", "наш совет", "ИНН продавца", "Деньги возвращены"]
    values += ["страница заказа (снимок)", "письма о заказе и оплате", "выписка банка"]
    values += [line for t in day["texts"].values() for line in t.splitlines() if line]
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "")
    return text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _strings(each)
    elif hasattr(value, "__slots__") and hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _strings(getattr(value, name))


def test_no_line_of_the_page_ends_between_a_number_and_what_it_counts() -> None:
    html = render(full(), "ru").html

    assert "24\u00a0ноября\u00a02026\u00a0г." in html
    assert "п.\u00a04\u00a0ст.\u00a026.1" in html or "ст.\u00a022" in html
    assert "24 ноября" not in html.partition("<body")[2]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_text_says_what_the_page_says_in_the_same_order(language: str) -> None:
    """But for the subject, what is drawn, and where the page has its ready texts."""
    asked = a_standing(number=7, order="12345678-0007", asks="Верно?")
    for digest in (sample_digest.full(language), full(), a_digest(asked)):
        assert digest is not None
        written = render(digest, language)
        text = " ".join(written.text.split()).casefold()

        place, count = 0, 0
        for words in _read_out(written.html):
            found = text.find(words, place)
            assert found >= 0, (words, text[place : place + 300])
            place, count = found + len(words), count + 1
        assert count > 10


def _read_out(html: str) -> Iterator[str]:
    """Yield the words of a page that are to stand in its text as well."""
    tree = LexborHTMLParser(html)
    for node in tree.css(".peek, h1, .ladder, .pill, li a"):
        node.decompose()
    assert tree.body is not None
    elsewhere = False
    for node in tree.body.traverse(include_text=True):
        words = " ".join((node.text() or "").split()).casefold()
        if node.tag == "h2":
            elsewhere = words in {"готовые тексты", "ready texts"}
        words = words.strip(" .,:;·()⚠")
        where = words.startswith(("ниже, под", "below, under"))
        if node.tag == "-text" and words and not elsewhere and not where:
            yield words


def test_what_is_to_be_typed_has_plain_spaces() -> None:
    asks = a_standing(number=5, asks="Верно?", asks_about=("guess-1",))

    html = page(asks).html

    assert ">triage answer 5 да</code>" in html
