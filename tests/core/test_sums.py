"""Debts over time: what is owed on a day, and the stretches between repayments."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from builders import on
from hypothesis import given
from hypothesis import strategies as st

from triage.core.sums import Debt, Stretch, fine, kopecks

DUE = on("2026-11-02")
DAYS = st.dates(DUE - timedelta(days=40), DUE + timedelta(days=400))
MONEY = st.decimals("0.01", "99999.99", places=2)


def a_debt(amount: str = "12490", *repaid: tuple[str, str]) -> Debt:
    return Debt(
        amount=Decimal(amount),
        due_on=DUE,
        repaid=tuple((on(day), Decimal(s)) for day, s in repaid),
    )


def test_the_day_after_the_due_day_is_the_first():
    assert list(a_debt().stretches(DUE)) == []
    assert list(a_debt().stretches(on("2026-11-03"))) == [
        Stretch(on("2026-11-03"), on("2026-11-03"), Decimal(12490))
    ]


def test_money_that_came_counts_from_the_day_after():
    debt = a_debt("12490", ("2026-11-10", "3000"))

    assert list(debt.stretches(on("2026-11-23"))) == [
        Stretch(on("2026-11-03"), on("2026-11-10"), Decimal(12490)),
        Stretch(on("2026-11-11"), on("2026-11-23"), Decimal(9490)),
    ]


def test_money_that_came_in_time_was_never_owed_late():
    debt = a_debt("12490", ("2026-11-01", "3000"))

    assert [s.owed for s in debt.stretches(on("2026-11-23"))] == [Decimal(9490)]


def test_nothing_grows_once_all_is_paid():
    debt = a_debt("12490", ("2026-11-10", "12490"))

    assert [s.to_on for s in debt.stretches(on("2027-11-23"))] == [on("2026-11-10")]
    assert debt.left(on("2026-11-10")) == 0


@given(st.lists(st.tuples(DAYS, MONEY), max_size=6), DAYS)
def test_stretches_follow_one_another_and_their_debt_only_falls(repaid, until):
    debt = Debt(amount=Decimal(50000), due_on=DUE, repaid=tuple(repaid))

    stretches = list(debt.stretches(until))

    for one, following in itertools.pairwise(stretches):
        assert following.from_on == one.to_on + timedelta(days=1)
        assert following.owed <= one.owed
    if stretches:
        assert stretches[0].from_on == DUE + timedelta(days=1)
        assert stretches[-1].to_on <= until
    assert all(s.owed == debt.left(s.from_on - timedelta(days=1)) for s in stretches)


@given(st.permutations([("2026-11-05", "1"), ("2026-11-05", "2"), ("2026-11-09", "3")]))
def test_the_order_in_which_refunds_are_told_does_not_matter(repaid):
    told = a_debt("10", *repaid)
    sorted_ = a_debt("10", *sorted(repaid))
    until = on("2026-11-20")

    assert list(told.stretches(until)) == list(sorted_.stretches(until))


def test_the_possible_fine_is_half_of_what_the_court_awards():
    awarded = [Decimal(24990), Decimal("2748.90"), Decimal(3000)]

    assert fine(*awarded) == Decimal("15369.45")
    assert sum(awarded) + fine(*awarded) == Decimal("46108.35")


@pytest.mark.parametrize(("exact", "rounded"), [("0.005", "0.01"), ("0.0049", "0.00")])
def test_half_a_kopeck_is_rounded_up(exact, rounded):
    assert kopecks(Decimal(exact)) == Decimal(rounded)


@given(st.lists(st.tuples(DAYS, MONEY), max_size=6), DAYS)
def test_more_money_back_than_was_owed_leaves_nothing_and_no_less(repaid, day):
    assert Debt(amount=Decimal(500), due_on=DUE, repaid=tuple(repaid)).left(day) >= 0
