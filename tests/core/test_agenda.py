"""Which days of cases the owner's calendar shows."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from standings import TODAY, a_digest, a_standing, a_step, told

from triage.core.agenda import Appointment, agenda, dump_days, load_days
from triage.core.step import Standing

FRIDAY = date(2026, 11, 27)


def a_deadline(on: date = FRIDAY, **more: Any) -> Standing:
    step = a_step("claim", deadline_on=on, deadline_of="owner", deadline_kind="LAW")
    return a_standing(step=step, **more)


def shown(
    *standings: Standing, before: tuple[Appointment, ...] = (), **more: Any
) -> tuple[Appointment, ...]:
    """Show what a letter says after one that announced `before`."""
    digest = a_digest(*standings, always=True, **more)
    assert digest is not None
    return agenda(digest, load_days(dump_days(before)))


def test_the_owner_s_last_day_is_an_appointment() -> None:
    (found,) = shown(a_deadline())
    assert (found.on, found.mine) == (FRIDAY, True)


def test_the_end_of_the_other_side_s_term_is_one_too() -> None:
    (found,) = shown(a_standing("waiting", waiting_until=FRIDAY))
    assert (found.on, found.mine) == (FRIDAY, False)


def test_an_appointment_keeps_its_name_when_its_day_moves() -> None:
    (early,), (late,) = shown(a_deadline()), shown(a_deadline(FRIDAY + timedelta(3)))
    assert early.uid == late.uid
    assert early.on != late.on


def test_cases_have_appointments_of_their_own() -> None:
    found = shown(a_deadline(), a_deadline(order="12345678-0002", number=4))
    assert len({each.uid for each in found}) == 2


def test_a_case_that_closed_takes_its_appointment_back() -> None:
    closed = a_standing("resolved", closed_by="refund_paid")
    before = shown(a_deadline())

    (found,) = shown(closed, before=before)

    assert (found.uid, found.on) == (before[0].uid, None)


def test_a_case_whose_day_is_gone_takes_its_appointment_back() -> None:
    (found,) = shown(a_standing(), before=shown(a_deadline()))
    assert found.on is None


def test_a_case_that_the_letter_does_not_know_takes_its_appointment_back() -> None:
    (found,) = shown(before=shown(a_deadline()))
    assert (found.on, found.entry) == (None, None)


def test_what_was_never_announced_is_not_taken_back() -> None:
    closed = a_standing("resolved", closed_by="refund_paid")
    told_of = told(a_deadline(), TODAY - timedelta(days=1))
    assert shown(closed, told={closed.case.id: [told_of]}) == ()


def test_what_was_taken_back_is_not_taken_back_again() -> None:
    once = shown(a_standing(), before=shown(a_deadline()))
    assert shown(a_standing(), before=once) == ()


cases = st.builds(
    lambda number, state, days, asks: a_deadline(
        TODAY + timedelta(days=days),
        order=f"12345678-00{number:02}",
        number=number,
        state=state,
        waiting_until=TODAY + timedelta(days=days + 1),
        asks="Верно?" if asks else None,
    ),
    st.integers(1, 6),
    st.sampled_from(["open", "waiting", "snoozed", "resolved"]),
    st.integers(0, 30),
    st.booleans(),
)
days = st.lists(cases, max_size=6, unique_by=lambda s: s.case.id)


@given(st.lists(days, min_size=1, max_size=8))
def test_a_calendar_that_hears_every_letter_shows_what_stands_and_nothing_else(
    story: list[list[Standing]],
) -> None:
    calendar: dict[str, date] = {}
    said: tuple[Appointment, ...] = ()
    for standings in story:
        said = shown(*standings, before=said)
        for each in said:
            if each.on:
                calendar[each.uid] = each.on
            else:
                del calendar[each.uid]  # it was there

    assert calendar == {each.uid: each.on for each in shown(*story[-1])}


def test_a_new_case_without_a_day_stands_in_no_calendar() -> None:
    assert shown(a_standing()) == ()


def test_a_question_asserts_no_deadline() -> None:
    assert shown(a_deadline(asks="Похоже, заказ отменён. Верно?")) == ()


def test_the_name_of_an_appointment_tells_no_order() -> None:
    (found,) = shown(a_deadline())
    assert "12345678" not in found.uid
