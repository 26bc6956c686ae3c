"""The worked examples of the law, to the kopeck."""

from decimal import Decimal

import pytest
from builders import on

from triage.core.sums import days_late, penalty


def test_half_a_percent_a_day_of_a_prepayment_for_21_days():
    late = days_late(on("2026-11-02"), on("2026-11-23"))

    assert late == 21
    assert penalty(Decimal(12490), Decimal("0.005"), late) == Decimal("1311.45")


def test_one_percent_a_day_of_the_price_for_11_days():
    late = days_late(on("2026-11-12"), on("2026-11-23"))

    assert late == 11
    assert penalty(Decimal(24990), Decimal("0.01"), late) == Decimal("2748.90")


def test_a_penalty_is_not_above_its_cap():
    price = Decimal(24990)

    assert penalty(price, Decimal("0.01"), 120) == Decimal("29988.00")
    assert penalty(price, Decimal("0.01"), 120, price) == price


def test_the_cap_of_the_smaller_rate_is_reached_on_day_200():
    base, rate = Decimal(12490), Decimal("0.005")

    assert penalty(base, rate, 199, base) < base
    assert penalty(base, rate, 200, base) == base
    assert penalty(base, rate, 201, base) == base


def test_the_due_day_itself_is_not_late():
    assert days_late(on("2026-11-12"), on("2026-11-12")) == 0
    assert days_late(on("2026-11-12"), on("2026-11-01")) == 0


@pytest.mark.parametrize(
    ("base", "sum_"), [("0.99", "0.00"), ("1.00", "0.01"), ("2.99", "0.01")]
)
def test_half_a_kopeck_is_rounded_up_once_at_the_end(base, sum_):
    assert penalty(Decimal(base), Decimal("0.005"), 1) == Decimal(sum_)
