"""The calendar in the letter, read back by programs that did not write it."""

from datetime import date, timedelta

from builders import at
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar.cal import Event

from triage.edges.calendar import Reminder, write

NOW = at("2026-11-23 08:00")
OWNER = "me@mail.example"
A = Reminder("a@triage.invalid", date(2026, 12, 5), "Последний день", "Дело 3", True)


def read(raw: bytes) -> list[Event]:
    return list(Calendar.from_ical(raw).walk("VEVENT"))


def test_a_deadline_is_a_whole_day_that_no_zone_can_move() -> None:
    raw = write([A], NOW, OWNER)
    assert b"DTSTART;VALUE=DATE:20261205" in raw
    assert read(raw)[0].decoded("dtstart") == date(2026, 12, 5)


def test_it_reminds_the_day_before_and_on_the_day() -> None:
    (event,) = read(write([A], NOW, OWNER))
    starts = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
    assert starts == [timedelta(hours=-15), timedelta(hours=9)]


def test_a_later_letter_replaces_what_an_earlier_one_said() -> None:
    early, late = (
        read(write([A], when, OWNER))[0] for when in (NOW, NOW + timedelta(1))
    )
    assert early["uid"] == late["uid"]
    assert early["sequence"] < late["sequence"]


def test_an_appointment_without_a_day_is_taken_back() -> None:
    raw = write([Reminder(A.uid, None, "Дело 3: срока больше нет", "")], NOW, OWNER)
    (event,) = read(raw)
    assert (event["status"], event.walk("VALARM")) == ("CANCELLED", [])


def test_what_is_published_has_an_organizer_as_the_norm_asks() -> None:
    raw = write([A], NOW, OWNER)
    calendar = Calendar.from_ical(raw)
    (event,) = calendar.walk("VEVENT")
    assert calendar["method"] == "PUBLISH"
    for name in ("dtstamp", "dtstart", "organizer", "summary", "uid"):
        assert name in event
    assert str(event["organizer"]) == f"mailto:{OWNER}"


def test_the_same_letter_has_the_same_calendar() -> None:
    assert write([A], NOW, OWNER) == write([A], NOW, OWNER)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_words_come_through_whole_in_short_lines_and_add_no_property(
    words: str,
) -> None:
    raw = write([Reminder(A.uid, A.on, words, words + "\nEND:VEVENT")], NOW, OWNER)
    (event,) = read(raw)
    assert str(event["summary"]) == words
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert raw.count(b"\r\nEND:VEVENT\r\n") == 1
