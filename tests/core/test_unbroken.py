"""No line that is shown ends inside a date or a sum, or behind a word of one letter."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.unbroken import unbroken, unbroken_page
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
