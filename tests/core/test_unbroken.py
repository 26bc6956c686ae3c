"""No line that is shown ends inside a date or a sum, or behind a word of one letter."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.unbroken import unbroken, unbroken_page, whole_numbers
from triage.core.words import NBSP, day, days, roubles, short_day, whole_roubles

DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 31))
SUMS = st.decimals(Decimal(0), Decimal("999999999.99"), places=2)
SHOWN = st.one_of(
    DAYS.map(day),
    DAYS.map(short_day),
    DAYS.map(lambda on: f"{on:%-d %B %Y}"),
    SUMS.map(roubles),
    SUMS.map(whole_roubles),
    SUMS.map(lambda amount: roubles(amount).replace(NBSP, " ")),
    st.integers(0, 9999).map(days),
)
BESIDE = st.sampled_from(["", "до", "Сумма:", "в", "(", "и", "от «", "—", "5", "г."])
BEHIND = st.sampled_from(["", ",", ".", ")", " и дальше", " — так", ", 3 дня", "»"])


def tied(text: str) -> str:
    return text.replace(" ", NBSP)


@given(BESIDE, SHOWN, BEHIND)
def test_no_date_and_no_sum_can_break_inside(before: str, shown: str, after: str):
    text = f"{before} {shown}{after}" if before[-1:] not in "(«" else before + shown

    assert tied(shown) in unbroken(text)
    assert tied(shown) in unbroken_page(f"<body><p>{text}</p></body>")


@given(st.text("авик0123456789 ,.—№₽г" + NBSP, max_size=40))
def test_nothing_changes_but_spaces_and_a_second_time_nothing(text: str):
    once = unbroken(text)

    assert tied(once) == tied(text)
    assert unbroken(once) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Закона о защите", "Закона о~защите"),
        ("и в 3 дня", "и~в~3~дня"),
        ("с карты, с которой", "с~карты, с~которой"),
        ("п. 4 ст. 26.1 Закона № 2300-1", "п.~4~ст.~26.1 Закона №~2300-1"),
        ("Дело 3: шаг 2", "Дело~3: шаг~2"),
        ("вы сами — кабинет", "вы сами~— кабинет"),
        ("— Не отменён ли заказ", "— Не отменён ли заказ"),
        ("заказ 12345678-0001 обещали", "заказ 12345678-0001 обещали"),
        ("2c направить", "2c направить"),
    ],
)
def test_small_words_and_signs_stay_with_what_follows(text: str, shown: str):
    assert unbroken(text).replace(NBSP, "~") == shown


def test_what_is_typed_or_copied_keeps_plain_spaces():
    page = (
        '<head><title>в 3 дня</title></head><body title="в 3 дня">'
        '<code class="x">triage snooze 3 в 3 дня</code><pre>в 3 дня</pre>'
    )

    assert unbroken_page(page + "</body>") == page + "</body>"


ORDERS = st.from_regex(r"[0-9]{1,9}(-[0-9]{1,5}){1,2}", fullmatch=True)


@given(BESIDE, ORDERS, BEHIND)
def test_the_number_of_an_order_stays_on_one_line_of_a_page(before, number, after):
    page = f"<body><p>{before} {number}{after}</p></body>"

    shown = whole_numbers(unbroken_page(page))

    assert f'<span style="white-space: nowrap;">{number}</span>' in shown
    assert re.sub("<[^>]+>", "", shown).replace(NBSP, " ") == re.sub(
        "<[^>]+>", "", page
    ).replace(NBSP, " ")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "12345678-0001-",
            "x12345678-0001",
            "12345678-0001x",
            "12490",
            "2–3",
            "1 - 2",
        ),
        *("1-" * 40 + "1", "9" * 20 + "-" + "9" * 20, "-5", "кто-то"),
    ],
)
def test_what_is_no_number_with_hyphens_or_too_long_for_a_line_may_break(text: str):
    assert "nowrap" not in whole_numbers(f"<body><p>{text}</p></body>")


def test_a_number_in_a_link_or_in_what_is_typed_is_left_alone():
    page = '<a href="mailto:a@b?subject=1234-0001">да</a><code>triage 1234-0001</code>'

    assert whole_numbers(f"<body>{page}</body>") == f"<body>{page}</body>"
