import pytest
from builders import an_event
from hypothesis import given
from hypothesis import strategies as st

from triage.core.event import Certainty
from triage.core.timeline import Timeline

LIFE_OF_A_LOST_PARCEL = [
    an_event("order_placed", "2026-10-01"),
    an_event("order_paid", "2026-10-01 10:05", amount="12490.00"),
    an_event("posting_shipped", "2026-10-03", posting="12345678-0001-1"),
    an_event("posting_shipped", "2026-10-04", posting="12345678-0001-2"),
    an_event("delivery_moved", "2026-10-09", posting="12345678-0001-1"),
    an_event("posting_delivered", "2026-10-10", posting="12345678-0001-2"),
]


@given(st.permutations(LIFE_OF_A_LOST_PARCEL))
def test_any_order_of_arrival_tells_the_same_story(arrivals):
    assert Timeline.of(arrivals) == Timeline.of(LIFE_OF_A_LOST_PARCEL)


@given(st.lists(st.sampled_from(LIFE_OF_A_LOST_PARCEL)))
def test_a_letter_read_twice_tells_its_event_once(repeats):
    timeline = Timeline.of([*LIFE_OF_A_LOST_PARCEL, *repeats])

    assert timeline == Timeline.of(LIFE_OF_A_LOST_PARCEL)


def test_parcels_of_one_order_have_fates_of_their_own():
    timeline = Timeline.of(LIFE_OF_A_LOST_PARCEL)

    assert timeline.postings() == ("12345678-0001-1", "12345678-0001-2")
    assert timeline.status("12345678-0001-1") == "shipped"
    assert timeline.status("12345678-0001-2") == "delivered"


def test_an_order_without_named_parcels_is_one_parcel():
    timeline = Timeline.of([an_event("order_paid", "2026-10-01")])

    assert timeline.postings() == (None,)
    assert timeline.status(None) == "paid"


def test_a_guess_does_not_outrank_what_is_known_for_certain():
    timeline = Timeline.of(
        [
            an_event("posting_shipped", "2026-10-03"),
            an_event("posting_delivered", "2026-10-04", certainty=Certainty.GUESS),
        ]
    )

    assert timeline.status(None) == "shipped"


def test_the_events_of_two_orders_do_not_mix():
    strangers = [
        an_event("order_paid", "2026-10-01"),
        an_event("order_paid", "2026-10-01", order="12345678-0002"),
    ]

    with pytest.raises(ValueError, match="exactly one order"):
        Timeline.of(strangers)
