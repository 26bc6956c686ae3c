"""The worked examples of the law, to the kopeck, and the table a letter prints."""

from datetime import timedelta
from decimal import Decimal

import pytest
from builders import on
from hypothesis import assume, given
from hypothesis import strategies as st
from ladders import ru

from triage.core.calculation import cells, penalty, per_cent, plain
from triage.core.sums import Debt

HALF, ONE = Decimal("0.005"), Decimal("0.01")
DUE = on("2026-11-02")


def grown(amount, per_day, days, *, cap=None, due=DUE, repaid=()):
    debt = Debt(amount=Decimal(amount), due_on=due, repaid=repaid)
    cap = None if cap is None else Decimal(cap)
    return penalty(debt, per_day, due + timedelta(days=days), norm="n", cap=cap)


def test_half_a_percent_a_day_of_a_prepayment_for_21_days():
    debt = Debt(amount=Decimal(12490), due_on=on("2026-11-02"))

    found = penalty(debt, HALF, on("2026-11-23"), norm="penalty-23.1")

    assert found.days == 21
    assert found.total == Decimal("1311.45")


def test_one_percent_a_day_of_the_price_for_11_days():
    debt = Debt(amount=Decimal(24990), due_on=on("2026-11-12"))

    found = penalty(debt, ONE, on("2026-11-23"), norm="penalty-23")

    assert found.days == 11
    assert found.total == Decimal("2748.90")


def test_a_penalty_is_not_above_its_cap():
    free, capped = grown(24990, ONE, 120), grown(24990, ONE, 120, cap=24990)

    assert (free.total, free.cap) == (Decimal("29988.00"), None)
    assert (capped.total, capped.uncapped) == (Decimal(24990), Decimal("29988.00"))


def test_the_cap_of_the_smaller_rate_is_reached_on_day_200():
    totals = [grown(12490, HALF, days, cap=12490).total for days in (199, 200, 201)]

    assert totals[0] < totals[1] == totals[2] == Decimal(12490)


def test_a_day_that_is_not_late_has_no_calculation():
    assert grown(12490, HALF, 0) is None
    assert grown(12490, HALF, -9) is None


@pytest.mark.parametrize(
    ("amount", "total"), [("0.99", "0.00"), ("1.00", "0.01"), ("2.99", "0.01")]
)
def test_half_a_kopeck_is_rounded_up_once_at_the_end(amount, total):
    assert grown(amount, HALF, 1).total == Decimal(total)


def test_after_a_partial_refund_the_penalty_grows_on_the_unpaid_rest():
    found = grown(10000, HALF, 20, repaid=((on("2026-11-12"), Decimal(4000)),))

    assert [(row.days, row.base, row.sum) for row in found.rows] == [
        (10, Decimal(10000), Decimal("500.00")),
        (10, Decimal(6000), Decimal("300.00")),
    ]
    assert (found.total, found.left) == (Decimal("800.00"), Decimal(6000))


REPAID = st.lists(
    st.tuples(
        st.dates(DUE, DUE + timedelta(days=300)), st.decimals("0.01", "9999", places=2)
    ),
    max_size=5,
).map(tuple)
AMOUNTS = st.decimals("0.01", "999999.99", places=2)


@given(AMOUNTS, st.sampled_from([HALF, ONE]), st.integers(1, 300), REPAID)
def test_the_rows_add_up_to_the_exact_sum_rounded_once(amount, rate, days, repaid):
    found = grown(amount, rate, days, repaid=repaid)
    assume(found)  # else all of it came back in time

    exact = [row.base * rate * row.days for row in found.rows]
    assert found.total == found.uncapped
    assert abs(found.total - sum(exact)) <= Decimal("0.005")
    for row, one in zip(found.rows, exact, strict=True):
        assert abs(row.sum - one) <= Decimal("0.01")


@given(AMOUNTS, st.integers(1, 300), REPAID)
def test_a_longer_delay_never_costs_less_and_never_more_than_the_cap(
    amount, days, repaid
):
    now, later = (
        grown(amount, ONE, d, cap=amount, repaid=repaid) for d in (days, days + 1)
    )

    assume(now)
    assert now.total <= later.total <= amount


def test_the_table_has_the_same_rows_in_every_form_of_a_letter():
    table = cells(grown(12490, HALF, 21), ru().phrases)

    assert table[0] == ("Период", "Дней", "Долг", "Ставка", "Сумма")
    assert table[1] == (
        "03.11.2026–23.11.2026",
        "21",
        "12\u00a0490,00\u00a0₽",
        "0,5\u00a0% в день",
        "1\u00a0311,45\u00a0₽",
    )
    assert table[2] == ("Итого", "21", "", "", "1\u00a0311,45\u00a0₽")
    assert len(table) == 3


def test_a_cap_that_cuts_has_a_line_of_its_own():
    table = cells(grown(24990, ONE, 120, cap=24990), ru().phrases)

    assert table[-2][0] == "Итого"
    assert table[-2][-1] == "29\u00a0988,00\u00a0₽"
    assert table[-1][0] == "С\u00a0учётом\u00a0потолка".replace("\u00a0", " ")
    assert table[-1][-1] == "24\u00a0990,00\u00a0₽"


def test_plain_text_is_aligned_with_gaps_that_nobody_takes_for_slips():
    text = plain(cells(grown(24990, ONE, 120, cap=24990), ru().phrases))

    lines = text.split("\n")
    assert len({len(line) for line in lines}) == 1
    assert all(line.endswith("₽") for line in lines[1:])
    assert " " not in text
    assert max(map(len, lines)) < 78


@pytest.mark.parametrize(
    ("rate", "words"),
    [("0.5", "0,5\u00a0%"), ("14.00", "14\u00a0%"), ("10", "10\u00a0%")],
)
def test_rates_are_written_without_idle_zeros(rate, words):
    assert per_cent(Decimal(rate)) == words


@pytest.mark.parametrize("days", [99, 100])
def test_a_cap_that_cuts_nothing_is_not_spoken_of(days):
    found = grown(24990, ONE, days, cap=24990)

    assert found.cap is None
    assert found.total == found.uncapped
    assert len(cells(found, ru().phrases)) == len(found.rows) + 2
