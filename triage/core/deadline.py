"""Counting days as the Civil Code of Russia does, articles 190-194."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SATURDAY = 5


class Unit(StrEnum):
    """In what a term is measured."""

    DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    HOURS = "hours"


class NoCalendar(LookupError):
    """Worked days were asked for in a year whose calendar is not known."""

    def __init__(self, year: int) -> None:
        super().__init__(f"production calendar of {year} is not known")
        self.year = year


@dataclass(frozen=True, slots=True)
class Calendar:
    """The production calendar: which days of the covered years are worked.

    `days_off` are weekdays that are not worked, `working_weekends` Saturdays and
    Sundays that are. Both hold exceptions only.
    """

    years: frozenset[int]
    days_off: frozenset[date]
    working_weekends: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Say whether a day is worked.

        Raises:
            NoCalendar: the year is not covered.
        """
        if day.year not in self.years:
            raise NoCalendar(day.year)
        if day.weekday() >= SATURDAY:
            return day in self.working_weekends
        return day not in self.days_off

    def next_working(self, day: date) -> date:
        """Return the day itself if it is worked, else the next that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time. The day of the event is day zero (art. 191)."""

    value: int
    unit: Unit = Unit.DAYS
    shifts: bool = False  # true for the debtor's term only (art. 193)

    def ends_on(self, start: date, calendar: Calendar) -> date:
        """Return the last day of the term that an event on `start` sets running.

        A working-day term counts worked days after `start`. With `shifts`, a calendar
        term that ends on a day off runs on to the next worked day; the owner's own
        terms never shift, so that nobody is told a day too late.

        Raises:
            NoCalendar: worked days are needed in a year that is not covered.
        """
        if self.unit is Unit.WORKING_DAYS:
            end = start
            for _ in range(self.value):
                end = calendar.next_working(end + timedelta(days=1))
        elif self.unit is Unit.MONTHS:
            end = _same_number(start, self.value)
        elif self.unit is Unit.HOURS:
            end = start + timedelta(days=-(-self.value // 24))
        else:
            end = start + timedelta(days=self.value)
        return calendar.next_working(end) if self.shifts else end


def _same_number(start: date, months: int) -> date:
    """Go `months` on to the same number, or the month's last day (art. 192)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 0, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")
