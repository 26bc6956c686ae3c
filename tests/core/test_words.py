"""Sums, dates and plurals; Babel and Hypothesis are the oracles."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from babel.plural import PluralRule
from hypothesis import assume, example, given
from hypothesis import strategies as st

from triage.core.words import (
    Lies,
    day,
    days,
    fold,
    normal,
    parse_amount,
    parse_date,
    plural,
    roubles,
    short_day,
    sums,
)

LETTER = date(2026, 7, 10)
RUSSIAN = Locale("ru")
SUMS = st.decimals(0, 10**9, places=2)
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("12\u00a0490\u2009₽", "12 490 ₽"),
        ("слово\u00adчасть\u200b и \ufeffдальше", "словочасть и дальше"),
        ("12345678\u20110001", "12345678-0001"),
        ("１２３", "123"),
        ("٣ дня", "3 дня"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("  a  \t b \n  c ", "a b\nc"),
        ("отмене\u0308н", "отменён"),
        ("\x1b[31mкрасный\x00", "[31mкрасный"),
        ("17–18 июля — «да»", "17–18 июля — «да»"),
    ],
)
def test_text_is_written_plainly(text, plain):
    assert normal(text) == plain


@given(st.text())
@example("\u0130\u0308")
def test_plain_text_stays_as_it_is(text):
    plain = normal(text)

    assert normal(plain) == plain


@given(st.text())
def test_folding_keeps_every_position(text):
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234 ₽", "1234.00"),
        ("5\u202f654,00 ₽", "5654.00"),
        ("8573,50 ₽", "8573.50"),
        ("415,64 руб.", "415.64"),
        ("415,64\u00a0руб", "415.64"),
        ("1306.84", "1306.84"),
        ("1 234 567,8 ₽", "1234567.80"),
        ("12\u2009490 р.", "12490.00"),
        ("1 23 ₽", None),
        ("1.234.567 ₽", None),
        ("от 500 ₽", None),
        ("", None),
    ],
)
def test_sums_are_read_as_letters_write_them(text, amount):
    assert parse_amount(text) == (Decimal(amount) if amount else None)


@given(SUMS)
def test_a_sum_we_write_is_the_sum_we_read(amount):
    assert parse_amount(roubles(amount)) == amount


@given(st.decimals(-(10**9), 10**9, places=2))
def test_sums_are_written_as_babel_writes_them(amount):
    assume(amount != 0 or not amount.is_signed())

    expected = format_currency(amount, "RUB", locale=RUSSIAN)

    assert roubles(amount) == expected


@given(DAYS)
def test_dates_are_written_as_babel_writes_them(on):
    assert day(on) == spaced(format_date(on, "long", locale=RUSSIAN))
    assert short_day(on) == format_date(on, "d MMMM", locale=RUSSIAN)


@given(st.integers(0, 10**6))
def test_plurals_are_chosen_as_babel_chooses_them(number):
    rule: PluralRule = RUSSIAN.plural_form

    assert plural(number, "one", "few", "many") == rule(number)


def test_a_number_of_days_reads_well():
    assert [spaced(days(n)) for n in (1, 3, 11, 21)] == [
        "1 день",
        "3 дня",
        "11 дней",
        "21 день",
    ]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("Ожидаем 15 июля, среда", "2026-07-15"),
        ("Ожидаем15 июля", "2026-07-15"),
        ("17–18 июля", "2026-07-18"),
        ("17 - 18 июля", "2026-07-18"),
        ("с 17 до 18 июля", "2026-07-18"),
        ("10 – 19 сентября", "2026-09-19"),
        ("30 июня – 11 июля", "2026-07-11"),
        ("с 28 декабря по 3 января", "2027-01-03"),
        ("до 27 июля включительно", "2026-07-27"),
        ("Забрать до вторника 15 сентября, 21:00", "2026-09-15"),
        ("24 августа 2025", "2025-08-24"),
        ("05.07.2023", "2023-07-05"),
        ("не позднее 12.03.2027.", "2027-03-12"),
        ("2026-07-05", "2026-07-05"),
        ("14 сент.", "2026-09-14"),
        ("Доставим завтра", "2026-07-11"),
        ("послезавтра", "2026-07-12"),
        ("9\u00a0августа", "2026-08-09"),
        ("до вторника, 14 июля", "2026-07-14"),
        ("Привезём во вторник", "2026-07-14"),
        ("до воскресенья включительно", "2026-07-12"),
        ("в четверг", "2026-07-16"),
    ],
)
def test_dates_and_ranges_are_read_as_letters_write_them(text, last):
    assert parse_date(text, LETTER, Lies.AFTER) == date.fromisoformat(last)


@pytest.mark.parametrize(
    "text",
    ["31 июня", "30 февраля", "0 мая", "32.01.2026", "2026-13-01", "12 марок", "май",
     "12345678-0001", "15:30", "18 – 17 июля 2026"],
)  # fmt: skip
def test_what_is_no_date_is_none(text):
    assert parse_date(text, LETTER) is None


def test_an_impossible_first_date_is_not_replaced_by_the_next():
    assert parse_date("31 июня, не позже 2 июля", LETTER) is None


def test_the_same_words_lie_before_or_after_the_letter():
    assert parse_date("9 июля", LETTER, Lies.BEFORE) == date(2026, 7, 9)
    assert parse_date("9 июля", LETTER, Lies.NEAR) == date(2026, 7, 9)
    assert parse_date("20 декабря", LETTER, Lies.BEFORE) == date(2025, 12, 20)
    assert parse_date("20 декабря", LETTER, Lies.AFTER) == date(2026, 12, 20)
    assert parse_date("3 января", date(2026, 12, 30), Lies.AFTER) == date(2027, 1, 3)
    assert parse_date("30 декабря", date(2027, 1, 2), Lies.BEFORE) == date(2026, 12, 30)


def test_a_promise_almost_a_year_off_was_not_meant_so():
    assert parse_date("9 июля", LETTER, Lies.AFTER) is None


def test_a_leap_day_is_found_in_its_year():
    assert parse_date("29 февраля", date(2028, 1, 15), Lies.AFTER) == date(2028, 2, 29)
    assert parse_date("29 февраля", date(2027, 1, 15), Lies.AFTER) is None


@given(DAYS, st.integers(-300, 300))
def test_a_day_without_a_year_is_found_around_the_letter(anchor, distance):
    meant = anchor + timedelta(days=distance)

    lies = Lies.AFTER if distance >= 0 else Lies.BEFORE

    assert parse_date(short_day(meant), anchor, lies) == meant


@given(DAYS, DAYS, st.sampled_from([Lies.BEFORE, Lies.AFTER]))
def test_a_promise_never_lies_before_its_letter_nor_a_fact_after_it(on, anchor, lies):
    found = parse_date(short_day(on), anchor, lies)

    assert found is None or (found >= anchor if lies is Lies.AFTER else found <= anchor)


@given(DAYS, DAYS, st.sampled_from(Lies))
def test_a_date_with_its_year_needs_no_letter(on, anchor, lies):
    assert parse_date(day(on), anchor, lies) == on
    assert parse_date(f"{on:%d.%m.%Y}", anchor, lies) == on


@given(st.text("0123456789 .-–—:абвгдеийклмнопрстуфцяю₽", max_size=60), DAYS)
def test_no_text_breaks_the_readers(text, anchor):
    parse_date(text, anchor)
    parse_amount(text)


def test_a_weekday_that_is_the_letters_own_is_no_date():
    assert parse_date("в пятницу", LETTER, Lies.AFTER) is None  # that day is a Friday


def test_a_weekday_of_the_past_is_not_guessed():
    assert parse_date("во вторник", LETTER, Lies.BEFORE) is None


def test_sums_are_found_with_their_places():
    assert sums("Вернули 700 ₽ из 1 200,50 руб.") == (
        (8, Decimal("700.00")),
        (17, Decimal("1200.50")),
    )


def test_a_number_without_its_currency_is_no_sum():
    assert sums("Заказ 12345678-0001, 3 товара, код 1234") == ()
