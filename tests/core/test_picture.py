"""The picture of an order's life: what is drawn where."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from triage.core.event import Certainty, Event, EventKind
from triage.core.picture import Picture, draw
from triage.core.settlement import settlement
from triage.core.timeline import Timeline

ZONE = ZoneInfo("Europe/Moscow")
FIRST = datetime(2026, 11, 2, 9, tzinfo=UTC)


def event(kind: str, day: int, posting: str | None = None, **attributes: str) -> Event:
    return Event(
        kind=EventKind(kind),
        at=FIRST + timedelta(days=day),
        pack="ozon",
        order="12345678-0001",
        posting=posting,
        certainty=Certainty.PINNED,
        recogniser="r",
        evidence=f"{day:064x}",
        position=hash((kind, posting)) % 1000,
        attributes=attributes,
    )


def drawn(*events: Event, today: date = date(2026, 11, 30)) -> Picture:
    made = draw(Timeline.of(events), [], settlement(events), ZONE, today)
    assert made is not None
    return made


def test_what_came_late_is_late_from_the_promised_day_to_the_day_it_came():
    [lane] = drawn(
        event("order_placed", 0, promised_on="2026-11-09"),
        event("posting_delivered", 18),
    ).lanes

    assert (lane.ended, lane.promised_on, lane.late) == ("came", date(2026, 11, 9), 11)
    assert [each.what for each in lane.stretches] == ["going", "late"]
    assert [(m.what, m.on.day) for m in lane.marks] == [("promised", 9), ("came", 20)]


def test_a_day_that_was_moved_is_marked_but_the_first_promise_counts():
    [lane] = drawn(
        event("order_placed", 0, promised_on="2026-11-09"),
        event("delivery_moved", 6, promised_on="2026-11-19"),
        event("posting_delivered", 16),
    ).lanes

    assert lane.late == 9
    assert [mark.what for mark in lane.marks] == ["promised", "moved", "came"]


def test_what_came_in_time_is_not_late():
    [lane] = drawn(
        event("order_placed", 0, promised_on="2026-11-09"),
        event("ready_for_pickup", 3),
    ).lanes

    assert (lane.late, [s.what for s in lane.stretches]) == (0, ["going"])


def test_what_was_cancelled_ends_with_that():
    [lane] = drawn(
        event("order_placed", 0, promised_on="2026-11-09"),
        event("order_cancelled", 2),
    ).lanes

    assert (lane.ended, lane.late, lane.until) == ("cancelled", 0, date(2026, 11, 4))


def test_what_never_came_is_late_until_today_or_until_its_money_came_back():
    placed = event("order_paid", 0, promised_on="2026-11-09", amount="100.00")
    refund = event("refund_paid", 12, amount="100.00")

    [open_lane] = drawn(placed).lanes
    [lane] = drawn(placed, refund).lanes

    assert (open_lane.ended, open_lane.late) == ("", 21)
    assert (lane.ended, lane.late) == ("refunded", 5)


def test_several_parcels_have_a_line_each_and_short_names():
    lanes = drawn(
        event("order_placed", 0, promised_on="2026-11-09"),
        event("posting_delivered", 3, "12345678-0001-1"),
        event("posting_delivered", 9, "12345678-0001-2"),
    ).lanes

    assert [(lane.name, lane.late) for lane in lanes] == [("1", 0), ("2", 2)]


def test_sums_are_shares_of_the_largest():
    sums = drawn(
        event("order_paid", 0, amount="400.00"),
        event("order_cancelled", 1),
        event("refund_paid", 2, amount="100.00"),
    ).sums

    told = {one.what: (one.amount, one.share) for one in sums}
    assert told["paid"] == (Decimal("400.00"), 1.0)
    assert told["returned"] == (Decimal("100.00"), 0.25)


KINDS = st.sampled_from(sorted(EventKind))
EVENTS = st.lists(
    st.builds(
        event,
        KINDS,
        st.integers(0, 90),
        st.sampled_from([None, "12345678-0001-1", "12345678-0001-2"]),
        amount=st.sampled_from(["1.00", "12490.00", "0.00"]),
        promised_on=st.dates(date(2026, 10, 1), date(2027, 3, 1)).map(str),
    ),
    min_size=1,
    max_size=8,
)


@given(EVENTS, st.dates(date(2026, 11, 1), date(2027, 6, 1)))
def test_nothing_is_ever_drawn_beside_the_sheet(events, today):
    made = drawn(*events, today=today)

    places = [
        *made.letters,
        *(tick.at for tick in made.ticks),
        *(mark.at for lane in made.lanes for mark in lane.marks),
        *(at for lane in made.lanes for s in lane.stretches for at in (s.start, s.end)),
        *(one.share for one in made.sums),
    ]
    assert all(0 <= at <= 1 for at in places)
    assert all(s.start <= s.end for lane in made.lanes for s in lane.stretches)
    days = [tick.on for tick in made.ticks]
    assert days == sorted(set(days))
    assert all(lane.late >= 0 for lane in made.lanes)


def test_an_order_of_which_no_letter_told_has_no_picture():
    assert draw(None, [], settlement([]), ZONE, date(2026, 11, 30)) is None
