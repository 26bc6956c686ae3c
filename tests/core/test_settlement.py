"""The money of an order: what was paid, handed over, returned, and what lacks."""

from decimal import Decimal

import pytest
from builders import an_event
from hypothesis import example, given
from hypothesis import strategies as st

from triage.core.event import Certainty
from triage.core.settlement import Gap, Lack, Settlement, once, receipts, settlement

GUESS = Certainty.GUESS
SUMS = st.integers(1, 50).map(lambda n: Decimal(n).quantize(Decimal("0.01")))


def a_receipt(kind, when, amount, fd="", **more):
    fiscal = {"fiscal": f"9999078900001234/{fd}/0123456789"} if fd else {}
    return an_event(f"receipt_{kind}", when, amount=amount, **fiscal, **more)


def lacks(*events):
    return {gap.what.value: gap.amount for gap in settlement(events).gaps}


def test_an_order_of_which_nothing_is_known_is_empty():
    assert settlement([]) == Settlement()


def test_an_order_that_went_well_lacks_nothing():
    found = settlement(
        [
            an_event("order_paid", "2026-11-01", amount="699.00"),
            a_receipt("prepayment", "2026-11-01 10:05", "699.00", fd="1"),
            an_event("posting_delivered", "2026-11-05"),
            a_receipt("full", "2026-11-05 12:00", "699.00", fd="2"),
        ]
    )

    assert found.paid == found.handed_over == Decimal("699.00")
    assert found.returned is found.owed is None
    assert found.gaps == ()
    assert len(found.evidence) == 3


def test_a_payment_and_its_receipt_are_the_same_money():
    found = settlement(
        [
            an_event("order_paid", "2026-11-01", amount="700.00"),
            a_receipt("prepayment", "2026-11-01", "400.00", fd="1"),
            a_receipt("prepayment", "2026-11-01", "300.00", fd="2"),
        ]
    )

    assert found.paid == Decimal("700.00")


def test_the_same_receipt_by_link_operator_and_file_counts_once():
    same = [
        a_receipt("full", "2026-11-05", "300.00", receipt="a"),
        a_receipt("full", "2026-11-05", "300.00", fd="7", evidence="operator"),
        a_receipt("full", "2026-11-05", "300.00", fd="7", evidence="file"),
    ]

    assert receipts(same).total() == 1
    assert settlement(same).handed_over == Decimal("300.00")


def test_two_receipts_of_one_sum_are_two():
    two = [a_receipt("full", "2026-11-05", "300.00", fd=fd, evidence=fd) for fd in "78"]

    assert settlement(two).handed_over == Decimal("600.00")


def test_a_receipt_without_a_payment_letter_proves_the_payment():
    found = settlement([a_receipt("full", "2026-11-05", "300.00", fd="7")])

    assert found.paid == Decimal("300.00")


def test_a_cancelled_order_lacks_its_refund():
    told = [
        an_event("order_paid", "2026-11-01", amount="700.00"),
        a_receipt("prepayment", "2026-11-01", "700.00", fd="1"),
        an_event("order_cancelled", "2026-11-03"),
    ]

    assert lacks(*told) == {"refund": Decimal("700.00")}
    assert settlement(told).open == Decimal("700.00")


def test_a_refund_that_is_a_guess_is_no_return():
    told = [
        an_event("order_paid", "2026-11-01", amount="700.00"),
        a_receipt("prepayment", "2026-11-01", "700.00", fd="1"),
        an_event("order_cancelled", "2026-11-03"),
        an_event("refund_paid", "2026-11-04", amount="700.00", certainty=GUESS),
    ]

    found = settlement(told)
    assert found.returned is None
    assert found.gaps == (Gap(Lack.REFUND, Decimal("700.00")),)


def test_a_payment_that_is_a_guess_counts_and_is_called_one():
    found = settlement(
        [an_event("order_paid", "2026-11-01", amount="700.00", certainty=GUESS)]
    )

    assert (found.paid, found.certainty) == (Decimal("700.00"), GUESS)


def test_a_refund_of_several_parts_is_added_up():
    told = [
        an_event("order_paid", "2026-11-01", amount="700.00"),
        a_receipt("prepayment", "2026-11-01", "700.00", fd="1"),
        an_event("order_cancelled", "2026-11-03"),
        an_event("refund_paid", "2026-11-04", amount="500.00"),
        a_receipt("refund", "2026-11-04", "500.00", fd="2"),
        a_receipt("refund", "2026-11-05", "200.00", fd="3"),
    ]

    assert settlement(told).returned == Decimal("700.00")
    assert lacks(*told) == {}


