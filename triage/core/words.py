"""Russian text as letters write it and as we write it: spaces, sums, dates, plurals."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

NBSP = "\u00a0"

_HYPHENS = "\u2010\u2011\u2012\u2212\ufe63\uff0d"
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_ENDS_OF_LINES = "\r\v\f\x85\u2028\u2029"
_USUAL = r"\n -~А-яЁё«»–—…№₽"
_ODD = re.compile(  # to look for one of a set is quicker than for a run
    rf"[^{_USUAL}][^{_USUAL}]*"
)
"""Anything that may want plain writing."""
_RUN = re.compile(r" {2,}")
LONG_LINE = 1000  # characters of a line that is not worth remembering


class _Plain(dict[int, str]):
    """How a character is written plainly; worked out once for each."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = unicodedata.category(sign)
        if kind == "Zs" or sign == "\t":
            plain = " "
        elif sign in _HYPHENS:
            plain = "-"
        elif kind == "Nd":
            plain = str(unicodedata.decimal(sign))
        elif kind in {"Cf", "Cs"} or (kind == "Cc" and sign != "\n"):
            plain = ""
        else:
            plain = sign
        self[code] = plain
        return plain


_PLAIN = _Plain()


def _plainly(run: re.Match[str]) -> str:
    return run[0].translate(_PLAIN)


def normal(text: str) -> str:
    """Write a text plainly: one kind of space, hyphen, digit and line end.

    Control characters, soft hyphens, zero-width and direction marks are dropped and
    letters composed (NFC); dashes, quotation marks and capitals stay as they are, so
    that quotes read well.
    """
    if any(end in text for end in _ENDS_OF_LINES):
        text = _BREAKS.sub("\n", text)
    lines = (
        (_remembered if len(line) < LONG_LINE else _normal_line)(line)
        for line in text.split("\n")
    )
    return "\n".join(lines).strip("\n")


def _normal_line(line: str) -> str:
    if _ODD.search(line):
        line = _ODD.sub(_plainly, unicodedata.normalize("NFC", line))
    if "  " in line:
        line = _RUN.sub(" ", line)
    return line.strip(" ")


_remembered = lru_cache(maxsize=2048)(_normal_line)
"""Text and HTML have the same lines, and letters of one sender have most of them."""


def fold(text: str) -> str:
    """Write ё as е, keeping every position: letters and patterns spell it both ways."""
    return text.replace("ё", "е").replace("Ё", "Е")


# --- sums

_SUM = r"(?:\d{1,3}(?: \d{3}){1,3}|\d{1,12})(?:[.,]\d{1,2})?"
_CURRENCY = r" ?(?:₽|руб(?:\.|лей|ля|ль)?|р\.|RUB)(?!\w)"
_AMOUNT = re.compile(rf"({_SUM})(?:{_CURRENCY})?", re.IGNORECASE)


def parse_amount(text: str) -> Decimal | None:
    """Read a sum in roubles, with two places; None where the text is not just a sum."""
    match = _AMOUNT.fullmatch(normal(text))
    return _roubles(match[1]) if match else None


_LABELLED = re.compile(rf"(?<![\d.,])({_SUM}){_CURRENCY}", re.IGNORECASE)


def sums(text: str) -> tuple[tuple[int, Decimal], ...]:
    """Return every sum in roubles that a normalised text names, with its place."""
    found = _LABELLED.finditer(text)
    return tuple((match.start(), _roubles(match[1])) for match in found)


def _roubles(number: str) -> Decimal:
    plain = number.replace(" ", "").replace(",", ".")
    return Decimal(plain).quantize(Decimal("0.01"))


# --- dates


class Lies(StrEnum):
    """On which side of the letter's own date a date without a year lies."""

    BEFORE = "before"  # what a letter says has happened
    AFTER = "after"  # what it promises or sets as a deadline
    NEAR = "near"


_MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
_MONTH = (
    r"(янв(?:аря|\.)?|фев(?:раля|р?\.)?|мар(?:та|\.)?|апр(?:еля|\.)?|мая|июня?|июля?"
    r"|авг(?:уста|\.)?|сен(?:тября|т?\.?)|окт(?:ября|\.)?|ноя(?:бря|б?\.)?|дек(?:абря|\.)?)"
    r"(?![а-яё])"
)
_YEAR = r"(?: (\d{4})(?!\d))?"
_WEEKDAY = (
    "понедельник[ау]?|вторник[ау]?|сред[аеуы]|четверг[ау]?|пятниц[аеуы]|суббот[аеуы]"
    "|воскресень[еюя]"
)
_DATES = re.compile(
    rf"(?<![\d.,:\-])(?:"
    rf"(\d{{1,2}})(?: {_MONTH}{_YEAR})? ?(?:[-–—]|до|по) ?(\d{{1,2}}) {_MONTH}{_YEAR}"
    rf"|(\d{{1,2}}) {_MONTH}{_YEAR}"
    r"|(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d|\.\d)"
    r"|(\d{4})-(\d{2})-(\d{2})(?![\d\-])"
    r")|\b(послезавтра|завтра|сегодня)\b"
    rf"|(?:^|\b(?:в|во|до|к|ко) )({_WEEKDAY})\b(?!,? ?\(?\d)",
    re.IGNORECASE,
)
_WEEKDAYS = ("пон", "вто", "сре", "чет", "пят", "суб", "вос")
_RELATIVE = {"сегодня": 0, "завтра": 1, "послезавтра": 2}
_HORIZON = timedelta(days=300)
"""A date without a year further off than this was not meant so: no date at all."""


