"""Writes appointments as iCalendar (RFC 5545) for the owner's calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Alarm, Event

REMIND = (timedelta(hours=-15), timedelta(hours=9))  # at nine: the day before, the day
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A whole day with its words; one without a day is taken back."""

    uid: str
    on: date | None
    summary: str
    description: str
    alarm: bool = False


def write(reminders: Iterable[Reminder], at: datetime, organizer: str) -> bytes:
    """Write a calendar. SEQUENCE grows with time, so that the last letter counts.

    What is published has an organizer (RFC 5546, section 3.2.1): the owner himself.

    All are whole days (VALUE=DATE), which no zone can move.
    """
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//triage//digest//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for reminder in reminders:
        calendar.add_component(_event(reminder, at, organizer))
    return bytes(calendar.to_ical())


def _event(reminder: Reminder, at: datetime, organizer: str) -> "Event":
    from icalendar import Event

    event = Event()
    event.add("uid", reminder.uid)
    event.add("organizer", f"mailto:{organizer}")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("sequence", max((at - EPOCH) // MINUTE, 0))
    event.add("dtstart", reminder.on or at.date())
    event.add("summary", reminder.summary)
    event.add("description", reminder.description)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if reminder.on else "CANCELLED")
    if reminder.on and reminder.alarm:
        for before in REMIND:
            event.add_component(_alarm(reminder, before))
    return event


def _alarm(reminder: Reminder, before: timedelta) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", before)
    alarm.add("description", reminder.summary)
    return alarm