def test_a_refund_by_letter_whose_receipts_part_it_is_the_same_money():
    told = [
        an_event("order_paid", "2026-11-01", amount="900.00"),
        an_event("refund_paid", "2026-11-04", amount="500.00"),
        a_receipt("refund", "2026-11-04", "300.00", fd="2"),
        a_receipt("refund", "2026-11-05", "200.00", fd="3"),
    ]

    assert settlement(told).returned == Decimal("500.00")


def test_a_refund_without_its_receipt_is_named():
    assert lacks(an_event("refund_paid", "2026-11-04", amount="500.00")) == {
        "refund_receipt": Decimal("500.00")
    }


def test_a_refund_receipt_without_a_sum_leaves_nothing_to_claim():
    assert (
        lacks(
            an_event("order_paid", "2026-11-01", amount="700.00"),
            a_receipt("prepayment", "2026-11-01", "700.00", fd="1"),
            an_event("order_cancelled", "2026-11-03"),
            an_event("receipt_refund", "2026-11-04"),
        )
        == {}
    )


def test_goods_that_were_handed_over_without_a_receipt_are_named():
    told = [
        an_event("order_paid", "2026-11-01", amount="700.00"),
        a_receipt("prepayment", "2026-11-01", "700.00", fd="1"),
        an_event("posting_delivered", "2026-11-05"),
    ]

    assert lacks(*told) == {"full_receipt": Decimal("700.00")}


def test_a_part_that_was_cancelled_needs_no_receipt_of_goods():
    told = [
        an_event("order_paid", "2026-11-01", amount="700.00"),
        a_receipt("prepayment", "2026-11-01", "700.00", fd="1"),
        an_event("item_cancelled", "2026-11-02", amount="200.00"),
        a_receipt("refund", "2026-11-03", "200.00", fd="2"),
        an_event("posting_delivered", "2026-11-05"),
        a_receipt("full", "2026-11-05", "500.00", fd="3"),
    ]

    assert lacks(*told) == {}


@pytest.mark.parametrize("kind", ["prepayment", "full"])
def test_a_receipt_that_names_no_sum_is_not_missed(kind):
    told = [
        an_event("order_paid", "2026-11-01", amount="700.00"),
        an_event("posting_delivered", "2026-11-05"),
        an_event(f"receipt_{kind}", "2026-11-05"),
    ]

    assert f"{kind}_receipt" not in lacks(*told)


EVENTS = st.lists(
    st.builds(
        lambda kind, day, amount, fd, sure: an_event(
            kind,
            f"2026-11-{day:02}",
            amount=amount,
            evidence=f"{kind}{day}{amount}{fd}",
            certainty=Certainty.PINNED if sure else GUESS,
            **({"fiscal": str(fd)} if fd and kind.startswith("receipt") else {}),
        ),
        st.sampled_from(
            [
                *("order_paid", "receipt_prepayment", "receipt_full", "refund_paid"),
                *("receipt_refund", "order_cancelled", "refund_promised"),
            ]
        ),
        st.integers(1, 28),
        SUMS,
        st.integers(0, 9),
        st.booleans(),
    ),
    max_size=12,
)


@given(EVENTS, st.randoms())
def test_a_settlement_is_the_same_in_any_order_of_arrival(events, chance):
    shuffled = list(events)
    chance.shuffle(shuffled)

    assert settlement(shuffled) == settlement(events)


@given(EVENTS)
def test_no_more_comes_back_than_was_paid(events):
    found = settlement(events)

    if found.paid is not None and found.returned is not None:
        assert found.returned <= found.paid
    assert all(gap.amount is None or gap.amount > 0 for gap in found.gaps)


@example([Decimal(5), Decimal(26)], [Decimal(6), Decimal(20), Decimal(31)])
@given(st.lists(SUMS, max_size=6), st.lists(SUMS, max_size=6))
def test_two_tellers_are_heard_once_and_in_full(one, other):
    """Never less than the one of them that tells more, never more than both."""
    from collections import Counter

    together = sum(once(Counter(one), Counter(other)).elements(), Decimal(0))

    assert max(sum(one), sum(other)) <= together <= sum(one) + sum(other)
    assert sum(once(Counter(one), Counter(one)).elements()) == sum(one)
