"""The form of what the owner tells: a day, a sum, an ИНН; and what is never written down."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from string import Template

from triage.core.codes import without_codes
from triage.core.interest import read_told
from triage.core.receipt import is_inn
from triage.core.words import Lies, day, fold, normal, parse_amount, parse_date
from triage.errors import UsageError

LONGEST = 1000  # characters of what the owner says
LONG_AGO = timedelta(days=3 * 365)  # the general limitation period, Civil Code art. 196


class Form(StrEnum):
    """What a value must look like."""

    TEXT = "text"
    DAY = "day"  # a day that has been
    TERM = "term"  # a day that may lie ahead
    SUM = "sum"
    INN = "inn"
    MARK = "mark"  # the last four digits of a card, or the id of an SBP operation
    YES = "yes"  # not told means no
    RATE = "rate"  # with its first day
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactBook:
    """What may be told, in what form; and how what is worked out comes about."""

    told: Mapping[str, Form] = field(default_factory=dict, hash=False)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Fact -> the words to choose from, as they are shown."""
    more: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    """Fact -> other words that are understood."""
    says: Mapping[Form, str] = field(default_factory=dict, hash=False)
    examples: Mapping[Form, str] = field(default_factory=dict, hash=False)
    refused: Mapping[str, str] = field(default_factory=dict, hash=False)
    derived: Mapping[str, str] = field(default_factory=dict, hash=False)
    counted: Mapping[str, str] = field(default_factory=dict, hash=False)

    def example(self, name: str) -> str:
        """Return a value that would do."""
        form = self.told[name]
        return self.choices[name][0] if form is Form.CHOICE else self.examples[form]

    def refusal(self, why: str, **words: str) -> UsageError:
        return UsageError(Template(self.refused[why]).safe_substitute(words))

    def settle(
        self, name: str, value: str, *, title: str, on: date, today: date
    ) -> str:
        """Return a value as it is written down: days in ISO, sums with two places.

        `on` is the day from which the owner says it is so.

        Raises:
            UsageError: it is not of the fact's form, or must not be written down.
        """
        told = normal(value).replace("\n", " ")
        form = self.told[name]
        self.refuse_secrets(told, title)
        if form is Form.MARK and not _mark(told) and len(re.findall(r"\d", told)) > 4:
            raise self.refusal("card", title=title)
        if form in (Form.DAY, Form.TERM):
            found = read_day(told, today, ahead=form is Form.TERM)
            if form is Form.DAY and found and found > today:
                raise self.refusal(
                    "ahead", title=title, value=day(found), says=self.says[form]
                )
            if found and found < today - LONG_AGO:
                raise self.refusal("long_ago", title=title, value=day(found))
            settled = found.isoformat() if found else ""
        else:
            settled = self._settled(form, name, told, on)
        if not settled or len(settled) > LONGEST:
            says = Template(self.says[form]).safe_substitute(
                words=", ".join(self.choices.get(name, ()))
            )
            raise self.refusal(
                "shape",
                title=title,
                name=name,
                value=told[:60],
                says=says,
                example=self.example(name),
            )
        return settled

    def _settled(self, form: Form, name: str, told: str, on: date) -> str:
        fits, settled = True, told
        match form:
            case Form.SUM:
                amount = parse_amount(told)
                fits, settled = bool(amount), f"{amount or 0:.2f}"
            case Form.INN:
                settled = re.sub(r"(?i)^инн[ :]*|[ -]", "", told)
                fits = is_inn(settled)
            case Form.MARK:
                settled = _mark(told)
            case Form.YES:
                fits, settled = told.lower() in {"да", "yes"}, "да"
            case Form.RATE:
                fits = read_told(told, on) is not None
            case Form.CHOICE:
                fits = self._chosen(name, told)
        return settled if fits else ""

    def _chosen(self, name: str, told: str) -> bool:
        """Say whether a value holds one of the words, as whole words in any case."""
        said = f" {' '.join(_WORD.findall(fold(told).lower()))} "
        known = {*self.choices[name], *self.more.get(name, ())}
        return any(f" {fold(word).lower()} " in said for word in known)

    def refuse_secrets(self, text: str, title: str) -> None:
        """Keep a card's full number and a code out of the journal, whatever they are told as.

        Raises:
            UsageError: there is one; the message does not repeat it.
        """
        if _holds_card(text):
            raise self.refusal("card", title=title)
        if _holds_code(text):
            raise self.refusal("code", title=title)


_WORD = re.compile(r"\w+")
_OPERATION = re.compile(r"[A-Z0-9]{32}")  # of the SBP; it is not all digits
_GROUPED = re.compile(r"(?<!\d)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)")
_CVV = re.compile(r"(?i)\bcv[vc]2?\D{0,9}\d")
_LONG = re.compile(r"(?<!\d)\d{13,19}(?!\d)")  # as long as a card's number may be


def _mark(told: str) -> str:
    if _OPERATION.fullmatch(told.upper()) and not told.isdigit():
        return told.upper()
    digits = re.findall(r"\d", told)
    return told if len(digits) == 4 and re.search(r"\d{4}", told) else ""


def _holds_card(text: str) -> bool:
    """Say whether a text has a card's full number: as it is embossed, or by its check."""
    return bool(_GROUPED.search(text)) or any(map(_is_card, _LONG.findall(text)))


def _holds_code(text: str) -> bool:
    return without_codes(text) != text or bool(_CVV.search(text))


def kept(note: str) -> str:
    """Return a note as it may be written down: nothing where it holds a secret."""
    return "" if _holds_card(note) or _holds_code(note) else note


def _is_card(digits: str) -> bool:
    """Check a number as cards' are (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return digits[0] in "23456" and total % 10 == 0


_BACK = {"сегодня": 0, "today": 0, "вчера": 1, "yesterday": 1, "позавчера": 2}
_DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?")
_WORDED = re.compile(r"\d{1,2} [а-я]+\.?(?: \d{4})?(?: ?г(?:ода|\.)?)?|\d{4}-\d\d-\d\d")
_ALMOST_A_YEAR = timedelta(days=300)


def read_day(text: str, today: date, *, ahead: bool = False) -> date | None:
    """Read a day as people write it: 5.11, 5 ноября, 2026-11-05, вчера.

    One without a year is the last such day; the next one where it may lie `ahead`, or
    where the last was almost a year ago.
    """
    words = normal(text).lower()
    if words in _BACK:
        return today - timedelta(days=_BACK[words])
    if dotted := _DOTTED.fullmatch(words):
        return _dotted(*dotted.groups(), today=today, ahead=ahead)
    if not _WORDED.fullmatch(words):
        return None
    near = parse_date(words, today)
    return near if ahead else parse_date(words, today, Lies.BEFORE) or near


def _dotted(
    number: str, month: str, year: str | None, *, today: date, ahead: bool
) -> date | None:
    if year:
        return _date(int(year) + 2000 * (len(year) == 2), int(month), int(number))
    years = (today.year - 1, today.year, today.year + 1)
    found = [one for y in years if (one := _date(y, int(month), int(number)))]
    past = [one for one in found if timedelta() <= today - one <= _ALMOST_A_YEAR]
    if past and not ahead:
        return past[-1]
    return min(found, key=lambda one: abs(one - today), default=None)


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
