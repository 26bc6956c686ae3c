"""What the owner asks for in a reply: short words, forgiven much, never guessed at."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.listener import Listener
from triage.core.phrasebook import Phrasebook, Verb, Why
from triage.core.wish import Lost, Wish
from triage.edges.replypack import read_phrasebook

MONDAY = date(2026, 11, 23)
ORDER = ("shop", "12345678-0001", None)
FACTS = {
    "seller_inn": "ИНН продавца (в чеке)",
    "seller_name": "название продавца (в чеке)",
    "seller_address": "адрес продавца",
    "wish": "чего вы хотите: возврат, замена",
}
BOOK: Phrasebook = read_phrasebook("ru")


def shop_number(text: str) -> tuple[str, str, str | None] | None:
    found = re.fullmatch(r"(\d{8}-\d{4})(-\d+)?", text)
    return ("shop", found[1], text if found[2] else None) if found else None


Listen = Callable[[str], list[Any]]


@pytest.fixture(scope="module")
def listen() -> Listen:
    return Listener(
        heard=BOOK.heard, today=MONDAY, read_number=shop_number, facts=FACTS
    ).listen


def short(request: Wish | Lost) -> tuple[object, ...]:
    """Write a request as (verb, numbers, what else it says)."""
    if isinstance(request, Lost):
        return (request.why,)
    more = (request.orders, request.on, request.fact, request.value)
    return (request.verb, request.numbers, *filter(None, more))


DONE_3 = (Verb.DONE, (3,))
RESOLVED_4 = (Verb.RESOLVED, (4,))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "готово 3",
            "Готово 3.",
            "ГОТОВО\u00a03!",
            "3 готово",
            "готово № 3",
            "готово #3",
        ),
        *(
            "готово, дело 3",
            "по делу 3 готово",
            "дело 3: сделано",
            "сделала 3",
            "гoтово 3",
        ),
        *("готво 3", "готоов 3", "готово по делу 3, спасибо", "да, готово 3"),
        *("готово 3\nготово 3", "done 3", "Done: case 3", "did 3", "3 done, thanks"),
    ],
)
def test_a_step_is_said_to_be_done_in_many_ways(listen, text):
    assert [short(one) for one in listen(text)] == [DONE_3]


@pytest.mark.parametrize(
    "text",
    [
        *("готово 3, решено 4", "готово 3. Решено 4.", "3 готово; 4 решено"),
        *("готово 3 и решено 4", "готово 3 решено 4", "готово 3\n\nрешено 4"),
        *("готово 3, решено, деньги пришли 4", "Готово 3! Деньги пришли по делу 4"),
        *(
            "готово 3, 4 решено",
            "done 3, resolved 4",
            "done 3 and money came for case 4",
        ),
        "здравствуйте! готово 3. деньги пришли 12 490,00 ₽ по делу 4. спасибо!",
    ],
)
def test_one_reply_may_ask_for_several_things(listen, text):
    assert [short(one) for one in listen(text)] == [DONE_3, RESOLVED_4]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("отложить 3", None),
        ("отложить 3 до 5.12", date(2026, 12, 5)),
        ("отложи 3 до 05.12.2026", date(2026, 12, 5)),
        ("отложить 3 до 5 декабря", date(2026, 12, 5)),
        ("отложить 3 до 5 декабря 2026 г.", date(2026, 12, 5)),
        ("отложить 3 до 2026-12-05", date(2026, 12, 5)),
        ("отложить 3 до 5", date(2026, 12, 5)),
        ("отложить 3 до 5 января", date(2027, 1, 5)),
        ("отложить 3 на 3 дня", date(2026, 11, 26)),
        ("отложить 3 3 дня", date(2026, 11, 26)),
        ("отложить 3 на неделю", date(2026, 11, 30)),
        ("отложить 3 на 2 недели", date(2026, 12, 7)),
        ("отложить 3 на месяц", date(2026, 12, 23)),
        ("напомни 3 через неделю", date(2026, 11, 30)),
        ("отложить 3 до завтра", date(2026, 11, 24)),
        ("отложить 3 до пятницы", date(2026, 11, 27)),
        ("отложить 3 до понедельника", date(2026, 11, 30)),
        ("отлажить 3 до 5.12", date(2026, 12, 5)),
        ("snooze 3 until 5 Dec", date(2026, 12, 5)),
        ("snooze 3 until Dec 5, 2026", date(2026, 12, 5)),
        ("snooze 3 for 3 days", date(2026, 11, 26)),
        ("remind me 3 on friday", date(2026, 11, 27)),
    ],
)
def test_a_case_is_put_off_until_a_day_in_words(listen, text, on):
    [request] = listen(text)

    assert (request.verb, request.numbers, request.on) == (Verb.SNOOZED, (3,), on)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        *(
            (text, Verb.YES)
            for text in ("верно 5", "5 верно", "да 5", "Right 5", "yes, 5")
        ),
        *((text, Verb.NO) for text in ("неверно 5", "не верно 5", "нет, 5", "wrong 5")),
        *((text, Verb.REOPENED) for text in ("не решено 5", "открыть 5", "reopen 5")),
        *((text, Verb.DONE) for text in ("отправил претензию по делу 5", "sent 5")),
    ],
)
def test_short_words_mean_what_they_say(listen, text, verb):
    assert [(one.verb, one.numbers) for one in listen(text)] == [(verb, (5,))]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "не получил 12345678-0001",
            "12345678-0001 не получила",
            "не получен 12345678-0001",
        ),
        *("Заказ 12345678-0001 так и не получил", "not received 12345678-0001"),
        *("I didn't receive order 12345678-0001", "never got 12345678-0001"),
    ],
)
def test_an_order_is_said_not_to_have_come(listen, text):
    assert [short(one) for one in listen(text)] == [(Verb.NOT_RECEIVED, (), (ORDER,))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("факт 3 продавец ИНН 7704217370", [("seller_inn", "7704217370")]),
        ("Факт 3: ИНН продавца — 7704217370", [("seller_inn", "7704217370")]),
        ("факт 3 seller_inn=7704217370", [("seller_inn", "7704217370")]),
        ("fact 3 seller INN 7704217370", [("seller_inn", "7704217370")]),
        (
            "факт 3 продавец ООО «Ёлка, сын и Ко»",
            [("seller_name", "ООО «Ёлка, сын и Ко»")],
        ),
        (
            "факт 3 продавец ООО «Ёлка», ИНН 7704217370",
            [("seller_name", "ООО «Ёлка»"), ("seller_inn", "7704217370")],
        ),
        (
            "факт 3 адрес 101000, г. Москва, ул. Примерная, д. 1",
            [("seller_address", "101000, г. Москва, ул. Примерная, д. 1")],
        ),
        ("факт 3 чего вы хотите: возврат денег", [("wish", "возврат денег")]),
    ],
)
def test_a_fact_keeps_its_value_as_it_was_written(listen, text, told):
    found = listen(text)

    assert [(one.fact, one.value) for one in found] == told
    assert {one.numbers for one in found} == {(3,)}


def test_a_fact_ends_where_another_request_begins(listen):
    fact, done = listen("факт 3 ИНН 7704217370, готово 4")

    assert (fact.value, done.verb, done.numbers) == ("7704217370", Verb.DONE, (4,))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        *(
            (text, Why.DOUBT)
            for text in ("не готово 3", "ещё не готово 3", "not done 3")
        ),
        *(
            (text, Why.DOUBT)
            for text in ("готово 3 будет завтра", "done 3 if they pay")
        ),
        *(
            (text, Why.DOUBT)
            for text in ("почти готово 3", "может, решено 3", "готово ли 3")
        ),
        *(
            (text, Why.QUESTION)
            for text in ("готово 3?", "3 решено?", "что с делом 3?")
        ),
        *(
            (text, Why.UNKNOWN)
            for text in ("наверно 3", "ничего не ясно", "отмена заказа")
        ),
        *(
            (text, Why.UNKNOWN)
            for text in ("не получил 3 ответа", "не получил деньги 3")
        ),
        *(
            (text, Why.UNKNOWN)
            for text in ("верно 5 было вчера", "нет ответа по делу 3")
        ),
        *(
            (text, Why.NUMBER)
            for text in ("сделал заказ на кофемолку", "отправил письмо")
        ),
        *(
            (text, Why.NO_DATE)
            for text in ("отложить 3 до 31.02", "отложить 3 до весны")
        ),
        *(
            (text, Why.NO_FACT)
            for text in ("факт 3 цвет синий", "факт 3", "fact 3 x=1")
        ),
        ("факт 3 ИНН", Why.NO_VALUE),
        ("готово решено 3", Why.TWO),
    ],
)
def test_what_may_mean_something_else_is_sent_back_with_its_words(listen, text, why):
    [lost] = listen(text)

    assert lost == Lost(text, why)


@pytest.mark.parametrize(
    "text", ["", " ", "Спасибо!", "Здравствуйте, спасибо", "ok", "-", "👍", "..."]
)
def test_politeness_is_no_request(listen, text):
    assert listen(text) == []


@pytest.mark.parametrize(
    ("text", "rung"),
    [
        ("готово 3", ""),
        ("готово 3, шаг 2", "2"),
        ("шаг 2c по делу 3: готово", "2c"),
        ("Готово 3 шаг 2с", "2c"),  # a Cyrillic с
        ("done 3, step 2c", "2c"),
        ("отправил шаг 5 по делу 3", "5"),
    ],
)
def test_a_step_may_be_named_by_its_rung(listen, text, rung):
    [request] = listen(text)

    assert (request.verb, request.numbers, request.rung) == (Verb.DONE, (3,), rung)


def test_a_day_behind_us_says_when_a_step_was_taken(listen):
    [request] = listen("готово 3 вчера")

    assert request.on == date(2026, 11, 22)


@given(st.text())
def test_any_text_can_be_listened_to(text):
    heard = Listener(
        heard=BOOK.heard, today=MONDAY, read_number=shop_number, facts=FACTS
    ).listen(text)

    assert all(len(one.words) <= 120 for one in heard)


@given(
    st.sampled_from(["готово 3", "решено 4", "верно 5", "отложить 6 до 5.12"]),
    st.sampled_from(["", "!", ".", " ", " спасибо", ", пожалуйста"]),
    st.booleans(),
)
def test_case_spelling_and_politeness_change_nothing(command, end, loud):
    hear = Listener(
        heard=BOOK.heard, today=MONDAY, read_number=shop_number, facts=FACTS
    ).listen
    text = command.upper() if loud else command

    assert list(map(short, hear(text + end))) == list(map(short, hear(command)))


def test_every_language_has_the_same_words_to_answer_with():
    english = read_phrasebook("en")

    assert english.heard == BOOK.heard
    assert english.shown.buttons.keys() == BOOK.shown.buttons.keys()


def test_what_the_digest_says_can_be_said_is_understood(listen):
    for language in ("ru", "en"):
        for hint in read_phrasebook(language).shown.hints:
            assert all(isinstance(one, Wish) for one in listen(hint)), hint
