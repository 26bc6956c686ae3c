"""The day that somebody names in a few words: «до 5.12», «на неделю», "until 5 Dec"."""

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from triage.core.phrasebook import Phrases

_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")
_DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?")
_YEAR = re.compile(r"20\d\d")


@dataclass(frozen=True, slots=True)
class Day:
    """A day and the words that name it; `on` is None where it cannot be."""

    on: date | None
    start: int
    end: int


def find_day(
    words: Sequence[str], heard: Phrases, today: date, *, ahead: bool
) -> Day | None:
    """Find the first day that words name, with what stands before it.

    A day without a year lies `ahead` of today or behind it.
    """
    for place in range(len(words)):
        found = _at(words, place, heard, today, ahead=ahead)
        if found:
            on, length = found
            start = place
            while start and words[start - 1] in heard.before | heard.until:
                start -= 1
            return Day(on, start, place + length)
    return None


def _at(
    words: Sequence[str], place: int, heard: Phrases, today: date, *, ahead: bool
) -> tuple[date | None, int] | None:
    """Read the day that begins at a word, and of how many words it is."""
    found = _one_word(words[place], heard, today, ahead=ahead)
    found = found or _with_month(words[place:], heard, today, ahead=ahead)
    if found or not place:
        return found
    return _behind(words[place - 1], words[place], heard, today, ahead=ahead)


def _one_word(
    word: str, heard: Phrases, today: date, *, ahead: bool
) -> tuple[date | None, int] | None:
    if word in heard.relative:
        return today + timedelta(days=heard.relative[word]), 1
    if found := _ISO.fullmatch(word):
        return _date(int(found[1]), int(found[2]), int(found[3])), 1
    if found := _DOTTED.fullmatch(word):
        return _near(int(found[1]), int(found[2]), found[3], today, ahead=ahead), 1
    return None


def _with_month(
    words: Sequence[str], heard: Phrases, today: date, *, ahead: bool
) -> tuple[date | None, int] | None:
    """Read «5 декабря», "Dec 5", «3 дня»."""
    first, second, third = (*words[:3], "", "")[:3]
    year = third if _YEAR.fullmatch(third) else None
    if first.isdigit() and second:
        on = _span(int(first), second, heard, today, ahead=ahead)
        if on is not None:
            return on, 2
        number, name = first, second
    else:
        number, name = second, first
    month = _begins(name, heard.months)
    if month is None or not number.isdigit():
        return None
    return _near(int(number), month, year, today, ahead=ahead), 3 if year else 2


def _behind(
    before: str, word: str, heard: Phrases, today: date, *, ahead: bool
) -> tuple[date | None, int] | None:
    """Read what is a day only behind such a word as «до»: a week, a weekday, a 5th."""
    if before not in heard.before | heard.until:
        return None
    on = _span(1, word, heard, today, ahead=ahead)
    weekday = _begins(word, heard.weekdays)
    if on is None and weekday is not None:
        step = (weekday - today.weekday() - 1) % 7 + 1
        on = today + timedelta(days=step if ahead else step - 7)
    if on is None and before in heard.until and word.isdigit():
        return _day_of_month(int(word), today, ahead=ahead), 1
    return (on, 1) if on else None


def _span(
    count: int, unit: str, heard: Phrases, today: date, *, ahead: bool
) -> date | None:
    """Count days, weeks or months from today; None where it is none of these."""
    if not ahead or count > 1000:
        return None
    if unit in heard.days:
        return today + timedelta(days=count)
    if unit in heard.weeks:
        return today + timedelta(weeks=count)
    if unit in heard.months_long:
        months = today.month - 1 + count
        year, month = today.year + months // 12, months % 12 + 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(today.day, last))
    return None


def _begins(word: str, names: Mapping[str, int]) -> int | None:
    """Find what a word begins with, a name of a month or a weekday."""

    found = [n for name, n in names.items() if word.startswith(name)]
    return found[0] if found and word.isalpha() else None


def _near(
    day: int, month: int, year: str | None, today: date, *, ahead: bool
) -> date | None:
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    years = (0, 1, 2, 3, 4) if ahead else (0, -1)
    for more in years:  # 29 February may be years away
        on = _date(today.year + more, month, day)
        if on is not None and (on >= today if ahead else on <= today):
            return on
    return None


def _day_of_month(day: int, today: date, *, ahead: bool) -> date | None:
    for more in range(3) if ahead else (0, -1):
        months = today.month - 1 + more
        on = _date(today.year + months // 12, months % 12 + 1, day)
        if on is not None and (on >= today if ahead else on <= today):
            return on
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
