"""A receipt counts once, whoever tells of it, and never two receipts as one."""

import pytest
from builders import an_event
from hypothesis import given
from hypothesis import strategies as st

from triage.core.event import Certainty
from triage.core.facts import concerning, paid_for, refunds
from triage.core.once import RECEIPTS, receipts_once
from triage.core.timeline import Timeline


def a_receipt(number, amount="100.00", kind="receipt_refund", **more):
    return an_event(kind, "2026-11-05", amount=amount, evidence=f"e{number}", **more)


LINK = a_receipt(1, receipt="a")
OPERATOR = a_receipt(2, fiscal="1/2/3")
FILE = a_receipt(3, fiscal="1/2/3")


@pytest.mark.parametrize("told", [[LINK, OPERATOR, FILE], [FILE, OPERATOR, LINK]])
def test_three_tellings_of_one_receipt_are_one(told):
    [kept] = receipts_once(told)

    assert kept.attributes["fiscal"] == "1/2/3"


def test_the_surer_telling_is_kept():
    guess = a_receipt(2, fiscal="1/2/3", certainty=Certainty.GUESS)

    assert receipts_once([guess, LINK]) == (LINK,)


@pytest.mark.parametrize(
    "other",
    [
        a_receipt(4, fiscal="1/9/3"),
        a_receipt(4, amount="200.00", receipt="b"),
        a_receipt(4, kind="receipt_full", receipt="a"),
    ],
    ids=["another number", "another sum", "another kind"],
)
def test_another_receipt_stays_another(other):
    assert receipts_once([OPERATOR, other]) == (OPERATOR, other)


def test_a_letter_that_does_not_name_its_receipt_tells_of_the_one_of_its_sum():
    assert receipts_once([a_receipt(4), OPERATOR]) == (OPERATOR,)


def test_a_receipt_for_two_parcels_is_of_both():
    told = [a_receipt(n, receipt="a", posting=f"12345678-0001-{n}") for n in (1, 2)]

    assert len(receipts_once(told)) == 2


def test_two_receipts_of_one_sum_told_twice_are_two():
    told = [
        a_receipt(1, receipt="a"),
        a_receipt(2, receipt="b"),
        a_receipt(3, fiscal="1/2/3"),
        a_receipt(4, fiscal="1/4/5"),
    ]

    assert len(receipts_once(told)) == 2


def test_no_refund_is_counted_twice():
    timeline = Timeline.of([LINK, OPERATOR, FILE])

    assert len(refunds(concerning(timeline, None), RECEIPTS)) == 1


def test_no_payment_is_counted_twice():
    told = [
        a_receipt(1, kind="receipt_prepayment", receipt="a"),
        a_receipt(2, kind="receipt_prepayment", fiscal="1/2/3"),
    ]

    assert str(paid_for(told)) == "100.00"


TOLD = st.lists(
    st.builds(
        lambda number, amount, kind, way: a_receipt(
            number, f"{amount}.00", kind, **dict([way] if way else [])
        ),
        st.integers(0, 99),
        st.integers(1, 3),
        st.sampled_from([*sorted(RECEIPTS), "order_paid"]),
        st.none()
        | st.tuples(st.sampled_from(["receipt", "fiscal"]), st.sampled_from("ab")),
    ),
    max_size=10,
)


@given(TOLD)
def test_nothing_is_kept_that_was_not_told(events):
    assert {*receipts_once(events)} <= {*events}


@given(TOLD)
def test_only_receipts_are_left_out(events):
    kept = receipts_once(events)

    others = [event for event in events if event.kind not in RECEIPTS]
    assert [event for event in kept if event.kind not in RECEIPTS] == others
    assert {e.kind for e in kept} == {e.kind for e in events}
