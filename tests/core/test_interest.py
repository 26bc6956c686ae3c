"""Interest by the key rate: article 395, with the vectors of the facts."""

from calendar import isleap
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from builders import on
from hypothesis import given
from hypothesis import strategies as st
from ladders import ru

from triage.core.calculation import penalty
from triage.core.interest import NoRate, Rate, Rates, interest, read_told
from triage.core.sums import Debt

TABLE = ru().key_rate
RATES = Rates(tuple(TABLE.rates()))
KNOWN = st.dates(date(2022, 9, 19), date(2026, 10, 24))


def counted(amount, first, last, rates=RATES, repaid=()):
    debt = Debt(
        amount=Decimal(amount), due_on=on(first) - timedelta(days=1), repaid=repaid
    )
    return interest(debt, rates, on(last), norm="interest-395")


@pytest.mark.parametrize(
    ("amount", "first", "last", "days", "total"),
    [
        (10000, "2026-06-02", "2026-09-01", 92, "358.01"),  # three rates
        (7300, "2026-08-11", "2026-08-21", 11, "30.80"),
        (12490, "2025-12-20", "2026-03-31", 102, "549.73"),  # four rates
        (10000, "2024-12-20", "2025-01-10", 22, "126.39"),  # 366, then 365
    ],
)
def test_the_worked_examples_come_out_to_the_kopeck(amount, first, last, days, total):
    found = counted(amount, first, last)

    assert found.days == days
    assert found.total == Decimal(total)


def test_each_rate_and_each_kind_of_year_has_its_row():
    three = counted(10000, "2026-06-02", "2026-09-01")
    leap = counted(10000, "2024-12-20", "2025-01-10")
    plain = counted(10000, "2025-12-23", "2026-01-10")

    assert [(r.rate, r.days) for r in three.rows] == [
        (Decimal("14.50"), 20),
        (Decimal("14.25"), 35),
        (Decimal("14.00"), 37),
    ]
    assert [r.year_days for r in leap.rows] == [366, 365]
    assert [r.year_days for r in plain.rows] == [365]


def test_the_table_stands_as_it_was_read():
    days = [(r.to_on - r.from_on).days + 1 for r in TABLE.rates()]

    assert days == [
        *(308, 22, 34, 42, 49, 224, 49, 42, 224, 49, 49, 42, 56, 56, 35, 35, 56, 35, 91)
    ]


def test_past_the_confirmed_day_there_is_no_sum():
    assert counted(7300, "2026-10-20", "2026-10-25") is not None
    with pytest.raises(NoRate, match="2026-10-26"):
        counted(7300, "2026-10-20", "2026-10-26")


def test_before_the_table_begins_there_is_none_either():
    with pytest.raises(NoRate, match="2022-09-18"):
        counted(7300, "2022-09-18", "2022-10-01")


@pytest.mark.parametrize(
    ("text", "rate", "since"),
    [
        ("14,00 с 27.07.2026", "14.00", "2026-07-27"),
        ("13.5% с 26 октября 2026", "13.5", "2026-10-26"),
        ("14 % годовых, с 27 июля 2026 г.", "14", "2026-07-27"),
        ("13,75 от 2026-10-26", "13.75", "2026-10-26"),
    ],
)
def test_the_owner_may_write_the_rate_freely(text, rate, since):
    told = read_told(text, on("2026-11-23"))

    assert told == Rate(on(since), on("2026-11-23"), Decimal(rate))


@pytest.mark.parametrize(
    "text",
    [
        "14",
        "с 27.07.2026",
        "14 с 27.12.2026",
        "14 с 31.02.2026",
        "14 с той поры",
        "много",
        "",
    ],
)
def test_a_rate_without_a_day_of_the_past_is_no_rate(text):
    assert read_told(text, on("2026-11-23")) is None


def test_the_owners_word_carries_the_count_on_to_the_day_he_read_it():
    told = read_told("14,00 с 27.07.2026", on("2026-11-23"))
    rates = Rates((*TABLE.rates(), told))

    found = counted(7300, "2026-10-20", "2026-11-23", rates)

    assert [(r.days, r.rate) for r in found.rows] == [(35, Decimal("14.00"))]
    assert rates.through(on("2026-10-20")) == on("2026-11-23")
    with pytest.raises(NoRate):
        counted(7300, "2026-10-20", "2026-11-24", rates)


