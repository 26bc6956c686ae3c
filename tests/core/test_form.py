"""What the owner may tell: every fact has a form, and a wrong value is told the right one."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ladders import ru, ru_files

from triage.core.form import FactBook, Form, kept, read_day
from triage.core.words import day, short_day
from triage.edges.factpack import FILE, read_facts
from triage.errors import UsageError

TODAY = date(2026, 11, 23)


@cache
def book() -> FactBook:
    problems: list[str] = []
    found = read_facts("ru", ru_files()[FILE], ru(), problems)
    assert problems == []
    return found


def settle(name: str, value: str, on: date = TODAY) -> str:
    return book().settle(name, value, title=name, on=on, today=TODAY)


def refusal(name: str, value: str) -> str:
    with pytest.raises(UsageError) as refused:
        settle(name, value)
    return str(refused.value)


# --- days


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("5.11", "2026-11-05"),
        ("05.11", "2026-11-05"),
        ("5/11", "2026-11-05"),
        ("5.11.26", "2026-11-05"),
        ("5.11.2026", "2026-11-05"),
        ("5 ноября", "2026-11-05"),
        ("5 ноя", "2026-11-05"),
        ("5 Ноября 2026 г.", "2026-11-05"),
        ("5 ноября 2026 года", "2026-11-05"),
        ("2026-11-05", "2026-11-05"),
        ("вчера", "2026-11-22"),
        ("Позавчера", "2026-11-21"),
        ("сегодня", "2026-11-23"),
        ("yesterday", "2026-11-22"),
        ("30.12", "2026-12-30"),  # almost a year ago: nobody means that
        ("1 мая", "2026-05-01"),
        ("29.2.2024", "2024-02-29"),
    ],
)
def test_days_are_read_as_people_write_them(text, found):
    assert read_day(text, TODAY) == date.fromisoformat(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31.2",
        "5.13",
        "0.0",
        "ноябрь",
        "5",
        "5 ноября или 6",
        "в субботу",
        "29.2.2026",
    ],
)
def test_what_is_no_day_is_none(text):
    assert read_day(text, TODAY) is None


def test_a_day_that_may_lie_ahead_is_the_nearest():
    assert read_day("5.12", TODAY, ahead=True) == date(2026, 12, 5)
    assert read_day("5.11", TODAY, ahead=True) == date(2026, 11, 5)
    assert settle("promised_on", "5 декабря") == "2026-12-05"


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(0, 290))
def test_every_way_to_write_a_day_of_the_past_is_that_day(today, ago):
    on = today - timedelta(days=ago)

    for text in (
        *(on.isoformat(), day(on), short_day(on)),
        *(f"{on.day}.{on.month}", f"{on:%d.%m.%Y}", f"{on:%d.%m.%y}"),
    ):
        assert read_day(text, today) == on


def test_a_day_that_has_not_come_is_refused_where_it_must_have_been():
    assert "ещё не наступило" in refusal("claim_received_on", "2026-11-24")
    assert "проверьте год" in refusal("claim_received_on", "2020-11-05")


# --- other forms


@pytest.mark.parametrize(
    ("name", "value", "settled"),
    [
        ("amount_refunded", "12490", "12490.00"),
        ("amount_refunded", "12 490,00 ₽", "12490.00"),
        ("seller_inn", "ИНН 7704217370", "7704217370"),
        ("seller_inn", "7704 217 370", "7704217370"),
        ("payment_mark", "карта 1234", "карта 1234"),
        ("payment_mark", "**** 1234", "**** 1234"),
        (
            "payment_mark",
            "a42770912345670f0000040011700501",
            "A42770912345670F0000040011700501",
        ),
        ("payment", "Картой Мир", "Картой Мир"),
        ("payment", "через СБП", "через СБП"),
        ("wish", "хочу замену", "хочу замену"),
        ("complex_goods", "Да", "да"),
        ("key_rate", "14,00 с 27.07.2026", "14,00 с 27.07.2026"),
        ("seller_name", " ООО  «Пример» ", "ООО «Пример»"),
    ],
)
def test_a_value_is_written_down_in_one_form(name, value, settled):
    assert settle(name, value) == settled


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_refunded", "сто"),
        ("amount_refunded", "-5"),
        ("amount_refunded", "0"),
        ("seller_inn", "7704217371"),  # a slip in the last digit
        ("seller_inn", "770421737"),
        ("payment", "картой"),
        ("warranty", "не знаю"),
        ("complex_goods", "нет"),
        ("key_rate", "14"),
        ("paid_on", "в субботу"),
        ("item", ""),
        ("item", "ч" * 1001),
    ],
)
def test_a_wrong_value_is_told_what_is_expected_with_an_example(name, value):
    words = refusal(name, value)

    assert f"пишите так: {name}={book().example(name)}" in words
    assert "$" not in words
    settle(name, book().example(name))


def test_an_unknown_word_is_told_the_known_ones():
    assert "мир, сбп, visa" in refusal("payment", "чеком")


@pytest.mark.parametrize("name", ["item", "bank_details", "payment_mark"])
@pytest.mark.parametrize(
    "card",
    [
        "2202200223948454",
        "4276 1234 5678 9010",  # as it is embossed, whatever its check
        "4276-1234-5678-9010",
        "карта 2202200223948454 до 12/27",
    ],
)
def test_the_full_number_of_a_card_is_refused_and_not_repeated(card, name):
    words = refusal(name, card)

    assert "последних 4 цифр" in words
    assert not [part for part in card.split() if part.isdigit() and part in words]


@pytest.mark.parametrize("mark", ["12345", "427612345678901", "1234 5678"])
def test_of_a_card_four_digits_are_taken_and_no_more(mark):
    assert mark not in refusal("payment_mark", mark)


@pytest.mark.parametrize("code", ["ваш код 482 913", "пароль: 12345", "CVV 123"])
def test_codes_are_refused_and_not_repeated(code):
    words = refusal("support_reply", code)

    assert not [part for part in code.split() if part.isdigit() and part in words]


@pytest.mark.parametrize(
    "details",
    [
        "счёт 40817810000000000000, БИК 044525225",
        "р/с 40817 810 0 0000 0000000",
        "ИНН 7704217370, тел. +7 900 000-00-00",
    ],
)
def test_an_account_is_no_card(details):
    assert settle("bank_details", details) == details


# --- the file


def test_every_fact_that_may_be_told_has_a_title_and_an_example_that_fits():
    for name in book().told:
        assert ru().fact_names[name]
        if book().told[name] is not Form.TEXT:
            assert settle(name, book().example(name))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            ("\n[told]\n", '\n[told]\nitm = "text"\n'),
            "unknown fact 'itm'; did you mean 'item'?",
        ),
        (('= "inn"', '= "in"'), "unknown form 'in'"),
        (("[refused]", "[refusd]"), "did you mean"),
        (("номера $order", "номера $ordr"), "unknown fact 'ordr'"),
        (("номера $order", "номера $"), "a lone $"),
    ],
)
def test_a_fault_of_the_file_is_named(change, problem):
    problems: list[str] = []
    text = ru_files()[FILE].decode().replace(*change)
    read_facts("ru", text.encode(), ru(), problems)

    assert any(problem in each for each in problems), problems


@pytest.mark.parametrize(
    "note", ["отправил с карты 2202200223948454", "код 4821", "CVC2 123"]
)
def test_a_note_that_holds_a_secret_is_not_kept(note):
    assert not kept(note)
    assert kept("отправил 5 ноября, номер 555-01") == "отправил 5 ноября, номер 555-01"