def parse_date(text: str, anchor: date, lies: Lies = Lies.NEAR) -> date | None:
    """Return the last day of the first date or range that a text writes.

    `anchor` is the letter's own date: it gives the missing year and «завтра». A first
    date that cannot be (31 June) gives None, never the one behind it.
    """
    match = _DATES.search(normal(text))
    return _last_day(match, anchor, lies) if match else None


def _last_day(match: re.Match[str], anchor: date, lies: Lies) -> date | None:
    (d1, m1, y1, d2, m2, y2, d3, m3, y3, d4, m4, y4, iso_y, iso_m, iso_d, word,
     weekday) = match.groups()  # fmt: skip
    if word:
        return anchor + timedelta(days=_RELATIVE[word.lower()])
    if weekday:
        return _next(weekday, anchor) if lies is Lies.AFTER else None
    if d2:
        last = _day(int(d2), _month(m2), y2, anchor, lies)
        start = last and _day(
            int(d1), _month(m1 or m2), y1, last, Lies.BEFORE if not y1 else lies
        )
        return last if start and last and start <= last else None
    if d3:
        return _day(int(d3), _month(m3), y3, anchor, lies)
    year, month, day_ = (iso_y, iso_m, iso_d) if iso_y else (y4, m4, d4)
    return _date(int(year), int(month), int(day_))


def _next(weekday: str, anchor: date) -> date | None:
    """Return the next such day; of a letter's own weekday nobody knows which is meant."""
    ahead = (_WEEKDAYS.index(weekday.lower()[:3]) - anchor.weekday()) % 7
    return anchor + timedelta(days=ahead) if ahead else None


def _month(name: str) -> int:
    stem = name.lower()[:3]
    return next(n for n, full in enumerate(_MONTHS, 1) if full.startswith(stem))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(
    day: int, month: int, year: str | None, anchor: date, lies: Lies
) -> date | None:
    """Find the year that a day and month were written in."""
    if year:
        return _date(int(year), month, day)
    possible = [_date(anchor.year + n, month, day) for n in (-1, 0, 1)]
    fitting = [
        one
        for one in possible
        if one is not None
        and abs(one - anchor) <= _HORIZON
        and (lies is not Lies.BEFORE or one <= anchor)
        and (lies is not Lies.AFTER or one >= anchor)
    ]
    return min(fitting, key=lambda one: abs(one - anchor), default=None)


# --- what we write


def roubles(amount: Decimal) -> str:
    """Write a sum as «12 490,00 ₽», with no-break spaces."""
    number = f"{amount:,.2f}".replace(",", NBSP).replace(".", ",")
    return f"{number}{NBSP}₽"


def whole_roubles(amount: Decimal) -> str:
    """Write a sum short, «12 490 ₽»; kopecks only where there are some."""
    return roubles(amount).replace(",00", "")


def day(on: date) -> str:
    """Write a date as «5 декабря 2026 г.»."""
    return f"{short_day(on)} {on.year} г."


def short_day(on: date) -> str:
    """Write a date as «5 декабря»."""
    return f"{on.day} {_MONTHS[on.month - 1]}"


def without_aside(title: str) -> str:
    """Leave out of a title what explains it: behind a colon or in brackets."""
    return title.partition(" (")[0].partition(": ")[0]


def plural(number: int, one: str, few: str, many: str) -> str:
    """Choose the form that goes with a number: 1 день, 2 дня, 5 дней."""
    units, tens = abs(number) % 10, abs(number) % 100
    if units == 1 and tens != 11:
        return one
    return few if 2 <= units <= 4 and not 12 <= tens <= 14 else many


def in_english(number: int, one: str) -> str:
    """Write a number of things in English: 1 letter, 2 letters."""
    return f"{number} {one}{'' if number == 1 else 's'}"


def days(number: int) -> str:
    """Write a number of days: «3 дня»."""
    return f"{number}{NBSP}{plural(number, 'день', 'дня', 'дней')}"