def test_a_hole_between_the_table_and_the_owners_word_is_not_bridged():
    told = read_told("13,50 с 02.11.2026", on("2026-11-23"))
    rates = Rates((*TABLE.rates(), told))

    assert rates.through(on("2026-10-20")) == on("2026-10-25")
    with pytest.raises(NoRate, match="2026-10-26"):
        counted(7300, "2026-10-20", "2026-11-23", rates)


def test_two_words_of_the_owners_stand_one_after_the_other():
    told = [
        read_told("13,50 с 26.10.2026", on("2026-11-23")),
        read_told("13,00 с 21.12.2026", on("2026-12-28")),
        read_told("13,50 с 26.10.2026", on("2026-12-20")),
    ]
    found = counted(7300, "2026-10-20", "2026-12-28", Rates((*TABLE.rates(), *told)))

    assert [(r.from_on, r.rate) for r in found.rows] == [
        (on("2026-10-20"), Decimal("14.00")),
        (on("2026-10-26"), Decimal("13.50")),
        (on("2026-12-21"), Decimal("13.00")),
    ]


def test_after_a_partial_refund_interest_runs_on_the_rest():
    refund = ((on("2026-08-15"), Decimal(3000)),)

    found = counted(7300, "2026-08-11", "2026-08-21", repaid=refund)

    assert [(r.days, r.base) for r in found.rows] == [
        (5, Decimal(7300)),
        (6, Decimal(4300)),
    ]
    exact = (7300 * 5 + 4300 * 6) * Decimal(14) / 100 / 365
    assert found.total == round(exact, 2)


@given(st.decimals("1", "999999.99", places=2), KNOWN, KNOWN)
def test_the_rows_cover_every_day_once_and_add_up(amount, one, other):
    first, last = min(one, other), max(one, other)
    debt = Debt(amount=amount, due_on=first - timedelta(days=1))

    found = interest(debt, RATES, last, norm="n")

    exact = Decimal(0)
    day = first
    while day <= last:
        leap = day.year % 4 == 0
        exact += amount * RATES.on(day) / 100 / (366 if leap else 365)
        day += timedelta(days=1)
    assert found.days == (last - first).days + 1
    assert abs(found.total - exact) < Decimal("0.0051")
    for row, following in zip(found.rows, found.rows[1:], strict=False):
        assert following.from_on == row.to_on + timedelta(days=1)


REFUNDS = st.lists(
    st.tuples(KNOWN, st.decimals("0.01", "400000", places=2)), max_size=4
)


@given(st.decimals("1", "999999.99", places=2), KNOWN, KNOWN, REFUNDS)
def test_what_grows_is_what_each_day_adds_on_the_rest_of_the_evening_before(
    amount, one, other, came
):
    first, last = min(one, other), max(one, other)
    debt = Debt(
        amount=amount, due_on=first - timedelta(days=1), repaid=tuple(sorted(came))
    )
    by_rate = by_day = Fraction(0)
    for day in (first + timedelta(n) for n in range((last - first).days + 1)):
        owed = max(Fraction(amount) - sum(Fraction(s) for on, s in came if on < day), 0)
        by_rate += (
            owed * Fraction(RATES.on(day)) / (36600 if isleap(day.year) else 36500)
        )
        by_day += owed / 200

    grown = interest(debt, RATES, last, norm="n")
    daily = penalty(debt, Decimal("0.005"), last, norm="n", cap=amount)

    assert (grown.total if grown else 0) == half_up(by_rate)
    assert (daily.total if daily else 0) == half_up(min(by_day, Fraction(amount)))


def half_up(exact: Fraction) -> Decimal:
    return Decimal(int(exact * 100 + Fraction(1, 2))) / 100


@given(st.decimals("1", "99999", places=2), KNOWN, KNOWN)
def test_interest_never_falls_with_time(amount, one, other):
    first, last = min(one, other), max(one, other)
    debt = Debt(amount=amount, due_on=first - timedelta(days=1))

    now = interest(debt, RATES, last, norm="n")
    later = interest(debt, RATES, last + timedelta(days=1), norm="n")

    assert later.total >= now.total
