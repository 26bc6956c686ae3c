"""Which days of cases the owner's calendar shows."""

from datetime import date, timedelta
from typing import Any

from standings import TODAY, a_digest, a_standing, a_step, told

from triage.core.agenda import Appointment, agenda
from triage.core.ladder import Standing

FRIDAY = date(2026, 11, 27)


def a_deadline(on: date = FRIDAY, **more: Any) -> Standing:
    step = a_step("claim", deadline_on=on, deadline_of="owner", deadline_kind="LAW")
    return a_standing(step=step, **more)


def shown(*standings: Standing, **more: Any) -> tuple[Appointment, ...]:
    digest = a_digest(*standings, always=True, **more)
    assert digest is not None
    return agenda(digest)


def before(standing: Standing) -> dict[str, list[Any]]:
    return {standing.case.id: [told(standing, TODAY - timedelta(days=1))]}


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
    (found,) = shown(closed, told=before(a_deadline()))
    assert found.on is None
    assert found.uid == shown(a_deadline())[0].uid


def test_a_case_whose_day_is_gone_takes_its_appointment_back() -> None:
    now = a_standing()
    (found,) = shown(now, told=before(now))
    assert found.on is None


def test_a_new_case_without_a_day_stands_in_no_calendar() -> None:
    assert shown(a_standing()) == ()


def test_a_question_asserts_no_deadline() -> None:
    assert shown(a_deadline(asks="Похоже, заказ отменён. Верно?")) == ()


def test_the_name_of_an_appointment_tells_no_order() -> None:
    (found,) = shown(a_deadline())
    assert "12345678" not in found.uid
