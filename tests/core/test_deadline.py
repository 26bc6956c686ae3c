"""Counting days: the Civil Code's articles 190-194 and every example of the facts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from builders import MOSCOW, an_event, on
from hypothesis import given
from hypothesis import strategies as st
from ladders import a_case, ru

from triage.core.act import Act, ActKind
from triage.core.deadline import Calendar, NoCalendar, Term, Unit
from triage.core.ladder import stand

CALENDAR = ru().calendar
NOTHING_KNOWN = Calendar(frozenset(), frozenset(), frozenset())
DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 30))
TERMS = st.builds(
    Term,
    st.integers(0, 60),
    st.sampled_from([Unit.DAYS, Unit.WORKING_DAYS, Unit.HOURS]),
    st.booleans(),
)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_every_day_of_the_calendar_is_that_of_the_holidays_package(year):
    oracle = holidays.country_holidays("RU", years=year)
    day, wrong = date(year, 1, 1), []

    while day.year == year:
        if CALENDAR.is_working(day) is not oracle.is_working_day(day):
            wrong.append(day)
        day += timedelta(days=1)

    assert wrong == []


@pytest.mark.parametrize(
    ("start", "days", "plain", "debtors"),
    [
        ("2026-11-02", 10, "2026-11-12", "2026-11-12"),
        ("2026-11-13", 10, "2026-11-23", "2026-11-23"),
        ("2026-12-21", 10, "2026-12-31", "2027-01-11"),
        ("2026-12-28", 7, "2027-01-04", "2027-01-11"),
        ("2027-02-10", 10, "2027-02-20", "2027-02-20"),  # a worked Saturday
    ],
)
def test_a_calendar_term_shifts_for_the_debtor_only(start, days, plain, debtors):
    assert Term(days).ends_on(on(start), CALENDAR) == on(plain)
    assert Term(days, shifts=True).ends_on(on(start), CALENDAR) == on(debtors)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-24", 15, "2026-12-15"),
        ("2026-11-24", 25, "2026-12-29"),
        ("2026-12-21", 15, "2027-01-20"),
        ("2026-12-21", 25, "2027-02-03"),
    ],
)
def test_worked_days_are_counted_by_the_production_calendar(start, days, end):
    term = Term(days, Unit.WORKING_DAYS, shifts=True)

    assert term.ends_on(on(start), CALENDAR) == on(end)


def test_half_a_year_of_a_bank_is_180_days():
    assert Term(180).ends_on(on("2026-09-15"), CALENDAR) == on("2027-03-14")


def test_the_day_of_the_event_is_day_zero():
    assert Term(1).ends_on(on("2026-11-23"), CALENDAR) == on("2026-11-24")
    assert Term(0).ends_on(on("2026-11-23"), CALENDAR) == on("2026-11-23")


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-11-15", 1, "2026-12-15"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-11-23", 24, "2028-11-23"),
    ],
)
def test_a_month_ends_on_the_same_number_or_on_its_last_day(start, months, end):
    assert Term(months, Unit.MONTHS).ends_on(on(start), CALENDAR) == on(end)


def test_hours_are_rounded_up_to_days():
    ends = [
        Term(n, Unit.HOURS).ends_on(on("2026-11-23"), CALENDAR) for n in (1, 24, 25)
    ]

    assert ends == [on("2026-11-24"), on("2026-11-24"), on("2026-11-25")]


def test_worked_days_of_an_unknown_year_are_refused():
    with pytest.raises(NoCalendar, match="2028"):
        Term(15, Unit.WORKING_DAYS).ends_on(on("2027-12-24"), CALENDAR)
    with pytest.raises(NoCalendar, match="2028"):
        Term(10, shifts=True).ends_on(on("2027-12-25"), CALENDAR)


def test_a_plain_term_needs_no_calendar():
    assert Term(10).ends_on(on("2031-12-25"), NOTHING_KNOWN) == on("2032-01-04")


@given(DAYS, TERMS)
def test_no_term_ends_before_it_starts(start, term):
    assert term.ends_on(start, CALENDAR) >= start


@given(DAYS, TERMS)
def test_a_later_start_never_ends_earlier(start, term):
    later = start + timedelta(days=1)

    assert term.ends_on(later, CALENDAR) >= term.ends_on(start, CALENDAR)


@given(DAYS, TERMS)
def test_a_longer_term_never_ends_earlier(start, term):
    longer = Term(term.value + 1, term.unit, term.shifts)

    assert longer.ends_on(start, CALENDAR) >= term.ends_on(start, CALENDAR)


@given(DAYS, st.integers(0, 60))
def test_the_shift_never_shortens_and_ends_on_a_worked_day(start, days):
    plain = Term(days).ends_on(start, CALENDAR)

    shifted = Term(days, shifts=True).ends_on(start, CALENDAR)

    assert shifted >= plain
    assert CALENDAR.is_working(shifted)
    assert shifted == plain or not CALENDAR.is_working(plain)


@given(DAYS, st.integers(1, 40))
def test_worked_days_counted_one_by_one(start, number):
    end = Term(number, Unit.WORKING_DAYS).ends_on(start, CALENDAR)

    day, counted = start, 0
    while day < end:
        day += timedelta(days=1)
        counted += CALENDAR.is_working(day)
    assert counted == number
    assert CALENDAR.is_working(end)


MONTHS = st.builds(Term, st.integers(0, 48), st.just(Unit.MONTHS))
LONG_AGO = st.dates(date(1996, 1, 1), date(2096, 12, 31))


@given(LONG_AGO, MONTHS)
def test_months_keep_the_number_or_end_with_the_month(start, term):
    end = term.ends_on(start, CALENDAR)

    months = (end.year - start.year) * 12 + end.month - start.month
    assert months == term.value
    assert end.day == start.day or (
        end.day < start.day and (end + timedelta(days=1)).day == 1
    )


@given(LONG_AGO, MONTHS)
def test_months_never_run_backwards(start, term):
    one_more = Term(term.value + 1, Unit.MONTHS)

    end = term.ends_on(start, CALENDAR)

    assert term.ends_on(start + timedelta(days=1), CALENDAR) >= end
    assert one_more.ends_on(start, CALENDAR) >= end


@given(LONG_AGO, st.integers(0, 400), st.sampled_from([Unit.DAYS, Unit.HOURS]))
def test_the_owners_own_terms_know_no_days_off(start, value, unit):
    own = Term(value, unit)

    assert own.ends_on(start, NOTHING_KNOWN) == own.ends_on(start, CALENDAR)


@given(DAYS, TERMS)
def test_a_shift_is_never_earlier_and_goes_no_further_than_the_next_worked_day(
    start, term
):
    plain = Term(term.value, term.unit).ends_on(start, CALENDAR)
    shifted = Term(term.value, term.unit, shifts=True).ends_on(start, CALENDAR)

    assert shifted == CALENDAR.next_working(plain)


@pytest.mark.parametrize("year", [2024, 2028])
def test_a_year_that_is_not_in_the_calendar_is_refused_by_its_name(year):
    with pytest.raises(NoCalendar, match=str(year)):
        CALENDAR.is_working(date(year, 6, 1))


# --- the same term, from wherever it is looked at

ZONES = st.sampled_from(
    ["Pacific/Chatham", "Europe/Moscow", "America/Los_Angeles", "Asia/Kamchatka", "UTC"]
)


@given(st.integers(0, 23), st.integers(0, 59), ZONES)
def test_a_deadline_hangs_on_the_owners_day_and_not_on_the_hour_or_the_zone(
    hour, minute, name
):
    zone = ZoneInfo(name)
    case = a_case()
    sent_at = datetime(2026, 11, 13, hour, minute, tzinfo=zone).astimezone(UTC)
    acts = [
        Act(at=sent_at, kind=ActKind.STEP_DONE, case=case.id, data={"step": step})
        for step in ("check", "support", "claim")
    ]

    now = stand(case, 1, acts, [], ru(), {}, on("2026-11-20"), zone=zone)

    claim = next(each for each in now.steps if each.step.id == "claim")
    assert (claim.done_on, claim.deadline_on) == (on("2026-11-13"), on("2026-11-23"))


@given(
    st.permutations(
        [
            an_event("support_asked", "2026-11-12", step="support"),
            an_event("support_asked", "2026-11-13", step="claim"),
            an_event("support_answered", "2026-11-14"),
            an_event("support_asked", "2026-11-16", step="claim"),
        ]
    )
)
def test_deadlines_are_the_same_in_whatever_order_the_letters_are_read(events):
    case = a_case()

    now = stand(case, 1, [], events, ru(), {}, on("2026-11-20"), zone=MOSCOW)

    dated = {each.step.id: each.deadline_on for each in now.steps}
    assert dated["claim"] == on("2026-11-23")
    assert now == stand(
        case,
        1,
        [],
        sorted(events, key=lambda e: e.at),
        ru(),
        {},
        on("2026-11-20"),
        zone=MOSCOW,
    )
