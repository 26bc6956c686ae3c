"""Counting days: the Civil Code's articles 190-194 and every example of the facts."""

from datetime import date, timedelta

import holidays
import pytest
from builders import on
from hypothesis import given
from hypothesis import strategies as st
from ladders import ru

from triage.core.deadline import Calendar, NoCalendar, Term, Unit

CALENDAR = ru().calendar
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
    nothing = Calendar(frozenset(), frozenset(), frozenset())

    assert Term(10).ends_on(on("2031-12-25"), nothing) == on("2032-01-04")


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
